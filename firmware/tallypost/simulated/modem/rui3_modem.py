"""What can be set of a modem with RUI3, and what it then goes by.

Source: RAKwireless RAK-STM32-RUI, atcmd_*.c.
"""

from collections.abc import Mapping
from typing import ClassVar

from tallypost.simulated.lorawan.regions import REGIONS, is_fixed
from tallypost.simulated.modem.at_command import (
    AtCommand,
    at_command,
    number_of,
    octets_of,
)
from tallypost.simulated.modem.at_modem import (
    AtModem,
    Lines,
    Number,
    Verb,
    Vocabulary,
)

BANDS = {3: "in865", 4: "eu868", 5: "us915", 6: "au915", 8: "as923"}
BANDS_MAX = 12
ALL_SUB_BANDS = 0x00FF
MASK_BYTES = 2
MODES = ("LoRa P2P", "LoRaWAN", "FSK")
LORAWAN = MODES.index("LoRaWAN")
NEEDS_LORAWAN = {"JOIN", "SEND", "NJS", "RECV", "BAND", "DR", "ADR", "CFM", "NJM"}


class Rui3Modem(AtModem):
    """One of them, less what it does over the air."""

    words: ClassVar[Vocabulary] = Vocabulary(unknown="AT_COMMAND_NOT_FOUND")
    fixed: ClassVar[Mapping[str, str]] = {
        "VER": "RUI_4.2.1_RAK3172-E",
        "HWMODEL": "rak3172",
        "CLIVER": "1.6.4",
        "ALIAS": "RAK3172",
    }
    number_table: ClassVar[Mapping[str, Number]] = {
        "NJM": Number(0, 1, 1),
        "CFM": Number(0, 1, 0),
        "ADR": Number(0, 1, 1),
        "DCS": Number(0, 1, 1),
        "PNM": Number(0, 1, 1),
        "RETY": Number(0, 7, 0),
        "TXP": Number(0, 14, 0),
        "LPM": Number(0, 1, 0),
        "LPMLVL": Number(1, 2, 2),
        "LINKCHECK": Number(0, 2, 0),
        "TIMEREQ": Number(0, 1, 0),
    }
    octet_table: ClassVar[Mapping[str, int]] = {
        "DEVEUI": 8,
        "APPEUI": 8,
        "APPKEY": 16,
        "DEVADDR": 4,
        "NWKSKEY": 16,
        "APPSKEY": 16,
        "NETID": 3,
    }

    def _verb_table(self) -> dict[str, Verb]:
        self.octets["DEVEUI"] = self.device.dev_eui
        self._data_rate = self.device.data_rate
        self._mode = LORAWAN
        self._mask = ALL_SUB_BANDS
        return {
            "NWM": self._work_mode,
            "BAND": self._band,
            "MASK": self._mask_of_channels,
        }

    def _shown(self, name: str, value: str) -> Lines:
        return (f"AT+{name}={value}",)

    def _settle(self) -> None:
        device = self.device
        device.adr = bool(self.numbers["ADR"])
        device.duty_cycle = bool(self.numbers["DCS"])
        device.confirmed_tries = self.numbers["RETY"] + 1
        device.dev_eui = self.octets["DEVEUI"]
        device.join_eui = self.octets["APPEUI"]
        device.app_key = self.octets["APPKEY"]

    @property
    def banner(self) -> tuple[str, ...]:  # type: ignore[override]  # it tells its mode
        """What it says when it starts."""
        return (f"Current Work Mode: {MODES[self._mode]}.",)

    def _obey(self, line: str) -> None:
        command = at_command(line)
        unfit = command is not None and command.name in NEEDS_LORAWAN
        if unfit and self._mode != LORAWAN:
            self._say("AT_MODE_NO_SUPPORT")
        else:
            super()._obey(line)

    def _work_mode(self, command: AtCommand) -> Lines:
        """Choose what the radio is for; another choice starts it afresh."""
        if command.asks:
            return self._told("NWM", self._mode)
        mode = number_of(command.value or "", 0, len(MODES) - 1)
        if mode is None or mode == self._mode:
            return self._status(self.words.wrong if mode is None else self.words.ok)
        self._mode = mode
        self.restart()
        return ()

    def _band(self, command: AtCommand) -> Lines:
        if command.asks:
            names = {name: number for number, name in BANDS.items()}
            return self._told("BAND", names[self.device.region.name])
        band = number_of(command.value or "", 0, BANDS_MAX)
        if band is None:
            return self._status(self.words.wrong)
        if band not in BANDS:
            return self._status("AT_UNSUPPORTED_BAND")
        self.device.move(REGIONS[BANDS[band]])
        self._data_rate = self.device.data_rate
        return self._status(self.words.ok)

    def _mask_of_channels(self, command: AtCommand) -> Lines:
        """Choose sub-bands: one bit each, of which a device here takes one, or all."""
        if not is_fixed(self.device.region):
            return self._status(self.words.wrong)
        if command.asks:
            return self._told("MASK", f"{self._mask:04X}")
        octets = octets_of(command.value or "", MASK_BYTES)
        mask = 0 if octets is None else int.from_bytes(octets, "big")
        if not 0 < mask <= ALL_SUB_BANDS:
            return self._status(self.words.wrong)
        self._mask = mask
        one = mask & mask - 1 == 0
        self.device.sub_band = mask.bit_length() if one else None
        return self._status(self.words.ok)

    def _choose_rate(self, data_rate: int) -> str:
        self._data_rate = data_rate
        return super()._choose_rate(data_rate)

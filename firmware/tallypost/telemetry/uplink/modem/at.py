"""What the modems share whose grammar came from ST's AT commands.

A command is `AT+NAME` (run), `AT+NAME=?` (get) or `AT+NAME=value` (set). Its answer
ends with one line that says how it went. A value comes bare, or as `AT+NAME=value`.
"""

import re

from tallypost.telemetry.uplink.modem.driver import Driver
from tallypost.telemetry.uplink.modem.line import Line
from tallypost.telemetry.uplink.modem.words import Told, Verdict

# Source: the tables of status words in the vendors' own firmware: RAKwireless
# RAK-STM32-RUI atcmd.c, STMicroelectronics STM32CubeWL lora_command.c, Dragino LA66
# command.c.
_VERDICTS = {
    "OK": Verdict.DONE,
    "AT_PARAM_ERROR": Verdict.PARAMETER,
    "AT_TEST_PARAM_OVERFLOW": Verdict.PARAMETER,
    "AT_BUSY_ERROR": Verdict.BUSY,
    "AT_NO_NETWORK_JOINED": Verdict.NOT_JOINED,
    "AT_NO_NET_JOINED": Verdict.NOT_JOINED,
    "AT_NO_CLASSB_ENABLE": Verdict.WRONG_MODE,
    "AT_NO_CLASS_B_ENABLE": Verdict.WRONG_MODE,
    "AT_MODE_NO_SUPPORT": Verdict.WRONG_MODE,
    "AT_COMMAND_NOT_FOUND": Verdict.UNKNOWN,
    "AT_UNSUPPORTED_BAND": Verdict.REGION,
    "AT_DUTYCYCLE_RESTRICTED": Verdict.AIRTIME,
    "error unknown": Verdict.ERROR,
}
_ANY_OTHER = re.compile(r"AT_[A-Z_]*ERROR")
_EUI = re.compile(r"(?:[0-9A-Fa-f]{2}[: ]?){7}[0-9A-Fa-f]{2}")
_NUMBER = re.compile(r"\d{1,10}")


def verdict(line: str) -> Told | None:
    """Return how a command ended; None where this line does not say it."""
    if line in _VERDICTS:
        return Told(_VERDICTS[line])
    if line.startswith("AT_DUTYCYCLE"):  # clones spell the rest in other ways
        return Told(Verdict.AIRTIME)
    return Told(Verdict.ERROR) if _ANY_OTHER.fullmatch(line) else None


def end_half_line(line: Line) -> None:
    """Say an empty line: every modem of this family skips it, and wakes by it."""
    line.write_raw(b"\r\n")


class AtDriver(Driver):
    """A modem of this family."""

    def data_rate(self) -> int:
        """Return at what data rate the next uplink goes, by the region's number."""
        return self._get_number("DR")

    def _data_rate_command(self, data_rate: int) -> str:
        return f"AT+DR={data_rate}"

    def reset(self) -> None:
        """Start the modem afresh; it must be configured again, and join."""
        self._rouse()
        self._talk.restart("ATZ")

    def _get(self, name: str, pattern: re.Pattern[str]) -> re.Match[str]:
        """Return the value that a modem gives to a name, among whatever else it says.

        Raises:
            ModemRefusedError: Nothing that it says is such a value.
        """
        self._rouse()
        for _ in range(2):  # what was said before may have spoilt the answer's line
            for words in reversed(self._talk.ask(f"AT+{name}=?")):
                bare = words.removeprefix(f"AT+{name}=").strip()
                if found := pattern.fullmatch(bare):
                    return found
        raise self._talk.unreadable(f"AT+{name}")

    def _get_number(self, name: str) -> int:
        return int(self._get(name, _NUMBER)[0])

    def _get_eui(self, name: str) -> bytes:
        return bytes.fromhex(self._get(name, _EUI)[0].replace(":", " "))

    def _set(self, **values: str | int) -> None:
        """Set names to values, one after the other."""
        for name, value in values.items():
            self._talk.ask(f"AT+{name}={value}")

"""`kind = "lorawan"`: a modem on a serial port, and the network that it joins."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tallypost.errors import SettingsError
from tallypost.settings.base import Fault, FilePath, Settings, Text, Wish
from tallypost.settings.secret import read_secret

KEY_DIGITS = 32
INTERVAL_S = 900
"""Over LoRaWAN alone, one record covers this time unless somebody says otherwise."""
INTERVAL_S_MIN = 300
NO_FAIR_USE_S = 86_400.0
DATA_RATES: Mapping[str, range] = {
    "eu868": range(8),
    "us915": range(5),
    "au915": range(2, 7),
    "as923": range(2, 8),
    "in865": range(6),
}
"""At which a record of 11 bytes fits. Source: LoRaWAN RP002-1.0.4, chapter 2."""

Eui = Annotated[
    str,
    Field(pattern=r"^[0-9A-Fa-f]{16}$"),
    Wish("write 16 hexadecimal digits, the most significant first"),
]
_OTAA = ("join_eui", "app_key_file")
_ABP = ("dev_addr", "nwk_skey_file", "app_skey_file")


def _one_way_in(raw: Mapping[str, object]) -> list[Fault]:
    """Return faults where the keys are neither those of OTAA nor those of ABP."""
    over_the_air, by_hand = (
        [key for key in keys if key in raw] for keys in (_OTAA, _ABP)
    )
    if by_hand and over_the_air:
        told = f"belongs to ABP, `{over_the_air[0]}` to OTAA; give the keys of one"
        return [Fault((by_hand[0],), told)]
    wanted = _ABP if by_hand else _OTAA
    word = "ABP" if by_hand else "OTAA"
    return [
        Fault((key,), f"is missing; {word} needs it, the network server shows it")
        for key in wanted
        if key not in raw
    ]


def _sub_bands_are_of_915_mhz(raw: Mapping[str, object]) -> list[Fault]:
    region = raw.get("region")
    if "sub_band" not in raw or region in ("us915", "au915"):
        return []
    told = f"is given, and {region} has none; take it out, or mend the region"
    return [Fault(("sub_band",), told)]


def _data_rates_carry_records(raw: Mapping[str, object]) -> list[Fault]:
    rates, rate = DATA_RATES.get(str(raw.get("region"))), raw.get("data_rate")
    if rates is None or not isinstance(rate, int) or rate in rates:
        return []
    told = (
        f"is {rate}, at which {raw['region']} carries no record; write one of "
        f"{rates[0]}..{rates[-1]}"
    )
    return [Fault(("data_rate",), told)]


class LorawanSettings(Settings):
    """A LoRaWAN modem on a serial port."""

    relations = (_one_way_in, _sub_bands_are_of_915_mhz, _data_rates_carry_records)

    kind: Literal["lorawan"] = Field(description="This kind of link.")
    port: Annotated[Text, Field(min_length=1, max_length=256)] = Field(
        default="auto",
        description="The modem's serial port, best by its lasting name, as in "
        "`/dev/serial/by-id/...`; `auto` looks for a modem at those that there are.",
    )
    model: Literal["auto", "rak3172", "stm32wl", "la66", "lora_e5", "rn2483"] = Field(
        default="auto",
        description="What modem it is; `auto` asks it. A RN2903 is spoken to "
        "as `rn2483`.",
    )
    region: Literal["eu868", "us915", "au915", "as923", "in865"] = Field(
        description="Whose channels and limits hold where the device stands."
    )
    sub_band: Annotated[int, Field(ge=1, le=8)] | None = Field(
        default=None,
        description="Which eight channels the network listens on, in `us915` and "
        "`au915`: 2 for The Things Network.",
    )
    dev_eui: Eui | None = Field(
        default=None,
        description="Who joins; without it, the number that the modem brings.",
    )
    join_eui: Eui | None = Field(
        default=None, description="Whom it asks (OTAA); once called AppEUI."
    )
    app_key_file: FilePath | None = Field(
        default=None,
        description="A file that holds the AppKey (OTAA) as 32 hexadecimal digits, and "
        "that only its owner may read.",
    )
    dev_addr: (
        Annotated[
            str,
            Field(pattern=r"^[0-9A-Fa-f]{8}$"),
            Wish("write 8 hexadecimal digits"),
        ]
        | None
    ) = Field(default=None, description="The address that was agreed on (ABP).")
    nwk_skey_file: FilePath | None = Field(
        default=None, description="A file that holds the NwkSKey (ABP), as above."
    )
    app_skey_file: FilePath | None = Field(
        default=None, description="A file that holds the AppSKey (ABP), as above."
    )
    adr: bool = Field(
        default=True,
        description="Whether the network chooses the data rate; right for whatever "
        "stands still.",
    )
    data_rate: Annotated[int, Field(ge=0, le=7)] | None = Field(
        default=None,
        description="Where to begin, by the region's number; without it, as the modem "
        "does.",
    )
    confirm_every: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=16,
        description="The network is asked to confirm one record in so many, to prove "
        "the link; alerts always.",
    )
    fair_use_s: Annotated[float, Field(ge=5.0, le=NO_FAIR_USE_S)] = Field(
        default=30.0,
        description="How much airtime the network grants in any 24 hours: 30 s on The "
        "Things Network; 86400 where nobody sets a limit.",
    )
    record_every_s: Annotated[int, Field(ge=60, le=86_400)] = Field(
        default=INTERVAL_S,
        description="As a fallback, one record goes out in such a time, the newest; "
        "the others wait for the first link.",
    )


def read_key(path: Path) -> bytes:
    """Return the 16 bytes that a file holds as hexadecimal digits.

    Raises:
        SettingsError: There is no such file, everybody may use it, or it holds anything
            but a key; what it holds is not told.
    """
    text = read_secret(path)
    wish = f"write the key's {KEY_DIGITS} hexadecimal digits alone into it"
    digits = text.replace(" ", "").replace(":", "").replace("-", "")
    if any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        told = f"holds something else than hexadecimal digits; {wish}"
        raise SettingsError(str(path), [told])
    if len(digits) != KEY_DIGITS:
        told = f"holds {len(digits)} hexadecimal digits; {wish}"
        raise SettingsError(str(path), [told])
    return bytes.fromhex(digits)


def interval_is_seldom_enough(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault where records are made more often than LoRaWAN alone carries."""
    interval_s = raw.get("interval_s")
    if not isinstance(interval_s, int) or not alone(raw):
        return []
    if interval_s >= INTERVAL_S_MIN:
        return []
    told = (
        f"is {interval_s}, more often than LoRaWAN carries; write {INTERVAL_S_MIN} or "
        f"more, best {INTERVAL_S}"
    )
    return [Fault(("interval_s",), told)]


def alone(raw: Mapping[str, object]) -> bool:
    """Return whether a table of device settings has LoRaWAN as its only link."""
    uplink = raw.get("uplink")
    return isinstance(uplink, Mapping) and uplink.get("kind") == "lorawan"

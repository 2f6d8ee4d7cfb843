"""What somebody wants new devices to be, checked word by word."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from tallypost.domain.bundle_fields import is_device_name, is_serial
from tallypost.settings.lorawan import DATA_RATES

WORDS_MAX = 128
SHOWN_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new device shall be; what is empty is made up, or left empty.

    Attributes:
        device: Its name.
        serial: The machine's own number: no other may take its card.
        site_name: What people call the place it counts for.
        place: Where it hangs.
        region: The LoRaWAN region, as in `eu868`.
        batch: What it is made or labelled together with.
        dev_eui: Of a modem that brings its own.
        join_eui: Whom that asks.
        app_key: What that joins with.
        mqtt_username: Of an account that there is already.
        mqtt_password: Likewise.
        site: The text of its `site.toml`; None where it is drawn at the pole.
    """

    device: str
    serial: str = ""
    site_name: str = ""
    place: str = ""
    region: str = ""
    batch: str = ""
    dev_eui: str = ""
    join_eui: str = ""
    app_key: str = ""
    mqtt_username: str = ""
    mqtt_password: str = ""
    site: str | None = None


WORDS = tuple(each.name for each in fields(Wanted) if each.name != "site")
"""What may be said of a new device in one word or a few."""
SECRET = ("app_key", "mqtt_password")
"""No message tells these."""


class Rule(NamedTuple):
    """What a word must be.

    Attributes:
        is_kept: Says whether one is so.
        wish: What to write instead.
    """

    is_kept: Callable[[str], bool]
    wish: str


def _digits(count: int) -> Rule:
    pattern = re.compile(rf"[0-9A-F]{{{count}}}", flags=re.ASCII)
    return Rule(
        lambda told: pattern.fullmatch(told) is not None,
        f"write {count} hexadecimal digits",
    )


def _few(letters_max: int, letters: str, wish: str) -> Rule:
    pattern = re.compile(rf"[{letters}]{{1,{letters_max}}}", flags=re.ASCII)
    return Rule(lambda told: pattern.fullmatch(told) is not None, wish)


_TEXT = Rule(
    lambda told: told.isprintable() and len(told) <= WORDS_MAX,
    f"write one line of up to {WORDS_MAX} letters",
)
RULES: Mapping[str, Rule] = {
    "device": Rule(
        is_device_name,
        "write 2 to 32 small letters, digits or -, not beginning with -",
    ),
    "serial": Rule(is_serial, "write up to 64 letters and digits, as the board does"),
    "site_name": _TEXT,
    "place": _TEXT,
    "batch": _TEXT,
    "region": Rule(DATA_RATES.__contains__, f"write one of {', '.join(DATA_RATES)}"),
    "dev_eui": _digits(16),
    "join_eui": _digits(16),
    "app_key": _digits(32),
    "mqtt_username": _few(
        64, "A-Za-z0-9_.@-", "write 1 to 64 letters, digits, _ . @ or -"
    ),
    "mqtt_password": _few(128, "!-~", "write 1 to 128 letters of ASCII, no blanks"),
}
_HEXADECIMAL = ("dev_eui", "join_eui", "app_key")
_SMALL = ("region", "serial")


def tidy(told: Mapping[str, str]) -> dict[str, str]:
    """Return words without blanks around them, and numbers without what parts them."""
    tidied = {key: value.strip() for key, value in told.items()}
    for key in _HEXADECIMAL:
        if key in tidied:
            tidied[key] = re.sub(r"[ :-]", "", tidied[key]).upper()
    for key in _SMALL:
        if key in tidied:
            tidied[key] = tidied[key].lower()
    return tidied


def faults(told: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the words for one device: where, the fact, the wish.

    Args:
        told: Words by their keys, tidied; empty ones are made up later, and those of
            other keys are left alone.
    """
    found = [
        f"{key}: {_shown(key, value)}; {RULES[key].wish}"
        for key, value in told.items()
        if value and key in RULES and not RULES[key].is_kept(value)
    ]
    if not told.get("device"):
        found.insert(0, f"device: is missing; {RULES['device'].wish}")
    return found


def _shown(key: str, value: str) -> str:
    if key in SECRET:
        return "cannot be one"
    return f"{value[:SHOWN_MAX]!a} cannot be one"

"""How commands that begin with AT are written. All such makers share this much."""

import re
from typing import NamedTuple

DIGITS_MAX = 10
HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*")
_COMMAND = re.compile(r"AT(?:\+?([A-Z0-9]+))?(?:(=)(.*)|(\?))?", re.IGNORECASE)


class AtCommand(NamedTuple):
    """One of them.

    Attributes:
        name: In capitals, without AT+; empty for AT alone.
        asks: Whether its value is asked for.
        value: What it is set to; None where it is run or asked for.
    """

    name: str
    asks: bool
    value: str | None


def at_command(line: str) -> AtCommand | None:
    """Return the command that a line gives; None where it is none."""
    found = _COMMAND.fullmatch(line)
    if found is None:
        return None
    value = found[3] if found[2] else None
    asks = value == "?"
    return AtCommand((found[1] or "").upper(), asks, None if asks else value)


def octets_of(text: str, count: int | None = None) -> bytes | None:
    """Return the bytes that hexadecimal digits spell; None where they do not.

    Args:
        text: The digits; blanks and colons between them do not matter.
        count: How many bytes there must be; None for any number.
    """
    digits = re.sub(r"[ :]", "", text)
    if HEX.fullmatch(digits) is None:
        return None
    octets = bytes.fromhex(digits)
    return octets if count in {None, len(octets)} else None


def number_of(text: str, lowest: int, highest: int) -> int | None:
    """Return a whole number in a range, both ends in it; None where it is none."""
    if len(text) > DIGITS_MAX or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if lowest <= number <= highest else None

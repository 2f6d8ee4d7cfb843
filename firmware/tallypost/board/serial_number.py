"""Reads the number that a board was made with."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PLACES = (
    Path("/proc/device-tree/serial-number"),
    Path("/sys/firmware/devicetree/base/serial-number"),
)
CHARACTERS_MAX = 64


def serial_number(places: Sequence[Path] = PLACES) -> str | None:
    """Return the board's number in small letters; None where it tells none.

    Args:
        places: Where to look, the first that tells one.

    Source: Devicetree Specification 0.4, 3.2: `serial-number`, a string that ends in a
    zero byte.
    """
    for place in places:
        with suppress(OSError, UnicodeDecodeError):
            with place.open("rb") as file:
                told = file.read(CHARACTERS_MAX).split(b"\0")[0].decode("ascii")
            if told := told.strip().lower():
                return told
    return None

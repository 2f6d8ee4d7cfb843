"""The line in each paper that says what it describes, and how to read it again.

It is plain ASCII, and stands uncompressed in every kind of file: one reader does for
Markdown, JSON, SVG and PDF, and so does `grep`.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

MARK = "tallypost:describes"
FIELD_LETTERS_MAX = 128
_STAMP = re.compile(
    rb"tallypost:describes((?: [a-z_]{1,32}=[A-Za-z0-9.:+_-]{1,128}){1,16})"
)
_UNFIT = re.compile(r"[^A-Za-z0-9.:+_-]")


class Difference(NamedTuple):
    """What a paper says of one thing that it describes, and what is so.

    Attributes:
        what: As `Running.described` names it.
        told: By the paper; None where it does not.
        real: None where nothing of that name is described any more.
    """

    what: str
    told: str | None
    real: str | None


def stamp(described: Mapping[str, str]) -> str:
    """Return the line.

    Args:
        described: What `Running.described` tells.
    """
    told = (
        f"{what}={_UNFIT.sub('-', value)[:FIELD_LETTERS_MAX]}"
        for what, value in described.items()
    )
    return " ".join([MARK, *told])


def read_stamp(paper: bytes) -> Mapping[str, str] | None:
    """Return what a paper says that it describes; None where it says nothing.

    Args:
        paper: The whole file, whoever wrote it; of several lines, the last counts.
    """
    found = _STAMP.findall(paper)
    if not found:
        return None
    pairs = (each.partition("=") for each in found[-1].decode("ascii").split())
    return {what: value for what, _, value in pairs}


def differences(
    told: Mapping[str, str], described: Mapping[str, str]
) -> list[Difference]:
    """Return in what a paper differs from what runs; nothing where it is up to date.

    Args:
        told: What `read_stamp` has found.
        described: What `Running.described` tells now.
    """
    real = read_stamp(stamp(described).encode()) or {}
    return [
        Difference(what, told.get(what), real.get(what))
        for what in dict.fromkeys([*real, *told])
        if told.get(what) != real.get(what)
    ]

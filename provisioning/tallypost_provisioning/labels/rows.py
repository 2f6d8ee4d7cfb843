"""What is to be read beside the codes, its letters as large as there is room for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from math import floor

from tallypost.documents.drawing.drawing import Words
from tallypost.documents.drawing.wrapping import lines, width_em
from tallypost_provisioning.labels.measures import DESCENT_EM, INK

SIZES_PT = (14.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.5, 6.0)
"""Of the letters; the smallest is what can still be read at arm's length."""
SIZE_GOOD_PT = 7.0
LEADING = 1.2
MORE = "…"


class Squeeze(Enum):
    """What may be done to text where there is little room, the mildest first."""

    NOT = auto()
    SMALL = auto()
    CUT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something to be read.

    Attributes:
        heading: What it is, or "".
        text: It; on a line of its own where there is no room behind the heading.
        bold: Whether its letters are.
        times: How much larger they are than others.
        elastic: Whether its end may be left out.
        spare: Whether it may be left out, where there is no room at all.
    """

    heading: str = ""
    text: str
    bold: bool = False
    times: float = 1.0
    elastic: bool = False
    spare: bool = False

    def lines(self, width_pt: float, size_pt: float) -> list[str]:
        """Return it in lines that fit."""
        whole, heading, text = (
            lines(each, width_pt=width_pt, size_pt=size_pt * self.times, bold=self.bold)
            for each in (f"{self.heading} {self.text}", self.heading, self.text)
        )
        return whole if len(whole) <= 1 or not heading else [*heading, *text]


@dataclass(frozen=True, slots=True)
class Room:
    """Where text may stand, from the label's left edge.

    Attributes:
        right_pt: Where it must end.
        top_pt: Where the first line may begin.
        bottom_pt: Where the last must end.
    """

    right_pt: float
    top_pt: float
    bottom_pt: float

    @property
    def height_pt(self) -> float:
        """What all lines have together."""
        return self.bottom_pt - self.top_pt


def text(rows: Sequence[Row], room: Room, squeeze: Squeeze) -> list[Words] | None:
    """Return the rows, their letters as large as there is room for."""
    rows = _squeezed(rows, squeeze)
    for size in SIZES_PT:
        if squeeze is Squeeze.NOT and size < SIZE_GOOD_PT:
            break
        broken = [row.lines(room.right_pt, size) for row in rows]
        if squeeze is Squeeze.CUT:
            _cut(rows, broken, floor(room.height_pt / (size * LEADING)))
        words = list(_words(rows, broken, size, room))
        if _are_within(words, room):
            return words
    return None


def _cut(rows: Sequence[Row], broken: list[list[str]], count_max: int) -> None:
    """Leave out the end of the one row that may be of any length."""
    others = sum(
        len(each) for row, each in zip(rows, broken, strict=True) if not row.elastic
    )
    for row, each in zip(rows, broken, strict=True):
        kept = max(1, count_max - others)
        if row.elastic and len(each) > kept:
            del each[kept:]
            each[-1] = each[-1][:-3] + MORE


def _words(
    rows: Sequence[Row], broken: Sequence[Sequence[str]], size: float, room: Room
) -> Iterator[Words]:
    y_pt = room.top_pt
    for row, told in zip(rows, broken, strict=True):
        size_pt = size * row.times
        for line in told:
            y_pt += size_pt * LEADING
            yield Words(0, y_pt, line, size_pt, bold=row.bold, colour=INK)


def _are_within(words: Sequence[Words], room: Room) -> bool:
    return all(
        width_em(each.text, bold=each.bold) * each.size_pt <= room.right_pt
        and each.y_pt + each.size_pt * DESCENT_EM <= room.bottom_pt
        for each in words
    )


def _squeezed(rows: Sequence[Row], squeeze: Squeeze) -> list[Row]:
    """Return the rows that cannot be left out, none of them larger than the others."""
    if squeeze is not Squeeze.CUT:
        return list(rows)
    return [replace(row, times=1.0) for row in rows if not row.spare]

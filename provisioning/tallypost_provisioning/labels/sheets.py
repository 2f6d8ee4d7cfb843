"""The sheets and rolls that labels are printed on, and where each stands there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor

from tallypost.documents.drawing.drawing import Drawing, Shape, rectangle
from tallypost.errors import PaperError
from tallypost_provisioning.inventory.words import Identity
from tallypost_provisioning.labels.label import Part, Wanted, label
from tallypost_provisioning.labels.measures import DOT_PT, PT_PER_MM, on_grid

A4_MM = (210.0, 297.0)
SIZE_MM_MIN, SIZE_MM_MAX = (40.0, 20.0), (210.0, 297.0)
BORDER_MM = 10.0
"""What office printers leave white round a sheet of paper, and a little more."""
CUT_PT, CUT_COLOUR = 0.4, "#6e6e6e"
"""A line to cut along, thin and grey: a dot wide, and black where there is no grey."""
_SIZE = re.compile(r"(\d{2,3}(?:\.\d{1,2})?)x(\d{2,3}(?:\.\d{1,2})?)", flags=re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where labels stand on a page.

    Attributes:
        page_mm: Width and height of the page.
        label_mm: Of a label.
        across: How many stand side by side.
        down: How many stand one below another.
        corner_mm: Where the first begins, from the page's upper left.
        pitch_mm: From where one begins to where the next does.
        cut_mm: What stays white at the left and right, and above and below, for a cut
            or a feed that is a little off.
        lined: Whether lines show where to cut.
    """

    page_mm: tuple[float, float]
    label_mm: tuple[float, float]
    across: int = 1
    down: int = 1
    corner_mm: tuple[float, float] = (0.0, 0.0)
    pitch_mm: tuple[float, float] = (0.0, 0.0)
    cut_mm: tuple[float, float] = (1.5, 1.5)
    lined: bool = False


def _grid(label_mm: tuple[float, float], across: int, down: int) -> Sheet:
    """Return a sheet of A4 as Avery cuts it: 2.5 mm between columns, none between rows.

    Source: Avery's measures of L7159 (24 labels of 63.5 x 33.9 mm: 7.2 mm of margin at
    the left, 12.9 mm above); sheets of other labels stand in the middle likewise.
    """
    gap_mm = 2.5 if label_mm[0] < A4_MM[0] / 2 else 0.0
    pitch_mm = label_mm[0] + gap_mm, label_mm[1]
    return Sheet(
        page_mm=A4_MM,
        label_mm=label_mm,
        across=across,
        down=down,
        corner_mm=(
            (A4_MM[0] - across * pitch_mm[0] + gap_mm) / 2,
            (A4_MM[1] - down * pitch_mm[1]) / 2,
        ),
        pitch_mm=pitch_mm,
        cut_mm=(2.0, 2.0),
    )


SHEETS = {
    "l4773": _grid((63.5, 33.9), 3, 8),
    "l4776": _grid((99.1, 42.3), 2, 6),
}
"""Sheets of labels that are cut already, by their maker's name."""
LABEL, ROLL, PAPER = "label", "roll-62", "paper"
ROLL_MM = 62.0
USUAL_MM = {LABEL: (62.0, 29.0), ROLL: (ROLL_MM, 35.0), PAPER: (70.0, 37.0)}
"""Labels where nobody says how large they shall be."""
NAMES = (LABEL, ROLL, PAPER, *SHEETS)


def sheet_of(name: str, size_mm: tuple[float, float] | None) -> Sheet:
    """Return a sheet by its name.

    Args:
        name: One of `NAMES`: each label by itself, on a roll 62 mm wide, on plain paper
            to be cut, or one of `SHEETS`.
        size_mm: Of a label; None for what is usual there.

    Raises:
        PaperError: Labels of this size are not to be had there.
    """
    wide, high = size_mm or USUAL_MM.get(name, USUAL_MM[LABEL])
    if name in SHEETS:
        if size_mm is not None:
            raise PaperError(
                f"--size: {name} has labels of its own size; leave it out, or name the "
                f"sheet {PAPER}"
            )
        return SHEETS[name]
    if name == ROLL and wide != ROLL_MM:
        raise PaperError(
            f"--size: {wide:g} mm is not the width of {name}; write "
            f"{ROLL_MM:g}x{high:g}"
        )
    single = Sheet(page_mm=(wide, high), label_mm=(wide, high))
    if name == ROLL:
        return replace(single, cut_mm=(1.5, 3.0))
    return _on_paper(single.label_mm) if name == PAPER else single


def _on_paper(label_mm: tuple[float, float]) -> Sheet:
    across, down = (
        floor((page - 2 * BORDER_MM) / each)
        for page, each in zip(A4_MM, label_mm, strict=True)
    )
    if not (across and down):
        raise PaperError(
            f"--size: {label_mm[0]:g}x{label_mm[1]:g} mm has no room on A4 paper; "
            "write 190x277 at most"
        )
    return Sheet(
        page_mm=A4_MM,
        label_mm=label_mm,
        across=across,
        down=down,
        corner_mm=(BORDER_MM, BORDER_MM),
        pitch_mm=label_mm,
        cut_mm=(2.0, 2.0),
        lined=True,
    )


def size_of(text: str) -> tuple[float, float]:
    """Return width and height in mm of what is written as in `62x29`.

    Raises:
        PaperError: It is no such size, or none of a label.
    """
    found = _SIZE.fullmatch(text)
    size = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    fits = [
        low <= each <= high
        for low, each, high in zip(SIZE_MM_MIN, size, SIZE_MM_MAX, strict=True)
    ]
    if not all(fits):
        raise PaperError(
            f"--size: {text[:20]!a} is no size of a label; write width x height in mm, "
            "as in 62x29, from 40x20 to 210x297"
        )
    return size


def groups(identities: Sequence[Identity], sheet: Sheet) -> list[Sequence[Identity]]:
    """Return whose labels are on each page, in this order."""
    count = sheet.across * sheet.down
    return [identities[at : at + count] for at in range(0, len(identities), count)]


def page(group: Sequence[Identity], sheet: Sheet, wanted: Wanted) -> Drawing:
    """Return a page of labels: along a row, then along the next.

    Args:
        group: Whose, at least one, no more than there is room for.
        sheet: Where they stand.
        wanted: What shall be on them.

    Raises:
        PaperError: One of them has no room, or cannot be made.
    """
    wide, high = sheet.page_mm
    return Drawing(
        title=_title(group),
        language="en",
        mark="",
        size_pt=(wide * PT_PER_MM, high * PT_PER_MM),
        parts=[
            part
            for place, identity in enumerate(group)
            for part in _label_at(place, identity, sheet, wanted)
        ],
    )


def _title(group: Sequence[Identity]) -> str:
    first, last = group[0].device, group[-1].device
    return f"Label of {first}" if first == last else f"Labels of {first} to {last}"


def _label_at(
    place: int, identity: Identity, sheet: Sheet, wanted: Wanted
) -> Iterator[Part]:
    row, column = divmod(place, sheet.across)
    corner = [
        (begin + count * pitch) * PT_PER_MM
        for begin, count, pitch in zip(
            sheet.corner_mm, (column, row), sheet.pitch_mm, strict=True
        )
    ]
    if sheet.lined:
        yield _cut_lines(corner[0], corner[1], sheet.label_mm)
    x_pt, y_pt = (
        on_grid(begin + cut * PT_PER_MM + DOT_PT / 2)
        for begin, cut in zip(corner, sheet.cut_mm, strict=True)
    )
    inner = (
        sheet.label_mm[0] - 2 * sheet.cut_mm[0],
        sheet.label_mm[1] - 2 * sheet.cut_mm[1],
    )
    for part in label(identity, inner, wanted):
        yield _moved(part, x_pt, y_pt)


def _moved(part: Part, x_pt: float, y_pt: float) -> Part:
    if isinstance(part, Shape):
        return part.placed(x_pt, y_pt)
    return replace(part, x_pt=part.x_pt + x_pt, y_pt=part.y_pt + y_pt)


def _cut_lines(x_pt: float, y_pt: float, label_mm: tuple[float, float]) -> Shape:
    """Return a frame; even-odd leaves its middle free."""
    wide, high = label_mm[0] * PT_PER_MM, label_mm[1] * PT_PER_MM
    outer = rectangle(x_pt, y_pt, wide, high)
    inner = rectangle(
        x_pt + CUT_PT, y_pt + CUT_PT, wide - 2 * CUT_PT, high - 2 * CUT_PT
    )
    return Shape((outer, inner), CUT_COLOUR)

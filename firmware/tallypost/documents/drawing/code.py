"""A code that telephones read (QR), as a shape."""

import segno

from tallypost.documents.drawing.drawing import Shape, rectangle

QUIET_MODULES = 4
"""The margin that readers ask for, each side. Source: ISO/IEC 18004, 9.1."""


def code(text: str, size_pt: float, colour: str = "#000000") -> Shape:
    """Return a code with its margin, its upper left corner at (0, 0).

    Args:
        text: What a telephone reads; 200 plain letters are read from afar, ten times as
            many from a large code near by.
        size_pt: Width and height, the margin included.
        colour: Of its dark parts; what lies below must be light.
    """
    made = segno.make(text, error="m", micro=False)
    rows = [bytearray(row) for row in made.matrix]
    module_pt = size_pt / (len(rows) + 2 * QUIET_MODULES)
    runs = [
        rectangle(
            (begin + QUIET_MODULES) * module_pt,
            (place + QUIET_MODULES) * module_pt,
            (end - begin) * module_pt,
            module_pt,
        )
        for place, row in enumerate(rows)
        for begin, end in _runs(row)
    ]
    return Shape(tuple(runs), colour)


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Return where dark modules stand side by side: first, and one past the last."""
    edges = [
        place
        for place in range(len(row) + 1)
        if bool(place and row[place - 1]) != bool(place < len(row) and row[place])
    ]
    return list(zip(edges[::2], edges[1::2], strict=True))

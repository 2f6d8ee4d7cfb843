"""Codes for telephones, side by side, in little squares of whole dots of a printer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tallypost.documents.drawing.code import QUIET_MODULES, code, modules
from tallypost.documents.drawing.drawing import Shape, Words
from tallypost.documents.drawing.wrapping import width_em
from tallypost_provisioning.labels.measures import DESCENT_EM, INK, on_grid

CAPTION_PT = 6.0


@dataclass(frozen=True, slots=True)
class Code:
    """A code, and the word below it.

    Attributes:
        caption: That word.
        text: What a telephone reads.
        modules: How many little squares it is wide, its margin included.
    """

    caption: str
    text: str
    modules: int


def captioned(caption: str, text: str) -> Code:
    """Return a code with a word below it."""
    return Code(caption, text, modules(text))


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a code stands.

    Attributes:
        code: It.
        x_pt: Where it begins.
        size_pt: Width and height, the margin included.
        bottom_pt: Where its caption ends.
    """

    code: Code
    x_pt: float
    size_pt: float
    bottom_pt: float

    def parts(self) -> Iterator[Words | Shape]:
        """Yield the code and its caption."""
        y_pt = self.bottom_pt - CAPTION_PT - self.size_pt
        yield code(self.code.text, self.size_pt, INK).placed(self.x_pt, y_pt)
        wide_pt = width_em(self.code.caption, bold=True) * CAPTION_PT
        x_pt = self.x_pt + max(0.0, (self.size_pt - wide_pt) / 2)
        base_pt = self.bottom_pt - CAPTION_PT * DESCENT_EM
        yield Words(x_pt, base_pt, self.code.caption, CAPTION_PT, bold=True, colour=INK)


def placed(
    codes: Sequence[Code], corner_pt: tuple[float, float], module_pt: float
) -> list[Placed]:
    """Return where codes stand, from the left; neighbours share their margin.

    Args:
        codes: At least one.
        corner_pt: The upper right corner of where they may stand.
        module_pt: How wide their little squares are.
    """
    margin_pt = QUIET_MODULES * module_pt
    bottom_pt = corner_pt[1] + max(each.modules for each in codes) * module_pt
    x_pt = on_grid(corner_pt[0] - margin_pt)
    found: list[Placed] = []
    for each in reversed(codes):
        size_pt = each.modules * module_pt
        x_pt -= size_pt - margin_pt
        found.insert(0, Placed(each, x_pt, size_pt, bottom_pt + CAPTION_PT))
    return found

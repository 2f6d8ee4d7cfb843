"""Letters as shapes, for what is drawn in dots."""

from collections.abc import Sequence
from io import BytesIO

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from tallypost.documents.drawing.drawing import Outline, Point, Segment, Shape, Words
from tallypost.documents.drawing.font import Face, Fonts, face

WIDTHS_EM = 1000
"""So many units of a face's widths are one em."""


class Lettering:
    """Draws lines of text by the outlines of their letters, as wide as in a PDF.

    Args:
        words: All that it shall draw.
        fonts: Where their letters come from.

    Raises:
        PaperError: They have not all the letters, or cannot be read.
    """

    def __init__(self, words: Sequence[Words], fonts: Fonts) -> None:
        self._fonts = {
            bold: _Font(face(file, (each.text for each in words if each.bold == bold)))
            for bold, file in ((False, fonts.regular), (True, fonts.bold))
        }

    def shape(self, words: Words) -> Shape:
        """Return one of the lines as a shape, maybe of no outline at all.

        Its outlines turn one way round ink and the other way round holes: where two
        that turn the same way overlap, there is ink (nonzero winding).
        """
        font = self._fonts[words.bold]
        outlines: list[Outline] = []
        x_pt = words.x_pt
        for letter in words.text:
            outlines += font.outlines(letter, (x_pt, words.y_pt), words.size_pt)
            x_pt += font.width_em(letter) * words.size_pt
        return Shape(tuple(outlines), words.colour)


class _Font:
    """The letters of one face.

    Args:
        face: Cut out for what shall be written.
    """

    def __init__(self, face: Face) -> None:
        self._face = face
        font = TTFont(BytesIO(face.data))
        self._glyphs = font.getGlyphSet()
        self._order = font.getGlyphOrder()
        self._units_em: int = font["head"].unitsPerEm

    def width_em(self, letter: str) -> float:
        return self._face.widths[self._face.numbers[letter]] / WIDTHS_EM

    def outlines(self, letter: str, at: Point, size_pt: float) -> list[Outline]:
        pen = _Pen(self._glyphs, at, size_pt / self._units_em)
        self._glyphs[self._order[self._face.numbers[letter]]].draw(pen)
        return pen.outlines


class _Pen(BasePen):  # type: ignore[misc]  # fontTools comes without types
    """Takes what a font draws, y upward, in units of its own; turns it our way."""

    def __init__(self, glyphs: object, at: Point, scale: float) -> None:
        super().__init__(glyphs)
        self.outlines: list[Outline] = []
        self._at, self._scale = at, scale
        self._start: Point = at
        self._segments: list[Segment] = []

    def _there(self, point: Point) -> Point:
        return (
            self._at[0] + self._scale * point[0],
            self._at[1] - self._scale * point[1],
        )

    def _moveTo(self, point: Point) -> None:  # noqa: N802  # fontTools' own word
        self._start, self._segments = self._there(point), []

    def _lineTo(self, point: Point) -> None:  # noqa: N802
        self._segments.append(Segment(self._there(point)))

    def _curveToOne(  # noqa: N802
        self, first: Point, second: Point, end: Point
    ) -> None:
        handles = self._there(first), self._there(second)
        self._segments.append(Segment(self._there(end), handles))

    def _closePath(self) -> None:  # noqa: N802
        self.outlines.append(Outline(self._start, tuple(self._segments)))

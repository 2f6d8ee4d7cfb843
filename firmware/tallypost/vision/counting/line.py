"""Tells who crosses a line, and which way."""

from collections.abc import Sequence

from tallypost.domain.vision import Size, Tracks
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.lines import Events, LineDrawing, Lines


class LineCounter:
    """A directed line of finite length, with hysteresis.

    An object counts when it stands clearly on the other side of the line than it
    clearly stood on before, and its way led over the line between the two ends. Clearly
    means by a share of its own size, so one that stops on the line, sways beside it or
    turns back on it counts as often as it really changed sides.

    A passage is told by the same rule with half that distance: so near to the line that
    going over is told even if it is taken back, and so far that a box that trembles on
    the line all night tells next to nothing.

    Args:
        name: The line's name.
        start: Where the arrow begins, x y in 0..1 of the picture.
        end: Where it ends; not the same point. Forward is from the left to the right of
            the arrow, as seen on the picture.
        classes: Which classes count; None for all.
        anchor: "ground" where the middle of a box's lower edge stands for the object,
            "centre" where the middle of the box does.
        clear_share: How far from the line is clear, in sizes (the root of the area) of
            the object's box. Half of that is enough for the place where an object was
            first seen; nearer to the line, nobody knows which side it came from.

    Raises:
        ValueError: The line has no length.
    """

    def __init__(
        self,
        *,
        name: str,
        start: tuple[float, float],
        end: tuple[float, float],
        classes: frozenset[int] | None = None,
        anchor: str = Anchor.GROUND,
        clear_share: float = 0.2,
    ) -> None:
        self.drawing = LineDrawing(
            name=name,
            start=start,
            end=end,
            classes=classes,
            anchor=anchor,
            clear_share=clear_share,
        )
        self._lines, self._place = Lines([self.drawing]), 0

    @property
    def name(self) -> str:
        """The line's name."""
        return self.drawing.name

    def update(self, tracks: Tracks, scene: Size) -> Events:
        """Return who has passed or crossed since the last update.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        return self._lines.update(tracks, scene)[self._place]

    def count_with(self, lines: Lines, place: int) -> None:
        """Take part in what lines count together, from the first update on."""
        self._lines, self._place = lines, place


def together(counters: Sequence[LineCounter]) -> None:
    """Have lines count together, which takes hardly longer than one of them alone.

    They tell what they would have told alone.

    Args:
        counters: The lines, before their first update.
    """
    if not counters:
        return
    lines = Lines([each.drawing for each in counters])
    for place, counter in enumerate(counters):
        counter.count_with(lines, place)

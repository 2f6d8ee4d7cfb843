"""Counts who comes into a zone, who leaves it, and how long they stay."""

from collections.abc import Mapping, Sequence

from tallypost.domain.vision import Size, Tracks
from tallypost.vision.counting.base import Anchor
from tallypost.vision.counting.zones import Events, ZoneDrawing, Zones


class ZoneCounter:
    """A polygon on the ground, with hysteresis in space and time.

    An object that appears inside has come in, and one that is lost inside has gone out
    when its track is given up; until then it is held to be inside. Who steps over the
    border comes in or goes out when it stands clearly on the other side, by a share of
    its own size, or has stayed there for `settle_s`.

    Args:
        name: The zone's name.
        polygon: At least three corners in order, x y in 0..1 of the picture.
        classes: Which classes count; None for all.
        anchor: "ground" where the middle of a box's lower edge stands for the object,
            "centre" where the middle of the box does.
        settle_s: How long an object near the border must stay on its other side.
        clear_share: How far from the border is clear, in sizes (the root of the area)
            of the object's box.

    Raises:
        ValueError: The polygon has fewer than three corners.
    """

    def __init__(
        self,
        *,
        name: str,
        polygon: tuple[tuple[float, float], ...],
        classes: frozenset[int] | None = None,
        anchor: str = Anchor.GROUND,
        settle_s: float = 0.6,
        clear_share: float = 0.2,
    ) -> None:
        self.drawing = ZoneDrawing(
            name=name,
            polygon=polygon,
            classes=classes,
            anchor=anchor,
            settle_s=settle_s,
            clear_share=clear_share,
        )
        self._zones, self._place = Zones([self.drawing]), 0

    @property
    def name(self) -> str:
        """The zone's name."""
        return self.drawing.name

    @property
    def occupancy(self) -> Mapping[int, int]:
        """How many are inside now, by class; a class of which nobody is is absent.

        It is another one when that changes.
        """
        return self._zones.occupancy[self._place]

    def update(self, tracks: Tracks, scene: Size) -> Events:
        """Return who has come in or gone out since the last update.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        return self._zones.update(tracks, scene)[self._place]

    def count_with(self, zones: Zones, place: int) -> None:
        """Take part in what zones count together, from the first update on."""
        self._zones, self._place = zones, place


def together(counters: Sequence[ZoneCounter]) -> None:
    """Have zones count together, which takes hardly longer than one of them alone.

    They tell what they would have told alone.

    Args:
        counters: The zones, before their first update.
    """
    if not counters:
        return
    zones = Zones([each.drawing for each in counters])
    for place, counter in enumerate(counters):
        counter.count_with(zones, place)

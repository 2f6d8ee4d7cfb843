"""What the pipeline asks of a counter."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import Boxes, Points, centre_points, foot_points
from tallypost.vision.counting.events import Event


class Anchor(StrEnum):
    """Which point of a box stands for the object."""

    GROUND = "ground"
    CENTRE = "centre"

    @property
    def raised_share(self) -> float:
        """How far above the lower edge of a box it is, in heights of the box."""
        return 0.0 if self is Anchor.GROUND else 0.5

    def points(self, boxes: Boxes) -> Points:
        """Return where objects stand: shape (n, 2)."""
        return foot_points(boxes) if self is Anchor.GROUND else centre_points(boxes)


class Counter(Protocol):
    """Turns tracks into events; one counter watches one element of the site."""

    @property
    def name(self) -> str:
        """The element's name."""
        ...

    def update(self, tracks: Tracks, scene: Size) -> Sequence[Event]:
        """Return what has happened since the last update.

        Call it for every frame that was looked at, also when nobody was there: tracks
        that ended are told once.

        Args:
            tracks: The confirmed objects of this moment.
            scene: The size of the picture that their boxes are told in.
        """
        ...

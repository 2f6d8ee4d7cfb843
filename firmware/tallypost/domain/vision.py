"""What may describe a person: lives in the vision process, and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.words import Light

Pixels = NDArray[np.uint8]
"""Shape (height, width, 3), red green blue, 0..255."""
Boxes = NDArray[np.float32]
"""Shape (n, 4), x1 y1 x2 y2 in pixels of the scene."""
Points = NDArray[np.float64]
"""Shape (n, 2), x y; y grows downward, as on a picture."""


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Region(NamedTuple):
    """A part of the scene, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """Its width and height."""
        return Size(self.width, self.height)


class Views(NamedTuple):
    """What of one frame is looked at: the whole, regions of it, or both."""

    whole: bool
    regions: tuple[Region, ...]


WHOLE = Views(whole=True, regions=())
"""The whole scene and nothing closer."""


@dataclass(frozen=True, slots=True, eq=False)
class Closer:
    """One region of a frame, larger than the whole picture shows it.

    Attributes:
        region: The part of the scene that is seen: what was asked for, or as near to
            it as the camera's pixels allow.
        pixels: That part, scaled by the camera to fit the detector.
    """

    region: Region
    pixels: Pixels


def nothing_to_release() -> None:
    """Give nothing back: the frame owns its buffer."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, for as long as it takes to look at it.

    Attributes:
        pixels: The picture, already scaled by the camera to fit the detector; a view
            of the camera's buffer where that can be had.
        scene: Size of the picture before scaling. Boxes are told in its pixels.
        time_s: When the light fell, on the scene's own clock: monotonic seconds of a
            live camera, seconds since the beginning of footage.
        captured_monotonic_s: When this process got hold of the picture, on the board's
            monotonic clock: the frame's lifetime counts from here.
        release: Gives the buffer back to the camera; called once, by `erase`.
        closer: Regions of the same picture, where somebody asked for them.
        whole: Whether the detector is to look at `pixels` too; regions may take its
            place.
    """

    pixels: Pixels
    scene: Size
    time_s: float
    captured_monotonic_s: float
    release: Callable[[], None] = field(default=nothing_to_release)
    closer: tuple[Closer, ...] = ()
    whole: bool = True

    def erase(self) -> None:
        """Overwrite the picture and give its buffer back; the frame is gone."""
        self.pixels[...] = 0
        for each in self.closer:
            each.pixels[...] = 0
        self.release()


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What was found on one picture, by one look at it or by several.

    Attributes:
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels of the scene, clipped to it.
        scores: Shape (n,), 0..1.
        class_ids: Shape (n,), index into the detector's `classes`.
        looked: Shape (k, 4), parts of the scene: who is whole in one of them was looked
            for, and nobody else; None where everybody was. A part that ends where the
            picture does has its side at infinity.
        glimpsed: Shape (m, 4), every box that any look gave, also those that were left
            out because a border cuts them; None where they are `boxes`.
    """

    boxes: Boxes
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    looked: Boxes | None = None
    glimpsed: Boxes | None = None

    def __post_init__(self) -> None:
        count = len(self.boxes)
        if self.boxes.shape != (count, 4) or not (
            len(self.scores) == len(self.class_ids) == count
        ):
            raise ValueError(
                f"boxes {self.boxes.shape}, scores {self.scores.shape} and class_ids "
                f"{self.class_ids.shape} disagree; want (n, 4), (n,) and (n,)"
            )

    def __len__(self) -> int:
        return len(self.boxes)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Detections":
        """Return the detections that a mask or an index array chooses."""
        return Detections(
            self.boxes[chosen],
            self.scores[chosen],
            self.class_ids[chosen],
            self.looked,
            self.glimpsed,
        )

    @staticmethod
    def none() -> "Detections":
        """Return an empty set: somebody looked, and nothing was there."""
        return Detections(
            np.empty((0, 4), np.float32),
            np.empty(0, np.float32),
            np.empty(0, np.int64),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The confirmed objects of one moment; an unconfirmed one is never told.

    Attributes:
        time_s: The frame's time.
        ids: Shape (n,), one number an object for as long as it is followed; never
            given twice by one tracker.
        boxes: Shape (n, 4), x1 y1 x2 y2 in pixels of the scene.
        class_ids: Shape (n,), what the object was most often taken for so far.
        born_boxes: Shape (n, 4), where the object was when it was first seen, before it
            was confirmed: a crossing between birth and confirmation is not lost.
        born_s: Shape (n,), when that was, on the frame's clock.
        ended_ids: Shape (m,), objects that were told before and are now given up.
        seen_boxes: Shape (n, 4), where the detector saw them at this look, unfiltered;
            None where nobody knows more than `boxes`.
    """

    time_s: float
    ids: NDArray[np.int64]
    boxes: Boxes
    class_ids: NDArray[np.int64]
    born_boxes: Boxes
    born_s: NDArray[np.float64]
    ended_ids: NDArray[np.int64]
    seen_boxes: Boxes | None = None

    def __len__(self) -> int:
        return len(self.ids)


class Fault(StrEnum):
    """What can be wrong with what a camera shows."""

    MOVED = "camera_moved"
    BLINDED = "camera_blinded"
    COVERED = "camera_covered"
    DARK = "camera_dark"
    DEFOCUSED = "camera_defocused"
    DIRTY = "camera_dirty"


@dataclass(frozen=True, slots=True)
class Condition:
    """How the camera itself is at one moment.

    Attributes:
        light: How much light there is; None where pictures are too small to tell.
        faults: Those that are held to be there.
        trustworthy: Whether what its pictures show may be counted.
        compared: Whether what it usually shows is known: else nobody can say that it
            has not moved, is in focus and clean.
    """

    light: Light | None
    faults: frozenset[Fault]
    trustworthy: bool
    compared: bool = True

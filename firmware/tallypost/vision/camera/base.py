"""What the pipeline asks of a camera."""

from collections.abc import Callable
from typing import Protocol

from tallypost.domain.vision import Frame, Size, Views

Gaze = Callable[[Size, int], Views]
"""Tells what of a frame is looked at, by the size of its scene and its number among the
frames that are taken; called in the camera's own thread."""


class Camera(Protocol):
    """Gives pictures, scaled to fit the detector; opens on construction.

    A live camera never waits for its reader: the latest frame wins, and those that
    nobody took are counted. Footage waits: no frame of it is lost, unless it is played
    at its real pace to a reader that is too slow, which is a live camera again.

    A constructor takes `fit`, the detector's input size (pictures come scaled to the
    largest size of their own shape that fits into it), and the `board` whose clocks it
    reads. One that can give regions takes a `gaze` too: each frame then carries the
    regions that it asks for, cut from the same picture, with the places where they lie.

    Raises:
        CameraUnavailableError: On construction: it cannot be opened, or gave no picture
            in time.
        FootageError: On construction: what was opened holds no pictures.
    """

    @property
    def scene(self) -> Size:
        """Size of the picture before scaling."""
        ...

    @property
    def dropped(self) -> int:
        """How many frames came and were not taken since the camera was opened."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the footage is over; never true for a live camera."""
        ...

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None if none came in time or the footage is over.

        The frame belongs to the caller until its `erase`. A camera may have few
        buffers: take one frame at a time.

        Raises:
            CameraUnavailableError: The camera is gone; open it afresh.
            FootageError: The rest of the footage cannot be read.
        """
        ...

    def close(self) -> None:
        """Give the camera back, buffers overwritten; closing twice is harmless."""
        ...

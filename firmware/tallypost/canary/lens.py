"""Stands before the camera: what it gives is overwritten with the canary."""

from tallypost.canary.pattern import fill
from tallypost.domain.vision import Frame, Size
from tallypost.vision.camera.base import Camera

ALTERNATIVES = 2
"""So many different canaries by turns: what never changes is not looked at."""
VIEWS_MAX = 32
"""More than a frame has."""


class CanaryLens:
    """A real camera, its pictures replaced in its own buffers; see `base.Camera`.

    Args:
        camera: The real one.
        seed: Of the canaries.
        frames: After so many the watch is over.
        lasts_s: It lasts no shorter than that, by the board's clock.

    Attributes:
        planted: How many frames were overwritten so far.
        shapes: Height and width of every canary that was planted, by its number.
    """

    def __init__(
        self, camera: Camera, seed: int, frames: int, lasts_s: float = 0.0
    ) -> None:
        self._camera = camera
        self._seed = seed
        self._frames = frames
        self._lasts_s = lasts_s
        self._first_s: float | None = None
        self._lasted_s = 0.0
        self.planted = 0
        self.shapes: dict[tuple[int, int, int], None] = {}

    @property
    def scene(self) -> Size:
        """Size of the real camera's picture before scaling."""
        return self._camera.scene

    @property
    def dropped(self) -> int:
        """How many frames came and were not taken."""
        return self._camera.dropped

    @property
    def ended(self) -> bool:
        """Whether there have been enough, or there are no more."""
        enough = self.planted >= self._frames and self._lasted_s >= self._lasts_s
        return enough or self._camera.ended

    def read(self, timeout_s: float) -> Frame | None:
        """Return the real camera's next frame, which shows the canary.

        Raises:
            CameraUnavailableError: The camera is gone.
            FootageError: The rest of the footage cannot be read.
        """
        frame = self._camera.read(timeout_s)
        if frame is None:
            return None
        first = self.planted % ALTERNATIVES * VIEWS_MAX
        views = (frame.pixels, *(each.pixels for each in frame.closer))
        for number, pixels in enumerate(views, start=first):
            fill(pixels, self._seed, number)
            self.shapes[number, *pixels.shape[:2]] = None
        self.planted += 1
        if self._first_s is None:
            self._first_s = frame.captured_monotonic_s
        self._lasted_s = frame.captured_monotonic_s - self._first_s
        return frame

    def close(self) -> None:
        """Give the camera back."""
        self._camera.close()

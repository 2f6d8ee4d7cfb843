"""A camera on a street that does not exist, whose true counts are known."""

import math
from collections.abc import Iterator

import numpy as np

from tallypost.board.base import Board
from tallypost.domain.vision import WHOLE, Closer, Frame, Pixels, Region, Size
from tallypost.vision.camera.base import Gaze
from tallypost.vision.camera.scale import fit_within
from tallypost.vision.camera.traffic import Mover, Traffic, Truth

COLOURS = {"person": (180, 60, 50), "bicycle": (60, 140, 70), "car": (50, 70, 170)}
DARK = 40
ROUNDING = 1e-9


class SyntheticCamera:
    """Draws walkers, bicycles and cars on straight ways; see `base.Camera`.

    Walkers go up and down the picture, cars and bicycles across it, so that any line
    meets some. A detector trained on photographs need not know them: whoever asks for
    detections may have them from `truth`.

    Args:
        fit: The detector's input size.
        board: Whose clocks are read.
        scene: Size of the picture before scaling.
        rate_hz: How many frames make a second.
        duration_s: How long it goes on; None is for ever.
        seed: Chooses the traffic; the same seed gives the same pictures.
        live: Whether frames come in their own time and late readers lose some; else
            they come as fast as they are taken.
        interval_s: The mean time from one object's coming to the next one's.
        gaze: Which regions frames carry; None: none.
    """

    def __init__(  # noqa: PLR0913  all by name, from the settings
        self,
        *,
        fit: Size,
        board: Board,
        scene: Size = Size(640, 480),  # noqa: B008  a tuple: it cannot be changed
        rate_hz: float = 10.0,
        duration_s: float | None = None,
        seed: int = 0,
        live: bool = False,
        interval_s: float = 1.5,
        gaze: Gaze | None = None,
    ) -> None:
        self._fit = fit
        self._gaze = gaze
        self._taken = 0
        self._seed = seed
        self._scene = scene
        self._board = board
        self._rate_hz = rate_hz
        self._live = live
        self._count = (
            None if duration_s is None else math.ceil(duration_s * rate_hz - ROUNDING)
        )
        self._traffic = Traffic(scene, seed, interval_s)
        self._whole = Region(0, 0, *scene)
        self._grounds: dict[Size, Pixels] = {}
        self._began_s = board.monotonic_s()
        self._next = 0
        self._dropped = 0
        self._closed = False

    @property
    def scene(self) -> Size:
        """Size of the picture before scaling."""
        return self._scene

    @property
    def dropped(self) -> int:
        """How many frames came and were not taken."""
        return self._dropped

    @property
    def ended(self) -> bool:
        """Whether all frames have been shown or have passed; never, if endless."""
        return self._over()

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None if none came in time or no more will."""
        if self._over() or not self._arrived(timeout_s):
            return None
        time_s = self._next / self._rate_hz
        self._next += 1
        captured_s = self._board.monotonic_s()
        told_s = self._began_s + time_s if self._live else time_s
        views = self._gaze(self._scene, self._taken) if self._gaze else WHOLE
        self._taken += 1
        return Frame(
            self._draw(time_s, self._whole),
            self._scene,
            told_s,
            captured_s,
            closer=tuple(
                Closer(region, self._draw(time_s, region)) for region in views.regions
            ),
            whole=views.whole,
        )

    def close(self) -> None:
        """Give no more frames; closing twice is harmless."""
        self._closed = True
        for ground in self._grounds.values():
            ground[...] = 0

    def truth(self) -> Iterator[Truth]:
        """Yield what is on each frame, from the first on; endless if the camera is.

        Times are seconds since the beginning, also of a live camera.
        """
        index = 0
        while self._count is None or index < self._count:
            yield self._traffic.truth(index / self._rate_hz)
            index += 1

    def crossings(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        until_s: float | None = None,
    ) -> tuple[dict[str, int], dict[str, int]]:
        """Return how many of each class cross a line, forward and backward.

        Args:
            start: Where the line begins, 0..1 of the picture, as in a site's settings.
            end: Where it ends; not the same point.
            until_s: How much of the traffic counts; None is all that was or will be
                shown: of an endless camera, up to the latest frame.
        """
        if until_s is None:
            frames = self._next if self._count is None else self._count
            until_s = max(frames - 1, 0) / self._rate_hz
        return self._traffic.crossings(start, end, until_s)

    def _over(self) -> bool:
        return self._closed or (self._count is not None and self._next >= self._count)

    def _arrived(self, timeout_s: float) -> bool:
        """Wait for the next frame of a live camera, and drop those that are past."""
        if not self._live:
            return True
        now_s = self._board.monotonic_s() - self._began_s
        newest = math.floor(now_s * self._rate_hz + ROUNDING)
        if self._count is not None:
            newest = min(newest, self._count - 1)
        if newest > self._next:
            self._dropped += newest - self._next
            self._next = newest
        left_s = self._next / self._rate_hz - now_s
        self._board.wait(min(left_s, timeout_s))
        return left_s <= timeout_s

    def _draw(self, time_s: float, region: Region) -> Pixels:
        """Return a part of the street, as large as fits."""
        size = fit_within(region.size, self._fit)
        if size not in self._grounds:
            self._grounds[size] = _ground(size, self._seed)
        pixels = self._grounds[size].copy()
        share = pixels.shape[1] / region.width
        corner = np.array([region.left, region.top] * 2)
        for mover in self._traffic.at(time_s):
            _draw(pixels, mover, (mover.box(time_s) - corner) * share)
        return pixels


def _ground(size: Size, seed: int) -> Pixels:
    """Return a street's surface: grey, with a grain."""
    grain = np.random.default_rng(seed).integers(-12, 13, (size.height, size.width, 1))
    slope = np.linspace(150, 110, size.height).reshape(-1, 1, 1)
    return np.repeat(slope + grain, 3, axis=2).astype(np.uint8)


def _draw(pixels: Pixels, mover: Mover, box: np.ndarray) -> None:
    """Draw an object: a body, and a darker part that tells which way is up."""
    x1, y1, x2, y2 = box
    middle = (x1 + x2) / 2
    colour = COLOURS[mover.kind.name]
    if mover.kind.name == "person":
        head_y = y1 + (y2 - y1) / 5
        quarter = (x2 - x1) / 4
        _fill(pixels, (middle - quarter, y1, middle + quarter, head_y), (DARK,) * 3)
        _fill(pixels, (x1, head_y, x2, y2), colour)
        return
    wheel_y = y1 + (y2 - y1) * 0.75
    third = (x2 - x1) / 3
    _fill(pixels, (x1 + third / 2, y1, x2 - third / 2, wheel_y), colour)
    _fill(pixels, (x1, (y1 + wheel_y) / 2, x2, wheel_y), colour)
    _fill(pixels, (x1, wheel_y, x1 + third, y2), (DARK,) * 3)
    _fill(pixels, (x2 - third, wheel_y, x2, y2), (DARK,) * 3)


def _fill(
    pixels: Pixels,
    box: tuple[float, float, float, float],
    colour: tuple[int, ...],
) -> None:
    height, width = pixels.shape[:2]
    left, right = (min(max(round(x), 0), width) for x in (box[0], box[2]))
    top, bottom = (min(max(round(y), 0), height) for y in (box[1], box[3]))
    pixels[top:bottom, left:right] = colour

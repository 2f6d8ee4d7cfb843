"""Tells who aims what the camera sees of the street, and how well; shows no picture."""

import math
from collections import deque

from tallypost.domain.aiming import SIGHT_EVERY_S, Aimed, Sight
from tallypost.domain.vision import Detections, Pixels, Size
from tallypost.vision.aiming.edges import side_of
from tallypost.vision.aiming.sharpness import sharpness
from tallypost.vision.aiming.sketch import SPARE_S, Sketcher
from tallypost.vision.aiming.witness import Witness
from tallypost.vision.elements.base import Glance
from tallypost.vision.glimpse import means

RATE_OVER_S = 5.0
WHITE = 255.0


class Spectacle:
    """Looks at every picture beside the detector, while somebody aims.

    It is told of each twice: while the picture is there and it is known who is on it,
    and when they are counted.

    Args:
        witness: Tells where they are, and who passes.
    """

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._sketcher = Sketcher()
        self._over: list[Aimed] = []
        self._times_s: deque[float] = deque()
        self._told_s = -math.inf

    def look(
        self, pixels: Pixels, detections: Detections | None, scene: Size, at_s: float
    ) -> None:
        """Take a picture, and who is on it; keeps nothing of it that shows anybody.

        Args:
            pixels: The picture.
            detections: Whom the detector found; None where nobody looked, because the
                camera cannot be trusted: what stood still is forgotten.
            scene: Size of the picture that boxes are told in.
            at_s: Its time, by this machine's monotonic clock.
        """
        self._note_sight(pixels, at_s)
        if detections is None:
            self._sketcher.forget()
            return
        self._sketcher.look(pixels, detections, scene, at_s)
        sketch = self._sketcher.take(at_s)
        if sketch is not None:
            self._over.append(sketch)

    def counted(self, glance: Glance, at_s: float) -> None:
        """Take a moment as counters see it.

        Args:
            glance: The moment.
            at_s: Its time.
        """
        self._over += self._witness.look(glance, at_s)

    def take(self) -> list[Aimed]:
        """Return what is to be told, once."""
        over, self._over = self._over, []
        return over

    def forget(self) -> None:
        """Begin anew: no picture has come for a while."""
        self._sketcher.forget()
        self._times_s.clear()

    def _note_sight(self, pixels: Pixels, at_s: float) -> None:
        self._times_s.append(at_s)
        while at_s - self._times_s[0] > RATE_OVER_S:
            self._times_s.popleft()
        if at_s - self._told_s >= SIGHT_EVERY_S + SPARE_S:
            self._told_s = at_s
            sharp, bright = sharpness(pixels), light(pixels)
            self._over.append(Sight(at_s, self._rate_hz(), sharp, bright))

    def _rate_hz(self) -> float:
        span_s = self._times_s[-1] - self._times_s[0]
        return (len(self._times_s) - 1) / span_s if span_s > 0 else 0.0


def light(pixels: Pixels) -> float:
    """Return how bright a picture is: its mean luma, 0..1."""
    height, width = pixels.shape[:2]
    seen = means(pixels, side_of(width, height))
    mean = float(seen.mean()) / WHITE
    seen.fill(0)
    return min(mean, 1.0)

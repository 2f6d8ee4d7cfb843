"""Foretells where boxes go: constant velocity, all boxes at once, any time step.

Centre x, centre y, width and height of a box move by themselves, each with its own
speed, so a box's covariance is four little matrices [[a, b], [b, c]] and no filter
needs a matrix product. All noise is told in units of the box's size (the root of its
area: a person far away walks fewer pixels a second; the height alone would hold a car
for as slow as a person) and grows with the real time between looks.

Source: Y. Bar-Shalom, X. R. Li, T. Kirubarajan, "Estimation with Applications to
Tracking and Navigation" (2001), 6.2.2 "Continuous white noise acceleration model".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import Boxes

States = NDArray[np.float64]
"""Shape (n, 20): centre x, centre y, width, height; their speeds a second; the
variances of the first, the covariances with the second, the variances of the second."""

SPEED = slice(4, 6)
GROWTH = slice(6, 8)
_PLACE = slice(0, 4)
_SPEED = slice(4, 8)
_PLACE_VARIANCE = slice(8, 12)
_COVARIANCE = slice(12, 16)
_SPEED_VARIANCE = slice(16, 20)
_SIDE_MIN_PX = 1.0
_YOUNG_SHARE = 0.5
"""Whose speed is known no better than so, as a share of what one just born has."""
_SHARP_SHARE = 0.5
"""Whose place is foretold within so much of its size."""
_CUT_SHARE_MIN = 0.4
"""A side that is at once shorter by more than this share was cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How boxes move and how well they are seen, in sizes of the box.

    Attributes:
        measurement_share: Standard deviation of a detected box's place.
        speed_share: Standard deviation of the speed of an object just born, a second.
        jerk_share: How quickly the speed wanders: its deviation after a second.
        growth_share: What the two above are worth for width and height, 0..1.
    """

    measurement_share: float = 0.12
    speed_share: float = 3.0
    jerk_share: float = 0.6
    growth_share: float = 0.2

    def begin(self, boxes: Boxes) -> States:
        """Return the states of objects seen for the first time, standing still."""
        places = _places(boxes)
        size = _sizes(places)
        states = np.zeros((len(boxes), 20))
        states[:, _PLACE] = places
        states[:, _PLACE_VARIANCE] = (self.measurement_share * size) ** 2
        states[:, _SPEED_VARIANCE] = (self.speed_share * self._mobility() * size) ** 2
        return states

    def apart(self, together: States, boxes: Boxes) -> States:
        """Return the states of several who were followed as one, once they are seen.

        Each is where it is seen, and all go as the one went: whose sides they are is
        not known from before.

        Args:
            together: Shape (1, 20), the one.
            boxes: Shape (n, 4).
        """
        states = self.begin(boxes)
        states[:, SPEED] = together[:, SPEED]
        states[:, _SPEED_VARIANCE] = together[:, _SPEED_VARIANCE]
        return states

    def predict(self, states: States, step_s: float) -> None:
        """Move the states on by so many seconds, in place."""
        noise = (self.jerk_share * self._mobility() * _sizes(states[:, _PLACE])) ** 2
        covariance = states[:, _COVARIANCE]
        speed_variance = states[:, _SPEED_VARIANCE]
        states[:, _PLACE] += states[:, _SPEED] * step_s
        states[:, 2:4] = np.maximum(states[:, 2:4], _SIDE_MIN_PX)
        states[:, _PLACE_VARIANCE] += (
            2 * covariance + (speed_variance + noise * (step_s / 3)) * step_s
        ) * step_s
        covariance += (speed_variance + noise * (step_s / 2)) * step_s
        speed_variance += noise * step_s

    def correct(self, states: States, boxes: Boxes) -> States:
        """Return the states after each has been seen as one box.

        An edge that was cut off, or that a neighbour's was taken for, moves the middle
        by half of what it changes the side: so far is that side's middle doubted. Where
        much was cut off, the edge that is where it was expected tells where the middle
        is: who walks behind a van does not slow down. Of who comes into sight, the edge
        that moves does: a car is as fast as its front, while its end is not seen yet.
        """
        variance = states[:, _PLACE_VARIANCE]
        covariance = states[:, _COVARIANCE]
        places = _places(boxes)
        surprise = places - states[:, _PLACE]
        noise = np.repeat((self.measurement_share * _sizes(places)) ** 2, 4, axis=1)
        changed = surprise[:, 2:] / 2
        cut = surprise[:, 2:] < -_CUT_SHARE_MIN * states[:, 2:4]
        if cut.any():
            surprise[:, :2] = np.where(
                cut, _by_true_edge(surprise, noise[:, :2]), surprise[:, :2]
            )
        bared = self._bared(states, surprise)
        if bared.any():
            moved = surprise[:, :2] + np.copysign(changed, surprise[:, :2])
            surprise[:, :2] = np.where(bared, moved, surprise[:, :2])
            changed = np.where(bared, 0.0, changed)
        noise[:, :2] += changed**2
        gain = variance / (variance + noise)
        speed_gain = covariance / (variance + noise)
        corrected = np.empty_like(states)
        corrected[:, _PLACE] = states[:, _PLACE] + gain * surprise
        corrected[:, 2:4] = np.maximum(corrected[:, 2:4], _SIDE_MIN_PX)
        corrected[:, _SPEED] = states[:, _SPEED] + speed_gain * surprise
        corrected[:, _PLACE_VARIANCE] = (1 - gain) * variance
        corrected[:, _COVARIANCE] = (1 - gain) * covariance
        corrected[:, _SPEED_VARIANCE] = (
            states[:, _SPEED_VARIANCE] - speed_gain * covariance
        )
        return corrected

    def _bared(
        self, states: States, surprise: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Return which sides of whom come into sight: shape (n, 2).

        Their speed is hardly known yet, but their place is foretold sharply enough to
        tell edges: looks follow each other closely.
        """
        size = sizes(states)
        young = states[:, 16:18] >= (_YOUNG_SHARE * self.speed_share * size) ** 2
        sharp = states[:, 8:10] <= (_SHARP_SHARE * size) ** 2
        longer = surprise[:, 2:] > _CUT_SHARE_MIN * states[:, 2:4]
        return np.asarray(young & sharp & longer)

    def _mobility(self) -> NDArray[np.float64]:
        """Return the share of the noise that centre x, centre y, width, height take."""
        return np.array([1.0, 1.0, self.growth_share, self.growth_share])


def boxes_of(states: States) -> NDArray[np.float64]:
    """Return the boxes that states stand for: shape (n, 4), x1 y1 x2 y2."""
    half = states[:, 2:4] / 2
    return np.concatenate([states[:, :2] - half, states[:, :2] + half], axis=1)


def sizes(states: States) -> NDArray[np.float64]:
    """Return the root of each box's area: shape (n, 1)."""
    return _sizes(states[:, _PLACE])


def deviations(states: States) -> NDArray[np.float64]:
    """Return the standard deviation of centre x and centre y: shape (n, 2)."""
    return np.sqrt(states[:, 8:10])


def _by_true_edge(
    surprise: NDArray[np.float64], noise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far off the middles are, told by the edge that is less so.

    Args:
        surprise: Shape (n, 4), how far off middles and sides are.
        noise: Shape (n, 2), variances of an edge that was seen well.

    Returns:
        Shape (n, 2): the mean of both edges, weighed by the inverse of their variance,
        where each is doubted for being off.
    """
    half = surprise[:, 2:] / 2
    low, high = surprise[:, :2] - half, surprise[:, :2] + half
    low_weight, high_weight = 1 / (noise + low**2), 1 / (noise + high**2)
    mean = (low_weight * low + high_weight * high) / (low_weight + high_weight)
    return np.asarray(mean)


def _places(boxes: Boxes) -> NDArray[np.float64]:
    """Return centre x, centre y, width and height of boxes."""
    low, high = boxes[:, :2].astype(np.float64), boxes[:, 2:].astype(np.float64)
    return np.concatenate(
        [(low + high) / 2, np.maximum(high - low, _SIDE_MIN_PX)], axis=1
    )


def _sizes(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the root of each box's area: shape (n, 1)."""
    return np.sqrt(places[:, 2] * places[:, 3])[:, None]

"""From the picture to the ground: where objects stand, in metres."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size
from tallypost.geometry import Points

Matrix = NDArray[np.float64]
"""Shape (3, 3)."""

FAR_M = 1.0
"""Where a thousandth of the picture is more than this on the ground, it is too far to
measure: for a camera 6 m high, some 80 m away."""
CLICK = 0.002
"""How far a point of the calibration may be off, in 0..1 of the picture: with a wide
picture of 1280 pixels, 2 to 3 of them."""
TAPE_SHARE = 0.01
"""How far lengths measured on the ground may be off."""


def homography(source: Points, target: Points) -> Matrix:
    """Return what takes points of one plane to those of another.

    Four points are met exactly, more in the sense of least squares.

    Args:
        source: Shape (n, 2), n >= 4, no three of four on a line.
        target: Shape (n, 2), where they lie on the other plane.

    Returns:
        Shape (3, 3); points given to it have a weight above 0.

    Source: R. Hartley, A. Zisserman, "Multiple View Geometry in Computer Vision", 2nd
    edition, algorithm 4.2 "The normalized DLT for 2D homographies" (4.4.4).
    """
    onto_source, onto_target = _normaliser(source), _normaliser(target)
    x, y, w = (_homogeneous(source) @ onto_source.T).T
    u, v, _ = (_homogeneous(target) @ onto_target.T).T
    point, nothing = np.stack([x, y, w], axis=1), np.zeros((len(source), 3))
    rows = np.concatenate(
        [
            np.concatenate([nothing, -point, v[:, None] * point], axis=1),
            np.concatenate([point, nothing, -u[:, None] * point], axis=1),
        ]
    )
    solution = np.linalg.svd(rows)[2][-1].reshape(3, 3)
    matrix = np.linalg.inv(onto_target) @ solution @ onto_source
    weights = _homogeneous(source) @ matrix[2]
    return np.asarray(matrix * np.sign(weights.sum()) / np.abs(weights).max())


def project(matrix: Matrix, points: Points) -> Points:
    """Return where points come to lie: shape (n, 2), NaN beyond the horizon.

    Args:
        matrix: What `homography` returned, or a stack of them, shape (k, 3, 3); then
            the answer has the shape (k, n, 2).
        points: Shape (n, 2).
    """
    placed = _homogeneous(points) @ np.swapaxes(matrix, -1, -2)
    weights = placed[..., 2:]
    ahead = weights > np.finfo(float).eps
    return np.asarray(
        np.where(ahead, placed[..., :2] / np.where(ahead, weights, 1), np.nan)
    )


class Ground:
    """The ground plane as the camera sees it.

    Args:
        picture: Where points are on the picture, x y in 0..1 of it; four or more.
        ground_m: Where the same points are on the ground, in metres.
    """

    def __init__(
        self,
        picture: Sequence[tuple[float, float]],
        ground_m: Sequence[tuple[float, float]],
    ) -> None:
        self._picture = np.asarray(picture, np.float64)
        self._ground_m = np.asarray(ground_m, np.float64)
        self._matrix = homography(self._picture, self._ground_m)
        self._onto_picture: Matrix = np.linalg.inv(self._matrix).astype(np.float64)
        self._slips = self._slipped()

    @property
    def residuals_m(self) -> NDArray[np.float64]:
        """How far each point of the calibration is from where it should be."""
        off = project(self._matrix, self._picture) - self._ground_m
        return np.asarray(np.hypot(*off.T))

    def places(self, points: Points, scene: Size) -> Points:
        """Return where points of the picture lie on the ground, as `measure` does."""
        return self.measure(points, scene)[0]

    def measure(
        self, points: Points, scene: Size
    ) -> tuple[Points, NDArray[np.float64]]:
        """Return where points lie on the ground, and how that goes with the picture.

        Args:
            points: Shape (n, 2), in pixels.
            scene: Size of the picture.

        Returns:
            Places, shape (n, 2), metres; NaN beyond the horizon, and where it is too
            far for boxes to tell a place. Slopes, shape (n, 2, 2): metres of ground X
            and Y, for each pixel of x and y.
        """
        points = points / scene
        places = project(self._matrix, points)
        weights = points @ self._matrix[2, :2] + self._matrix[2, 2]
        bent = places[:, :, None] * self._matrix[None, 2:, :2]
        with np.errstate(divide="ignore"):
            slopes = (self._matrix[:2, :2] - bent) / weights[:, None, None]
        places[(slopes**2).sum(axis=(1, 2)) > (FAR_M * 1000) ** 2] = np.nan
        return places, slopes / scene

    def doubts(self, start_m: Points, end_m: Points) -> NDArray[np.float64]:
        """Return by what share ways over the ground may be longer or shorter.

        As far as the calibration is to blame: each of its points is moved by `CLICK`,
        and what comes of all is added up; lengths are measured no better than
        `TAPE_SHARE`.

        Args:
            start_m: Shape (n, 2), where ways begin on the ground.
            end_m: Shape (n, 2), where they end.

        Returns:
            Shape (n,), one standard deviation; NaN where nobody knows.
        """
        start = project(self._onto_picture, start_m)
        end = project(self._onto_picture, end_m)
        ways = project(self._slips, end) - project(self._slips, start)
        lengths_m = np.hypot(ways[..., 0], ways[..., 1])
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = lengths_m[1:] / lengths_m[0] - 1
        return np.asarray(np.sqrt((shares**2).sum(axis=0) + TAPE_SHARE**2))

    def _slipped(self) -> NDArray[np.float64]:
        """Return the matrix, and one for each coordinate that may be wrong."""
        matrices = [self._matrix]
        for index in np.ndindex(self._picture.shape):
            moved = self._picture.copy()
            moved[index] += CLICK
            matrices.append(homography(moved, self._ground_m))
        return np.stack(matrices)


def _homogeneous(points: Points) -> NDArray[np.float64]:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1, dtype=float)


def _normaliser(points: Points) -> Matrix:
    """Return what moves points around the origin, the root of 2 away on average."""
    middle = points.mean(axis=0)
    scale = np.sqrt(2) / np.hypot(*(points - middle).T).mean()
    x, y = -scale * middle
    return np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]])

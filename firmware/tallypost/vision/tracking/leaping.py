"""Tells who went further between two looks than anybody could foretell."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import Boxes, areas, centre_points
from tallypost.vision.tracking.kalman import SPEED, States, sizes
from tallypost.vision.tracking.rules import Leaping

Mask = NDArray[np.bool_]


class Unseen(NamedTuple):
    """Who was here at the look before, and has not been found at this one.

    Attributes:
        boxes: Shape (n, 4), where they were seen, x1 y1 x2 y2 in pixels.
        states: Shape (n, 20), what the filter knows.
        newborn: Shape (n,), who was seen but once.
        unseen_s: Shape (n,), how long ago they were seen.
    """

    boxes: Boxes
    states: States
    newborn: Mask
    unseen_s: NDArray[np.float64]


def reach_px(unseen: Unseen, rules: Leaping, *, faint: bool) -> NDArray[np.float64]:
    """Return how far from where it was seen each may be found: shape (n,), pixels.

    How fast a newborn is nobody knows. Who is known may have turned within a step.

    Args:
        unseen: Who is looked for.
        rules: How fast they may be.
        faint: Whether they are looked for among low scores.
    """
    size = sizes(unseen.states)[:, 0]
    speed = np.hypot(*unseen.states[:, SPEED].T)
    step = speed * unseen.unseen_s
    if faint:
        known = np.maximum(step, rules.stroll_sizes_s * size * unseen.unseen_s)
    else:
        known = step + rules.aside_share * size
        known[step > rules.step_max * size] = 0.0
    anew = rules.newborn_sizes_s * size * unseen.unseen_s
    return np.where(unseen.newborn, anew, known)


def leapt(
    seen: Boxes,
    reach: NDArray[np.float64],
    found: Boxes,
    alike: Mask,
    larger_max: float,
) -> NDArray[np.float64]:
    """Return how near boxes lie to where objects were seen at the look before.

    Args:
        seen: Shape (n, 4), where objects were seen, x1 y1 x2 y2 in pixels.
        reach: Shape (n,), how far each may be from there, pixels.
        found: Shape (m, 4), boxes that are nobody's.
        alike: Shape (m, n), whose class is near enough.
        larger_max: By so much the area of the box may change.

    Returns:
        Shape (n, m), 0..1; 0 where it is out of the question, or where one may be
        another as well.
    """
    ways = centre_points(found)[None] - centre_points(seen)[:, None]
    ways_px = np.hypot(ways[..., 0], ways[..., 1])
    possible = alike.T & (ways_px < reach[:, None])
    alone = (
        possible & (possible.sum(axis=0) == 1) & (possible.sum(axis=1) == 1)[:, None]
    )
    larger = areas(found)[None] / areas(seen)[:, None]
    alone &= np.maximum(larger, 1 / larger) <= larger_max
    return np.where(alone, 1 - ways_px / np.maximum(reach, 1e-9)[:, None], 0.0)

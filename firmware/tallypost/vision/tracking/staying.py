"""Tells who stays where it was: behind a low score, or stopped on its way."""

import numpy as np
from numpy.typing import NDArray

from tallypost.geometry import Boxes, areas, centre_points, iou
from tallypost.vision.tracking.population import Mask

HELD_IOU_MIN = 0.5
"""A low score that lies so well where one is expected is that one's own."""
HALTED_IOU_MIN = 0.35
"""Who stopped is found on where it was seen last, but for its last steps."""
AHEAD_MIN = 1.0
"""Who went on would be so many sizes from there: else nobody can tell the two."""


def held(expected: Boxes, found: Boxes, low: Mask, alike: Mask) -> Mask:
    """Return who is told with a low score, where nothing else fits better.

    The detector is in doubt about it, but it has not gone to where a neighbour is.

    Args:
        expected: Shape (n, 4), where objects are thought to be, x1 y1 x2 y2 in pixels.
        found: Shape (m, 4), each with an area.
        low: Shape (m,), which of them score low.
        alike: Shape (m, n), whose class is near enough.

    Returns:
        Shape (n,).
    """
    fits = np.where(alike.T, iou(expected, found), 0.0)
    lows = fits[:, low].max(axis=1, initial=0.0)
    return np.asarray((lows >= HELD_IOU_MIN) & (lows == fits.max(axis=1, initial=0.0)))


def halted(
    seen: Boxes, expected: Boxes, found: Boxes, alike: Mask
) -> NDArray[np.float64]:
    """Return how well boxes lie where objects may have stopped since they were seen.

    A walker stops within a step; whose speed is taken for granted is then looked for
    further on, by and by out of reach of where it stands.

    Args:
        seen: Shape (n, 4), where objects were seen last, x1 y1 x2 y2 in pixels.
        expected: Shape (n, 4), where they are if they went on.
        found: Shape (m, 4), boxes that are nobody's.
        alike: Shape (m, n), whose class is near enough.

    Returns:
        Shape (n, m), intersection over union, 0 where it is out of the question.
    """
    overlaps = iou(seen, found)
    way = np.square(centre_points(expected) - centre_points(seen)).sum(axis=1)
    ahead = way >= AHEAD_MIN**2 * areas(seen)
    possible = ahead[:, None] & alike.T & (overlaps >= HALTED_IOU_MIN)
    return np.where(possible, overlaps, 0.0)

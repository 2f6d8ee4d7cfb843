"""Tells where ways cross, and how soon one road user comes after another has left."""

import math

import numpy as np
from numpy.typing import NDArray

from tallypost.vision.elements.paths import Pieces

CROSSING_DEG_MIN = 30.0
"""Ways that meet at a flatter angle follow or meet one another; where they cross is
then decided by how the boxes sway. Source of the 30 degrees: FHWA-HRT-08-051, where
less is a rear-end event."""
DEPTH_SHARE = 0.5
"""How deep the ground under a box is on the picture, in its widths: seen obliquely."""
CLEARING_S_MAX = 2.0
"""No more is taken off for the time in which one comes or leaves: who needs longer
creeps, and where it will stop nobody knows."""
_PIXELS_MIN = 1e-6

Rows = NDArray[np.intp]
Numbers = NDArray[np.float64]


def crossings(first: Pieces, second: Pieces) -> tuple[Rows, Rows, Numbers]:
    """Return which pieces of two sets cross, and how far along each.

    Args:
        first: Pieces of ways.
        second: Others; a piece of the same object crosses none.

    Returns:
        Rows of the first set and of the second, shape (n,) each, and shape (n, 2), the
        shares of both pieces, 0..1, at which they cross.
    """
    ways, others = first.ways[:, None], second.ways[None]
    turn = _cross(ways, others)
    lengths = np.hypot(*first.ways.T)[:, None] * np.hypot(*second.ways.T)
    flat = np.abs(turn) <= math.sin(math.radians(CROSSING_DEG_MIN)) * lengths
    apart = second.starts[None] - first.starts[:, None]
    span = np.where(flat, 1.0, turn)
    shares = np.stack([_cross(apart, others), _cross(apart, ways)], axis=2)
    shares /= span[..., None]
    meet = ((shares >= 0) & (shares <= 1)).all(axis=2) & ~flat
    meet &= first.ids[:, None] != second.ids
    rows, other_rows = np.nonzero(meet)
    return rows, other_rows, shares[rows, other_rows]


def encroachments_s(first: Pieces, second: Pieces, shares: Numbers) -> Numbers:
    """Return the post-encroachment time of each crossing: shape (n,), 0 or more.

    Both pass the crossing as points; the time in between is shortened by what each
    needs to come or leave with the ground that it takes up.

    Args:
        first: The one piece of each crossing.
        second: The other.
        shares: Shape (n, 2), how far along each piece they cross.
    """
    widths = first.widths + second.widths
    gaps_s = np.abs(_passed_s(first, shares[:, 0]) - _passed_s(second, shares[:, 1]))
    clearing_s = _clearing_s(first, widths) + _clearing_s(second, widths)
    return np.maximum(gaps_s - clearing_s, 0.0)


def _passed_s(pieces: Pieces, shares: Numbers) -> Numbers:
    begun_s, ended_s = pieces.times_s.T
    return np.asarray(begun_s + shares * (ended_s - begun_s))


def _clearing_s(pieces: Pieces, widths: Numbers) -> Numbers:
    """Return how long each needs from the crossing until both grounds are apart.

    Two rectangles, `widths` across and `DEPTH_SHARE` of it down together, are apart
    once their middles are half of either away.
    """
    steps = np.maximum(np.abs(pieces.ways), _PIXELS_MIN)
    room = np.stack([widths, DEPTH_SHARE * widths], axis=1) / 2
    shares = (room / steps).min(axis=1)
    took_s = pieces.times_s[:, 1] - pieces.times_s[:, 0]
    return np.asarray(np.minimum(shares * took_s, CLEARING_S_MAX))


def _cross(first: Numbers, second: Numbers) -> Numbers:
    return np.asarray(first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])

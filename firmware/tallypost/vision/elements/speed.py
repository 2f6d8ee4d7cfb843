"""How fast objects go over the ground, and how well that is known."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Boxes, Size, Tracks
from tallypost.geometry import areas, foot_points
from tallypost.vision.counting.roster import Roster
from tallypost.vision.elements.ground import Ground
from tallypost.vision.elements.motion import Floats, Motion, unknown

WINDOW_S = 1.05
"""Over how long a speed is taken: a little more than a second, so that at two looks a
second it is three looks."""
WINDOW_S_MAX = 2.5
"""So long the last three looks may take where frames were dropped."""
SPAN_S_MIN = 0.4
LOOKS_MIN = 3
LOOKS_MAX = 32
"""More than a second of 30 looks a second."""
JITTER_SHARES = np.array([0.04, 0.07])
"""Standard deviation of a foot point across and down the picture from one look to the
next, in sizes (the root of the area) of its box; measured on the people of MOT15."""
BODY_SHARE = 0.03
"""By how much a speed is off because a box does not rest on the same point of a vehicle
from all sides, one standard deviation; measured with boxes of solid bodies."""
EDGE_SHARE = 0.1
"""A box so near to the picture's edge, in its own sizes, may be cut by it."""
ALIKE_S = 0.25
"""For so long the errors of a box that is followed resemble each other."""
DEVIATIONS = 2.0
"""An error of so many standard deviations holds in 95 of 100 cases."""
WAY_M_MIN = 0.5
"""Over so much of the ground the calibration is asked about one who stands."""
KMH = 3.6
"""One metre a second in kilometres an hour."""

_TIME_S, _X, _Y, _OFF_M = range(4)
_PLACE = slice(_X, _Y + 1)
_FACTS = 4


class Speeds:
    """Fits a straight way through where each object has stood for the last second.

    Only the frames' own times count, so a rate that is not what the camera promised, or
    frames that were dropped, change nothing. What a trembling box adds to the speed of
    somebody slow is taken away again.

    Args:
        ground: The calibrated ground.
        speed_max_kmh: For each class of the detector, what nobody is faster than.
    """

    def __init__(self, ground: Ground, speed_max_kmh: Sequence[float]) -> None:
        self._ground = ground
        self._max_kmh = np.array(speed_max_kmh)
        self._roster = Roster(LOOKS_MAX * _FACTS)

    def update(self, tracks: Tracks, scene: Size) -> Motion:
        """Return how the objects of this moment move.

        Args:
            tracks: The confirmed objects; those that ended are forgotten.
            scene: The size of the picture that their boxes are told in.
        """
        if len(tracks.ended_ids):
            self._roster.take(tracks.ended_ids)
        if not len(tracks):
            return unknown(0)
        self._admit(tracks, scene)
        rows = self._roster.rows(tracks.ids)
        ways = self._roster.facts[rows].reshape(-1, LOOKS_MAX, _FACTS)
        ways[:, :-1] = ways[:, 1:]
        seen = tracks.boxes if tracks.seen_boxes is None else tracks.seen_boxes
        places, jitters_m = self._stand(seen, scene)
        ways[:, -1] = _facts(tracks.time_s, places, jitters_m)
        self._roster.facts[rows] = ways.reshape(len(rows), -1)
        return self._motion(ways, jitters_m, tracks)

    def _admit(self, tracks: Tracks, scene: Size) -> None:
        """Begin with new tracks where they were first seen."""
        new = self._roster.unknown(tracks.ids)
        if new.any():
            ways = np.full((int(new.sum()), LOOKS_MAX, _FACTS), np.nan)
            born_s = tracks.born_s[new]
            ways[:, -1] = _facts(born_s, *self._stand(tracks.born_boxes[new], scene))
            ways[born_s >= tracks.time_s, -1] = np.nan  # this look is birth itself
            self._roster.add(tracks.ids[new], ways.reshape(len(ways), -1))

    def _stand(self, boxes: Boxes, scene: Size) -> tuple[Floats, Floats]:
        """Return where boxes stand, and how far that trembles.

        Returns:
            Shapes (n, 2), and (n, 2, 2): ground X and Y by picture x and y, metres.
        """
        places, slopes = self._ground.measure(foot_points(boxes), scene)
        sizes = np.sqrt(areas(boxes))
        places[_cut(boxes, sizes, scene)] = np.nan
        return places, slopes * JITTER_SHARES * sizes[:, None, None]

    def _motion(self, ways: Floats, jitters_m: Floats, tracks: Tracks) -> Motion:
        velocities, off, span_s = _fitted(ways, _used(ways, tracks.time_s))
        raw = np.hypot(*velocities.T)
        speeds = np.sqrt(np.maximum(raw**2 - off**2, 0))
        with np.errstate(invalid="ignore"):
            courses = np.where(raw[:, None] > 0, velocities / raw[:, None], (1.0, 0.0))
        places = ways[:, -1, _PLACE]
        along_m = np.linalg.norm(courses[:, None] @ jitters_m, axis=(1, 2))
        shaken = off * along_m / ways[:, -1, _OFF_M]
        way_m = courses * np.maximum(raw * span_s, WAY_M_MIN)[:, None]
        doubts = np.hypot(self._ground.doubts(places - way_m, places), BODY_SHARE)
        errors = DEVIATIONS * np.hypot(shaken, doubts * speeds)
        implausible = speeds * KMH > self._max_kmh[tracks.class_ids]
        speeds[implausible] = np.nan
        return Motion(places, speeds * KMH, errors * KMH, implausible)


def _facts(time_s: float | Floats, places: Floats, jitters_m: Floats) -> Floats:
    """Return a time, a place and how far it may be off, for each object."""
    facts = np.empty((len(places), _FACTS))
    facts[:, _TIME_S] = time_s
    facts[:, _PLACE] = places
    facts[:, _OFF_M] = np.sqrt((jitters_m**2).sum(axis=(1, 2)))
    return facts


def _cut(boxes: Boxes, sizes: NDArray[np.floating], scene: Size) -> NDArray[np.bool_]:
    """Return which boxes the picture's edge may cut: nobody knows where they stand."""
    margins = EDGE_SHARE * sizes[:, None]
    low, high = boxes[:, :2] < margins, boxes[:, 2:] > scene - margins
    return np.asarray((low | high).any(axis=1))


def _used(ways: Floats, time_s: float) -> NDArray[np.bool_]:
    """Return which looks a speed is taken from: shape (n, looks); none, if too few."""
    age_s = time_s - ways[:, :, _TIME_S]
    used = age_s <= WINDOW_S
    used[:, -LOOKS_MIN:] |= age_s[:, -LOOKS_MIN:] <= WINDOW_S_MAX
    used &= np.isfinite(ways[:, :, _X])
    span_s = np.max(age_s, axis=1, where=used, initial=0)
    enough = (used.sum(axis=1) >= LOOKS_MIN) & (span_s >= SPAN_S_MIN) & used[:, -1]
    return np.asarray(used & enough[:, None])


def _fitted(ways: Floats, used: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return velocities, how far they may be off, and the time they are taken from.

    The weighted least-squares line through places over times: what is far away counts
    less.

    Args:
        ways: Shape (n, looks, facts).
        used: Shape (n, looks).

    Returns:
        Shapes (n, 2), (n,) and (n,): metres a second, and seconds; NaN where none are
        used.
    """
    times_s = np.where(used, ways[:, :, _TIME_S] - ways[:, -1:, _TIME_S], 0)
    places = np.where(used[:, :, None], ways[:, :, _PLACE], 0)
    weights = np.where(used, ways[:, :, _OFF_M], np.inf) ** -2
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = weights.sum(axis=1)
        since_s = times_s - ((weights * times_s).sum(axis=1) / weight)[:, None]
        spread = (weights * since_s**2).sum(axis=1)
        levers = weights * since_s / spread[:, None]
        velocities = (levers[:, None] @ places)[:, 0]
        looks = used.sum(axis=1)
        span_s = -times_s.min(axis=1)
        alike = np.maximum(1, ALIKE_S * (looks - 1) / span_s)
        return velocities, np.sqrt(alike / spread), span_s

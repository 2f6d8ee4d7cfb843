"""Tells whether all who are followed stand still, so that nobody need look."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Detections, Tracks

STILL_S_MIN = 1.5
"""Who has stood for less may only have paused."""
SETTLED_S_MIN = 1.0
"""All must have been settled for so long: a look that found nobody may have erred."""


class Settled:
    """Knows whom the last looks have shown.

    While anybody moves, is new, is not yet believed or is looked for in vain, every
    picture is worth a look.

    Args:
        score_min: From this score on a detection begins an object, kept when >=.
    """

    def __init__(self, score_min: float) -> None:
        self._score_min = score_min
        self._known: set[int] = set()
        self._since_s: float | None = None

    def note(
        self, detections: Detections, tracks: Tracks, still_s: NDArray[np.float64]
    ) -> None:
        """Take what one look has shown.

        Args:
            detections: What it found.
            tracks: The confirmed objects that it saw.
            still_s: Shape (n,), for how long each of them has stood where it stands.
        """
        here = set(tracks.ids.tolist())
        missing = self._known - here - set(tracks.ended_ids.tolist())
        self._known = here | missing
        unknown = int((detections.scores >= self._score_min).sum()) != len(here)
        partial = detections.looked is not None
        if missing or unknown or partial or (still_s < STILL_S_MIN).any():
            self._since_s = None
        elif self._since_s is None or tracks.time_s < self._since_s:
            self._since_s = tracks.time_s

    def at(self, time_s: float) -> bool:
        """Return whether nobody need look at a picture of this time."""
        return self._since_s is not None and time_s - self._since_s >= SETTLED_S_MIN

"""Tells day from dusk and night by how bright pictures are."""

import numpy as np

from tallypost.domain.words import Light
from tallypost.vision.scrutiny.cells import Grid

DAY_LEVEL_MIN = 30.0
DUSK_LEVEL_MIN = 18.0
MARGIN_SHARE = 0.15
"""A bound must be passed by this share of itself to leave the light that is."""
SETTLE_S = 30.0
SHADE_SHARE = 0.25


_ORDER = (Light.NIGHT, Light.DUSK, Light.DAY)
_BOUNDS = (DUSK_LEVEL_MIN, DAY_LEVEL_MIN)


class LightMeter:
    """The light of the last pictures; changes after `SETTLE_S` of another one.

    Attributes:
        light: None before the first picture.
    """

    def __init__(self) -> None:
        self.light: Light | None = None
        self._since_s: float | None = None

    def look(self, level: Grid, time_s: float) -> None:
        """Take one picture.

        Args:
            level: Mean luma of its cells, 0..255; their lower quartile counts: by day
                shades are grey, by night they are black beside any lamp.
            time_s: The picture's time.
        """
        told = self._told(level)
        if self.light is None or told is self.light:
            self.light, self._since_s = told, None
        elif self._since_s is None:
            self._since_s = time_s
        elif time_s - self._since_s >= SETTLE_S:
            self.light, self._since_s = told, None

    def _told(self, level: Grid) -> Light:
        place = -1 if self.light is None else _ORDER.index(self.light)
        above = 0
        for number, bound in enumerate(_BOUNDS):
            leaving = 1 - MARGIN_SHARE if place > number else 1 + MARGIN_SHARE
            level_min = bound * (1.0 if place < 0 else leaving)
            above += bool(np.mean(level < level_min) <= SHADE_SHARE)
        return _ORDER[above]

"""Watches the camera itself: is what it shows still what it was aimed at?"""

import numpy as np

from tallypost.vision.glimpse import Glimpse
from tallypost.vision.scrutiny.cells import SHAPE, cells, logarithm
from tallypost.vision.scrutiny.faults import BLINDING, Evidence, Fault, evidence
from tallypost.vision.scrutiny.light import Light, LightMeter
from tallypost.vision.scrutiny.profiles import BANDS, profiles
from tallypost.vision.scrutiny.reference import Reference
from tallypost.vision.scrutiny.verdict import Judge, Verdict

STEP_S = 0.15
"""Pictures that follow sooner are let pass."""
STEP_S_MAX = 2.0
"""After a longer gap as much time counts as this."""
WARM_UP_S = 3.0
"""Exposure and white balance settle; nothing is learned meanwhile."""
DIRTY_S = 60.0
DIRTY_SHARE_MIN = 0.06
BLOCKS_MIN = 4 * BANDS
"""A smaller glimpse cannot be judged: tiny pictures are trusted."""


class Scrutiny:
    """Judges a camera by its pictures, as they come; keeps none of them.

    What is kept is told in `reference`. It lives as long as this object: whoever has
    set a moved camera right, or wants it as it stands, starts afresh.
    """

    def __init__(self) -> None:
        self._reference = Reference()
        self._judges = {fault: Judge(fault) for fault in Fault}
        self._meter = LightMeter()
        self._blurred_s = np.zeros(SHAPE, np.float32)
        self._suspected: frozenset[Fault] = frozenset()
        self._first_s: float | None = None
        self._last_s: float | None = None

    @property
    def light(self) -> Light | None:
        """How much light there is; None before the first picture."""
        return self._meter.light

    @property
    def standing(self) -> frozenset[Fault]:
        """The faults that are held to be there."""
        return frozenset(fault for fault, each in self._judges.items() if each.stands)

    @property
    def trustworthy(self) -> bool:
        """Whether to count what the last picture shows.

        A fault that blinds need not stand: while it is merely seen, nothing is counted
        either, so that a blow to the pole counts nobody.
        """
        return not (BLINDING & (self.standing | self._suspected))

    def look(self, seen: Glimpse, time_s: float) -> list[Verdict]:
        """Take one picture; return what has begun or is over by it.

        Args:
            seen: Its glimpse.
            time_s: When its light fell, on the frames' clock. Where that goes back,
                time begins anew, and what is held is held on to.
        """
        step_s = self._step_s(time_s)
        if step_s is None or min(seen.luma.shape) < BLOCKS_MIN:
            return []
        light = logarithm(seen.luma)
        shown, bands = cells(seen, light), profiles(light)
        if not self._reference.fits(bands):
            self._reference = Reference()
        moved = self._judges[Fault.MOVED].stands
        told = evidence(shown, bands, self._reference, moved=moved)
        self._suspected = told.faults
        self._meter.look(shown.level, time_s)
        faults = told.faults | self._dirt(told, step_s)
        verdicts = [
            each.hear(time_s, step_s, seen=fault in faults)
            for fault, each in self._judges.items()
            if fault not in told.untold
        ]
        if not told.faults and not (self.standing - {Fault.DIRTY}) and self._warm:
            self._reference.learn(shown, bands, step_s, told.blurred)
        return [verdict for verdict in verdicts if verdict]

    @property
    def _warm(self) -> bool:
        assert self._first_s is not None
        assert self._last_s is not None
        return self._last_s - self._first_s >= WARM_UP_S

    def _step_s(self, time_s: float) -> float | None:
        """Return how much time has passed; None where it is too soon."""
        last_s = self._last_s
        if last_s is None or time_s < last_s:
            self._first_s = self._last_s = time_s
            return 0.0
        if time_s - last_s < STEP_S:
            return None
        self._last_s = time_s
        return min(time_s - last_s, STEP_S_MAX)

    def _dirt(self, told: Evidence, step_s: float) -> frozenset[Fault]:
        """Return whether the same cells have been blurred for long."""
        if Fault.DIRTY in told.untold:
            return frozenset()
        longer = self._blurred_s + np.float32(step_s)
        self._blurred_s = np.where(told.blurred, longer, np.float32(0))
        dirty = (self._blurred_s >= DIRTY_S).sum()
        if told.fine.any() and dirty >= DIRTY_SHARE_MIN * told.fine.sum():
            return frozenset((Fault.DIRTY,))
        return frozenset()

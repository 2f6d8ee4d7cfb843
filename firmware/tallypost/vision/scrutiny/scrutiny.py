"""Watches the camera itself: is what it shows still what it was aimed at?"""

import numpy as np

from tallypost.domain.vision import Condition, Fault
from tallypost.vision.glimpse import Glimpse
from tallypost.vision.scrutiny.cells import SHAPE, Cells, cells, logarithm
from tallypost.vision.scrutiny.faults import BLINDING, NOWHERE, Evidence, evidence
from tallypost.vision.scrutiny.light import LightMeter
from tallypost.vision.scrutiny.profiles import BANDS, Match, Profiles, profiles
from tallypost.vision.scrutiny.reference import Reference
from tallypost.vision.scrutiny.verdict import Judge, Verdict

STEP_S = 0.19
"""Pictures that follow sooner are let pass."""
STEP_S_MAX = 2.0
"""After a longer gap as much time counts as this."""
WARM_UP_S = 3.0
"""Exposure and white balance settle; nothing is learned meanwhile."""
DIRTY_S = 60.0
DIRTY_SHARE_MIN = 0.06
BLOCKS_MIN = 4 * BANDS
"""A smaller glimpse cannot be judged: tiny pictures are trusted."""
RESHAPED = Evidence(
    frozenset((Fault.MOVED,)), frozenset(Fault) - {Fault.MOVED}, NOWHERE, NOWHERE
)
"""A picture of another shape than was learned shows something else."""


class Scrutiny:
    """Judges a camera by its pictures, as they come; keeps none of them.

    What is kept is told in `reference`. It lives as long as this object: whoever wants
    a moved camera as it stands now starts afresh.

    Args:
        ignored: Faults that are neither told nor heeded.
    """

    def __init__(self, *, ignored: frozenset[Fault] = frozenset()) -> None:
        self._reference = Reference()
        self._judges = {fault: Judge(fault) for fault in Fault if fault not in ignored}
        self._meter = LightMeter()
        self._blurred_s = np.zeros(SHAPE, np.float32)
        self._suspected: frozenset[Fault] = frozenset()
        self._first_s: float | None = None
        self._last_s: float | None = None

    @property
    def condition(self) -> Condition:
        """How the camera is, by the last picture.

        A fault that blinds need not stand: while it is merely seen, nothing is to be
        counted either, so that a blow to the pole counts nobody.
        """
        standing = self._standing
        return Condition(
            light=self._meter.light,
            faults=standing,
            trustworthy=not (BLINDING & (standing | self._suspected)),
            compared=self._reference.is_learned,
        )

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
        told, lies = self._compared(shown, bands)
        self._suspected = told.faults & self._judges.keys()
        self._meter.look(shown.level, time_s)
        faults = told.faults | self._dirt(told, step_s)
        verdicts = [
            each.hear(time_s, step_s, seen=fault in faults)
            for fault, each in self._judges.items()
            if fault not in told.untold
        ]
        if not (self._suspected | self._standing) - {Fault.DIRTY} and self._is_warm:
            self._reference.learn(shown, bands, lies, step_s=step_s, dirty=told.blurred)
        return [verdict for verdict in verdicts if verdict]

    @property
    def _standing(self) -> frozenset[Fault]:
        return frozenset(fault for fault, each in self._judges.items() if each.stands)

    def _compared(self, shown: Cells, bands: Profiles) -> tuple[Evidence, Match | None]:
        """Return what a picture shows, and how its bands lie on the usual ones."""
        if not self._reference.fits(bands):
            if self._reference.is_learned:
                return RESHAPED, None
            self._reference = Reference()
        lies = self._reference.match(bands)
        moved = Fault.MOVED in self._standing
        return evidence(shown, lies, self._reference, moved=moved), lies

    @property
    def _is_warm(self) -> bool:
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

"""Gathers how the camera fared while an interval lasted."""

from collections import defaultdict
from typing import Any

from tallypost.domain.vision import Condition, Fault
from tallypost.domain.words import Light

COMPARED = (Fault.MOVED, Fault.DEFOCUSED, Fault.DIRTY)
"""Of these nothing is told before what is usual is known."""
TIMED = (Fault.BLINDED, Fault.COVERED, Fault.DARK, Fault.DEFOCUSED)
"""For how long they lasted matters; of the others, whether they were there."""
NOTED = (Fault.MOVED, Fault.DIRTY)


class Health:
    """The camera's part of an interval's quality; empty where nobody judged it."""

    def __init__(self) -> None:
        self._condition: Condition | None = None
        self._judged = self._compared = False
        self._light_s: defaultdict[Light, float] = defaultdict(float)
        self._fault_s: defaultdict[Fault, float] = defaultdict(float)

    def note(self, condition: Condition | None) -> None:
        """Note how the camera is from now on; None where nobody judges it."""
        self._condition = condition
        if condition is not None:
            self._judged = True
            self._compared |= condition.compared
        self.elapse(0.0)

    def elapse(self, seconds: float) -> None:
        """Note that so much time has passed as things stand."""
        if self._condition is None:
            return
        if self._condition.light is not None:
            self._light_s[self._condition.light] += seconds
        for fault in self._condition.faults:
            self._fault_s[fault] += seconds

    def take(self, duration_s: float) -> dict[str, Any]:
        """Return the interval's figures, by field of its quality, and begin anew.

        Args:
            duration_s: The length of the interval: nothing in it lasts longer.
        """
        if not self._judged:
            return {}
        light_s, fault_s = self._light_s, self._fault_s
        figures: dict[str, Any] = {
            "light": max(light_s, key=lambda light: light_s[light], default=None)
        }
        told = [each for each in Fault if self._compared or each not in COMPARED]
        figures |= {each.value: each in fault_s for each in told if each in NOTED}
        figures |= {
            f"{each.value}_s": min(fault_s.get(each, 0.0), duration_s)
            for each in told
            if each in TIMED
        }
        self._judged = self._compared = False
        self._light_s, self._fault_s = defaultdict(float), defaultdict(float)
        return figures

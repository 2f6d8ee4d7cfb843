"""Turns what single pictures show into verdicts that do not flap."""

from dataclasses import dataclass

from tallypost.domain.vision import Fault


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what pictures show must differ from what is held to be so.

    Attributes:
        begin_s: A fault must be seen for so long until it stands.
        end_s: It must not be seen for so long until it is over.
    """

    begin_s: float
    end_s: float


PATIENCE = {
    Fault.MOVED: Patience(4.0, 4.0),
    Fault.BLINDED: Patience(3.0, 2.0),
    Fault.COVERED: Patience(5.0, 3.0),
    Fault.DARK: Patience(10.0, 5.0),
    Fault.DEFOCUSED: Patience(10.0, 10.0),
    Fault.DIRTY: Patience(5.0, 30.0),
}
CALMING = 0.5
"""Each second that agrees with what is held takes away this much of a doubt."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fault has begun or is over.

    Attributes:
        fault: Which one.
        began: Whether it has begun; else it is over.
        time_s: When the pictures first showed so, on the frames' clock.
    """

    fault: Fault
    began: bool
    time_s: float


class Judge:
    """One fault: doubts in both directions take their time.

    Attributes:
        stands: Whether it is held to be there.
    """

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._patience = PATIENCE[fault]
        self._doubt_s = 0.0
        self._since_s = 0.0
        self.stands = False

    def hear(self, time_s: float, step_s: float, *, seen: bool) -> Verdict | None:
        """Take one picture's evidence; return what has changed by it.

        Args:
            time_s: The picture's time.
            step_s: How much of it has passed since the picture before.
            seen: Whether the fault is seen in it.
        """
        if seen is self.stands:
            self._doubt_s = max(self._doubt_s - CALMING * step_s, 0.0)
            return None
        if self._doubt_s <= 0:
            self._since_s = time_s - step_s
        self._doubt_s += step_s
        patience = self._patience
        if self._doubt_s < (patience.end_s if self.stands else patience.begin_s):
            return None
        self._doubt_s = 0.0
        self.stands = seen
        return Verdict(self._fault, began=seen, time_s=self._since_s)

"""One interval while it lasts, on both clocks."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust, Quality

DURATION_S_MIN = 0.001
"""What is told of a time is told of at least so much of it."""
STEP_S = 0.5
"""A calendar that turns so much more or less than time passes was set."""
SET_S = 0.01
"""So little is enough where somebody begins or ceases to keep it."""


def was_set(step_s: float, before: ClockReading, now: ClockReading) -> bool:
    """Return whether a calendar was set, and not slewed, from one frame to the next.

    Args:
        step_s: How much more it has turned than time has passed.
        before: How far it could be believed.
        now: How far it can be.
    """
    return abs(step_s) > (STEP_S if before.trust is now.trust else SET_S)


@dataclass(slots=True)
class Running:
    """The interval that is being gathered.

    Attributes:
        start_utc_s: When it began, by the calendar as it is now.
        end_utc_s: When it is over.
        start_s: When it began, on the frames' clock.
        clock: How far the calendar could be believed then.
        stepped_s: How far the calendar was set meanwhile, back and forth.
        observed_s: For how long the scene was watched so far.
        frames: How many frames were looked at.
        dropped: How many came and were not.
        rested: On how many of them the detector rested.
        lifetimes_ms: How long each picture existed.
    """

    start_utc_s: float
    end_utc_s: float
    start_s: float
    clock: ClockReading
    stepped_s: float = 0.0
    observed_s: float = 0.0
    frames: int = 0
    dropped: int = 0
    rested: int = 0
    lifetimes_ms: list[float] = field(default_factory=list)

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return max(self.end_utc_s - self.start_utc_s, DURATION_S_MIN)

    def step(self, seconds: float) -> None:
        """Follow the calendar, which was set so much on: nothing was moved by that."""
        self.start_utc_s += seconds
        self.end_utc_s += seconds
        self.stepped_s += abs(seconds)

    def over(self, end: ClockReading, utc_s: float, time_s: float) -> ClockReading:
        """Return how far its date may be believed: no further than at either end.

        Where the calendar was slewed or set meanwhile, nobody knows which of both was
        right. Where it is not believed at all, the interval is as long as the frames'
        clock says, which will date it.

        Args:
            end: How far the calendar may be believed now.
            utc_s: What it says.
            time_s: The same moment on the frames' clock.
        """
        trust = max(self.clock.trust, end.trust, key=list(ClockTrust).index)
        slewed_s = (utc_s - self.start_utc_s) - (time_s - self.start_s)
        begun_s, ended_s = self.clock.uncertainty_s, end.uncertainty_s
        if trust is ClockTrust.UNSYNCED or begun_s is None or ended_s is None:
            self.end_utc_s = round(self.end_utc_s - slewed_s, 6)
            return ClockReading(trust, None)
        doubt_s = max(begun_s, ended_s) + abs(slewed_s) + self.stepped_s
        return ClockReading(trust, doubt_s)

    def quality(
        self, clock: ClockReading, *, may_rest: bool, health: dict[str, Any]
    ) -> Quality:
        """Return how far what was gathered may be believed.

        Args:
            clock: How far its date may be.
            may_rest: Whether the detector may rest.
            health: The camera's part.
        """
        return Quality(
            observed_s=min(self.observed_s, self.duration_s),
            frames=self.frames,
            frames_dropped=self.dropped,
            frames_rested=self.rested if may_rest else None,
            **self._lifetimes(),
            clock=clock.trust,
            clock_uncertainty_s=clock.uncertainty_s,
            **health,
        )

    def _lifetimes(self) -> dict[str, Any]:
        if not self.lifetimes_ms:
            return {}
        p50, p99, longest = np.percentile(self.lifetimes_ms, (50, 99, 100))
        return {
            "frame_lifetime_ms_p50": float(p50),
            "frame_lifetime_ms_p99": float(p99),
            "frame_lifetime_ms_max": float(longest),
        }

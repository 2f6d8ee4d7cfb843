"""Gathers what happens into the figures of aligned, half-open intervals."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tallypost.board.base import ClockReading
from tallypost.domain.records import Interval
from tallypost.domain.vision import Condition
from tallypost.vision.kpi.health import Health
from tallypost.vision.kpi.running import STEP_S, Running, was_set

BLIND_S_MIN = 2.0
"""A longer gap between two frames was not watched, unless frames come slower."""
UNWATCHED_INTERVALS_MAX = 60
"""After a longer gap than so many intervals the next begins afresh."""
CUT_SHARE_MIN = 0.5
"""A step cuts an interval that has lasted for so much of its length: however often the
calendar steps, no more than twice as many are told."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment on both clocks.

    Attributes:
        time_s: On the frames' clock, which never jumps.
        utc_s: By the calendar.
        clock: How far the calendar may be believed.
    """

    time_s: float
    utc_s: float
    clock: ClockReading


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a frame came.

    Attributes:
        dropped: How many frames came and were not taken since the last one.
        rested: Whether the detector rested on it, because nothing had moved.
        condition: How the camera is; None where nobody judges it.
    """

    dropped: int = 0
    rested: bool = False
    condition: Condition | None = None

    @property
    def trusted(self) -> bool:
        """Whether what the frame shows may be counted."""
        return self.condition is None or self.condition.trustworthy


AT_ONCE = Arrival()
"""No frame was dropped before it, and nobody judges the camera."""


class Gatherer(Protocol):
    """What an element of the site gathers while an interval lasts."""

    @property
    def name(self) -> str:
        """The element's name."""
        ...

    def elapse(self, seconds: float) -> None:
        """Note that all has stood as it stands for so many watched seconds, above 0."""
        ...

    def take(self, observed_s: float) -> object | None:
        """Return the interval's figures and begin anew.

        What stands belongs to the next interval as soon as time elapses in it: nobody
        may watch for most of that.

        Args:
            observed_s: For how long the scene was watched; 0 is possible.

        Returns:
            The word of the schema; None where nothing is known.
        """
        ...


def unveiled(interval: Interval) -> Interval:
    """Return an interval as it is: every figure may be told."""
    return interval


class Window:
    """The figures of the running interval; hands them out when it is over.

    Intervals are aligned to the calendar: with 60 s they end at full minutes. Where the
    calendar steps, the running interval is closed with what it has (or, where it has
    hardly begun, moved to where the calendar says that it began), and the next begins
    on the new calendar: each lasts as long as it really did.

    Args:
        interval_s: Their length; divides a day.
        gatherers: What each element gathers, by the key that records know it under.
        blind_s: A longer gap between two frames was not watched.
        may_rest: Whether the detector may let frames pass on which nothing has moved.
        veil: Returns what may be told of a closed interval.
        trimmed: Whether the first and the last interval of a watch are as long as it
            was; else they are whole ones, as befits footage.
    """

    def __init__(
        self,
        *,
        interval_s: float,
        gatherers: Mapping[str, Sequence[Gatherer]],
        blind_s: float = BLIND_S_MIN,
        may_rest: bool = False,
        veil: Callable[[Interval], Interval] = unveiled,
        trimmed: bool = False,
    ) -> None:
        self._interval_s = interval_s
        self._blind_s = blind_s
        self._may_rest = may_rest
        self._veil = veil
        self._trimmed = trimmed
        self._health = Health()
        self._gatherers = {key: tuple(each) for key, each in gatherers.items()}
        self._running: Running | None = None
        self._last: Moment | None = None
        self._watching = False

    def look(self, moment: Moment, arrival: Arrival = AT_ONCE) -> list[Interval]:
        """Note that a frame came; return the intervals that are over by then.

        Time for which the camera cannot be trusted was not watched, and its frames were
        not looked at.

        Args:
            moment: When the frame's light fell.
            arrival: How it came.
        """
        watching = arrival.trusted
        closed = self._advance(moment, seen=True, watching=watching)
        running = self._running
        assert running, "it runs from the first moment on"
        running.frames += watching
        running.rested += arrival.rested
        running.dropped += arrival.dropped
        self._watching = watching
        self._health.note(arrival.condition)
        return closed

    def idle(self, moment: Moment) -> list[Interval]:
        """Note that no frame came; return the intervals that are over by then.

        While the next frame may still come in time, nothing is.
        """
        last = self._last
        if self._watching and last and moment.time_s - last.time_s <= self._blind_s:
            return []
        closed = self._advance(moment, seen=False, watching=False)
        self._watching = False
        return closed

    def finish(self) -> list[Interval]:
        """Return the running interval as it is, if there is one: the watch is over."""
        running, last = self._running, self._last
        if running is None or last is None:
            return []
        if self._trimmed:
            running.end_utc_s = last.utc_s
        self._running = self._last = None
        self._watching = False
        return [self._close(running, last)]

    def lived(self, lifetime_ms: float) -> None:
        """Note how long a frame's picture existed."""
        if self._running is not None:
            self._running.lifetimes_ms.append(lifetime_ms)

    def _advance(self, moment: Moment, *, seen: bool, watching: bool) -> list[Interval]:
        running, last = self._running, self._last
        self._last = moment
        if running is None or last is None:
            self._resume(moment)
            return []
        elapsed_s = moment.time_s - last.time_s
        if elapsed_s > self._interval_s * UNWATCHED_INTERVALS_MAX:
            self._resume(moment)
            return [self._close(running, last)]
        known = seen and elapsed_s <= self._blind_s
        watched = known and watching and self._watching
        before = Moment(moment.time_s, last.utc_s + elapsed_s, last.clock)
        step_s = moment.utc_s - before.utc_s
        if not was_set(step_s, last.clock, moment.clock):
            return self._run(running, last, moment, known=known, watched=watched)
        closed = self._run(running, last, before, known=known, watched=watched)
        return closed + self._step(step_s, before, moment)

    def _run(
        self,
        running: Running,
        last: Moment,
        moment: Moment,
        *,
        known: bool,
        watched: bool,
    ) -> list[Interval]:
        """Let the calendar run on to a moment; return what is over by then."""
        closed = []
        cursor_utc_s = last.utc_s
        while moment.utc_s >= (end_utc_s := running.end_utc_s):
            seconds = end_utc_s - cursor_utc_s if known else 0.0
            self._pass(running, seconds, watched=watched)
            closed.append(self._close(running, moment))
            cursor_utc_s = end_utc_s
            running = self._begin(moment, end_utc_s)
        seconds = moment.utc_s - cursor_utc_s if known else 0.0
        self._pass(running, seconds, watched=watched)
        return closed

    def _step(self, step_s: float, before: Moment, after: Moment) -> list[Interval]:
        """Follow a calendar that was set; return what it cuts off.

        Args:
            step_s: How much it was set on, below 0 for back.
            before: The moment by the calendar as it was.
            after: The same moment by the calendar as it is.
        """
        running = self._running
        assert running, "it ran on to this moment"
        shortest_s = CUT_SHARE_MIN * self._interval_s
        young = before.time_s < running.start_s + shortest_s
        if young and running.start_utc_s + step_s >= 0:
            running.step(step_s)
            return []
        running.end_utc_s = before.utc_s
        running.stepped_s += abs(step_s)
        cut = self._close(running, before)
        following = self._begin(after, after.utc_s)
        following.end_utc_s = max(following.end_utc_s, after.utc_s + shortest_s)
        return [cut]

    def _resume(self, moment: Moment) -> None:
        """Begin where a watch begins."""
        start_utc_s = moment.utc_s if self._trimmed else self._aligned(moment.utc_s)
        self._begin(moment, start_utc_s)

    def _begin(self, moment: Moment, start_utc_s: float) -> Running:
        self._running = Running(
            start_utc_s=start_utc_s,
            end_utc_s=self._aligned(start_utc_s + STEP_S) + self._interval_s,
            start_s=moment.time_s - (moment.utc_s - start_utc_s),
            clock=moment.clock,
        )
        return self._running

    def _aligned(self, utc_s: float) -> float:
        return math.floor(utc_s / self._interval_s) * self._interval_s

    def _pass(self, running: Running, seconds: float, *, watched: bool) -> None:
        seconds = max(seconds, 0.0)  # the calendar may have been set back a little
        self._health.elapse(seconds)
        if not watched or not seconds:
            return
        running.observed_s += seconds
        for gatherers in self._gatherers.values():
            for gatherer in gatherers:
                gatherer.elapse(seconds)

    def _close(self, running: Running, moment: Moment) -> Interval:
        """Return what has been gathered, which is over at a moment or before."""
        clock = running.over(moment.clock, moment.utc_s, moment.time_s)
        figures = self._taken(running.observed_s)
        interval = Interval(
            start_utc_s=running.start_utc_s,
            duration_s=running.duration_s,
            **({"lines": {}, "zones": {}} | (figures if running.frames else {})),
            quality=running.quality(
                clock,
                may_rest=self._may_rest,
                health=self._health.take(running.duration_s),
            ),
            start_monotonic_s=running.start_s,
        )
        return self._veil(interval)

    def _taken(self, observed_s: float) -> dict[str, Any]:
        """Return what everybody has gathered; they begin anew."""
        return {
            key: {
                gatherer.name: figures
                for gatherer in gatherers
                if (figures := gatherer.take(observed_s)) is not None
            }
            for key, gatherers in self._gatherers.items()
        }

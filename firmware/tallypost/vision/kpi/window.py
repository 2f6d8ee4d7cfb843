"""Gathers what happens into the figures of aligned, half-open intervals."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.domain.vision import Condition
from tallypost.vision.kpi.health import Health

BLIND_S_MIN = 2.0
"""A longer gap between two frames was not watched, unless frames come slower."""
JUMP_S = 1.0
"""The calendar jumped if it and the frames disagree by more."""
UNWATCHED_INTERVALS_MAX = 60
"""After a longer gap than so many intervals the next begins afresh."""


@dataclass(slots=True)
class _Running:
    """The interval that is being gathered."""

    start_utc_s: float
    observed_s: float = 0.0
    frames: int = 0
    dropped: int = 0
    rested: int = 0
    jumped: bool = False
    lifetimes_ms: list[float] = field(default_factory=list)


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

    Intervals are aligned to the calendar: with 60 s they begin at full minutes,
    even if the first frame comes later. Where the calendar jumps, the running interval
    is closed with what it has and marked unsynced, and the next begins on the new one.

    Args:
        interval_s: Their length; divides a day.
        gatherers: What each element gathers, by the key that records know it under.
        blind_s: A longer gap between two frames was not watched.
        may_rest: Whether the detector may let frames pass on which nothing has moved.
        veil: Returns what may be told of a closed interval.
    """

    def __init__(
        self,
        *,
        interval_s: float,
        gatherers: Mapping[str, Sequence[Gatherer]],
        blind_s: float = BLIND_S_MIN,
        may_rest: bool = False,
        veil: Callable[[Interval], Interval] = unveiled,
    ) -> None:
        self._interval_s = interval_s
        self._blind_s = blind_s
        self._may_rest = may_rest
        self._veil = veil
        self._health = Health()
        self._gatherers = {key: tuple(each) for key, each in gatherers.items()}
        self._running: _Running | None = None
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
        running = self._current(moment)
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
        if self._running is None or self._last is None:
            return []
        closed = [self._close(self._running, self._last.clock)]
        self._running = self._last = None
        self._watching = False
        return closed

    def lived(self, lifetime_ms: float) -> None:
        """Note how long a frame's picture existed."""
        if self._running is not None:
            self._running.lifetimes_ms.append(lifetime_ms)

    def _advance(self, moment: Moment, *, seen: bool, watching: bool) -> list[Interval]:
        running, last = self._running, self._last
        self._last = moment
        if running is None or last is None:
            self._begin(moment.utc_s)
            return []
        elapsed_s = moment.time_s - last.time_s
        known = seen and elapsed_s <= self._blind_s
        watched = known and watching and self._watching
        if self._leapt(last, moment):
            self._pass(running, elapsed_s if known else 0.0, watched=watched)
            running.jumped = True
            self._begin(moment.utc_s)
            return [self._close(running, moment.clock)]
        closed = []
        cursor_utc_s = last.utc_s
        while moment.utc_s >= (end_utc_s := running.start_utc_s + self._interval_s):
            seconds = end_utc_s - cursor_utc_s if known else 0.0
            self._pass(running, seconds, watched=watched)
            closed.append(self._close(running, moment.clock))
            cursor_utc_s = end_utc_s
            running = self._begin(end_utc_s)
        seconds = moment.utc_s - cursor_utc_s if known else 0.0
        self._pass(running, seconds, watched=watched)
        return closed

    def _leapt(self, last: Moment, moment: Moment) -> bool:
        elapsed_s = moment.time_s - last.time_s
        turned_s = moment.utc_s - last.utc_s
        return (
            abs(turned_s - elapsed_s) > JUMP_S
            or elapsed_s > self._interval_s * UNWATCHED_INTERVALS_MAX
        )

    def _current(self, moment: Moment) -> _Running:
        return self._running or self._begin(moment.utc_s)

    def _begin(self, utc_s: float) -> _Running:
        start_utc_s = math.floor(utc_s / self._interval_s) * self._interval_s
        self._running = _Running(start_utc_s)
        return self._running

    def _pass(self, running: _Running, seconds: float, *, watched: bool) -> None:
        seconds = max(seconds, 0.0)  # the calendar may have been set back a little
        self._health.elapse(seconds)
        if not watched or not seconds:
            return
        running.observed_s += seconds
        for gatherers in self._gatherers.values():
            for gatherer in gatherers:
                gatherer.elapse(seconds)

    def _close(self, running: _Running, clock: ClockReading) -> Interval:
        watched = running.frames > 0
        lifetimes_ms = running.lifetimes_ms
        figures = self._taken(running.observed_s)
        interval = Interval(
            start_utc_s=running.start_utc_s,
            duration_s=self._interval_s,
            **({"lines": {}, "zones": {}} | (figures if watched else {})),
            quality=Quality(
                observed_s=min(running.observed_s, self._interval_s),
                frames=running.frames,
                frames_dropped=running.dropped,
                frames_rested=running.rested if self._may_rest else None,
                frame_lifetime_ms_p99=(
                    float(np.percentile(lifetimes_ms, 99)) if lifetimes_ms else None
                ),
                clock=ClockTrust.UNSYNCED if running.jumped else clock.trust,
                clock_uncertainty_s=None if running.jumped else clock.uncertainty_s,
                **self._health.take(self._interval_s),
            ),
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

"""Takes what comes through the wall into the outbox, and makes every hole visible."""

import math
from typing import Protocol

from tallypost.board.base import Board
from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.domain.records import (
    ClockTrust,
    Interval,
    KpiRecord,
    Provenance,
    Quality,
)

GRACE_S = 15.0
"""How late an interval may come before its time counts as a hole."""
HOLE_S_MAX = 366 * 86_400.0
"""A longer hole is a calendar that was set for the first time."""


class AlertStore(Protocol):
    """What intake asks of the outbox's alerts."""

    def put(self, alert: Alert, device: str) -> AlertRecord | None:
        """Keep one alert; return it as a record, or None where there is none yet."""
        ...

    def end_all(
        self, device: str, *, time_utc_s: float, clock: ClockTrust
    ) -> list[AlertRecord]:
        """Say of all that is going on that it is over; return the records of that."""
        ...


class Store(Protocol):
    """What intake asks of the outbox."""

    @property
    def alerts(self) -> AlertStore:
        """Where alerts are kept."""
        ...

    @property
    def covered_until_utc_s(self) -> float | None:
        """End of the interval that was put last; None before the first ever."""
        ...

    @property
    def refusing(self) -> bool:
        """Whether it has no room for more just now."""
        ...

    def put(self, interval: Interval, device: str) -> KpiRecord | None:
        """Keep one interval; return it as a record, or None while the disk refuses."""
        ...


class Intake:
    """Numbers intervals into records, without a gap between one and the next.

    Where nothing was watched (the vision half was down, the box was off), a record of
    that hole is made: it has no lines and no zones, and its `observed_s` is 0. So a
    backend tells a hole from a zero, and a lost record from both.

    Args:
        store: Keeps records.
        device: Who measures.
        provenance: What is counted with, told in every record's quality.
        interval_s: Length of the intervals.
        board: Whose calendar tells that an interval is missing.
        paced: Whether time passes by that calendar; not where footage is played as
            fast as it goes: then nothing is ever late.
    """

    def __init__(
        self,
        *,
        store: Store,
        device: str,
        provenance: Provenance,
        interval_s: float,
        board: Board,
        paced: bool = True,
    ) -> None:
        self._store = store
        self._device = device
        self._provenance = provenance
        self._interval_s = interval_s
        self._board = board
        self._paced = paced
        before_utc_s = store.covered_until_utc_s
        self._known = before_utc_s is not None
        self._covered_utc_s = (
            self._aligned(board.utc_s()) if before_utc_s is None else before_utc_s
        )

    def take(self, interval: Interval) -> list[KpiRecord]:
        """Keep one interval; return the records made of it and of a hole before it."""
        self._follow_the_calendar()
        records = []
        gap_s = interval.start_utc_s - self._covered_utc_s
        if self._known and 0 < gap_s <= HOLE_S_MAX:
            hole = self._hole(self._covered_utc_s, interval.start_utc_s)
            records.append(self._keep(hole))
        records.append(self._keep(interval))
        end_utc_s = interval.end_utc_s
        self._covered_utc_s = (
            max(self._covered_utc_s, end_utc_s) if self._paced else end_utc_s
        )
        self._known = True
        return [record for record in records if record is not None]

    def tell(self, alert: Alert) -> list[AlertRecord]:
        """Keep one alert; return the record made of it, if one was."""
        record = self._store.alerts.put(alert, self._device)
        return [] if record is None else [record]

    def watch_anew(self) -> list[AlertRecord]:
        """Note that the vision half begins afresh; return what that puts an end to.

        It knows nothing of what it saw before: what still goes on begins anew.
        """
        return self._store.alerts.end_all(
            self._device,
            time_utc_s=self._board.utc_s(),
            clock=self._board.clock().trust,
        )

    def tick(self) -> list[KpiRecord]:
        """Let time pass; return the record of a hole, once it is sure to be one.

        Call it when everything that has come was taken: what waits unread is no hole.
        """
        if not self._paced or self._store.refusing:
            return []
        self._follow_the_calendar()
        over_utc_s = self._aligned(self._board.utc_s() - GRACE_S)
        gap_s = over_utc_s - self._covered_utc_s
        if gap_s < self._interval_s:
            return []
        hole = self._hole(self._covered_utc_s, over_utc_s)
        self._covered_utc_s = over_utc_s
        self._known = True
        record = self._keep(hole) if gap_s <= HOLE_S_MAX else None
        return [] if record is None else [record]

    def _follow_the_calendar(self) -> None:
        """Begin afresh where the calendar was set back: the future is not covered."""
        now_utc_s = self._board.utc_s()
        if self._paced and self._covered_utc_s > now_utc_s + self._interval_s:
            self._covered_utc_s = self._aligned(now_utc_s)

    def _hole(self, start_utc_s: float, end_utc_s: float) -> Interval:
        clock = self._board.clock()
        return Interval(
            start_utc_s=start_utc_s,
            duration_s=end_utc_s - start_utc_s,
            lines={},
            zones={},
            quality=Quality(
                observed_s=0.0,
                frames=0,
                frames_dropped=0,
                clock=clock.trust,
                clock_uncertainty_s=clock.uncertainty_s,
            ),
        )

    def _keep(self, interval: Interval) -> KpiRecord | None:
        return self._store.put(interval.stamped(self._provenance), self._device)

    def _aligned(self, utc_s: float) -> float:
        return math.floor(utc_s / self._interval_s) * self._interval_s

"""Takes what comes through the wall into the outbox, and makes every hole visible."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from tallypost.board.base import Board, ClockReading
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Aiming
from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.domain.dating import Dating, Stamp, Undated
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Provenance
from tallypost.telemetry.clock.anchor import DRIFT
from tallypost.telemetry.clock.placing import Placed, Placing, unwatched
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.clock.settling import HOLE_S_MAX, SLACK_S, Settling

GRACE_S = 15.0
"""How late an interval may come before its time counts as a hole."""


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
        """The latest end of an interval that has its date; None before the first."""
        ...

    @property
    def refusing(self) -> bool:
        """Whether it has no room for more just now."""
        ...

    def put(
        self, interval: Interval, device: str, undated: Stamp | None = None
    ) -> KpiRecord | None:
        """Keep one interval; return it as a record, or None while the disk refuses."""
        ...

    def undated(self) -> list[Undated]:
        """Return what waits for its date, the lowest numbers first."""
        ...

    def date(self, dates: Mapping[int, Dating]) -> int:
        """Date records, all or none of them; return how many had none yet."""
        ...


class Intake:
    """Numbers intervals into records, without a gap between one and the next.

    Where nothing was watched (the vision half was down, the box was off), a record of
    that hole is made: it has no lines and no zones, and its `observed_s` is 0. So a
    backend tells a hole from a zero, and a lost record from both.

    Whether there is one is told by the clock that never jumps. Its time before this
    start goes on below 0, as soon as anybody knows how long ago that was.

    Args:
        store: Keeps records.
        device: Who measures.
        provenance: What is counted with, told in every record's quality.
        interval_s: Length of the intervals.
        board: Whose clocks tell that an interval is missing.
        reckoner: Knows what time it is.
        paced: Whether time passes by that calendar; not where footage is played as
            fast as it goes: then nothing is ever late, and dates are footage's own.
        aiming: For how long somebody aims the camera; records of that time say so.
    """

    def __init__(  # noqa: PLR0913  all by name
        self,
        *,
        store: Store,
        device: str,
        provenance: Provenance,
        interval_s: float,
        board: Board,
        reckoner: Reckoner,
        paced: bool = True,
        aiming: Aiming | None = None,
    ) -> None:
        self._store = store
        self._aiming = aiming
        self._device = device
        self._provenance = provenance
        self._interval_s = interval_s
        self._board = board
        self._reckoner = reckoner
        self._paced = paced
        self._placing = Placing(reckoner, board.boot_id())
        self._settling = Settling(store, reckoner, board)
        self._since_utc_s = store.covered_until_utc_s
        """End of the last interval that has a date."""
        self._edge_s = board.monotonic_s()
        """End of what is covered on the monotonic clock; of footage, its calendar."""
        self._edge_utc_s: float | None = None
        """The date that it was told by; None where that clock itself tells it."""
        self._known = False
        """Whether anything is covered up to there."""
        self._met = False
        """Whether the time was ever known, in this start."""
        self._ahead_s = board.utc_s() - board.monotonic_s()
        """How far the calendar is ahead of the monotonic clock."""
        self._quiet_until_s = self._unsettled_until_s()
        covered_s = self._settling.covered_s() if paced else self._since_utc_s
        if covered_s is not None:
            self._edge_s, self._known = covered_s, True

    def take(self, interval: Interval) -> list[KpiRecord]:
        """Keep one interval; return the records made of it and of a hole before it."""
        records = self._settle()
        placed = self._place(interval)
        start_s = self._position(interval)
        if self._edge_utc_s is not None and placed.stamp is None:
            # The calendar may have been set since: two dates say more than one and now.
            self._edge_s = start_s - (placed.interval.start_utc_s - self._edge_utc_s)
        gap_s = start_s - self._edge_s
        gap = self._known and SLACK_S < gap_s <= HOLE_S_MAX
        if gap and not self._store.refusing:
            hole = self._before(gap_s, placed)
            records += self._keep(hole, self._edge_s)
            self._move(start_s, hole)
        refused = self._store.refusing
        records += self._keep(placed, start_s)
        if not refused:  # else its time is part of the next hole
            self._move(start_s + interval.duration_s, placed)
        return records

    def proved(self, accuracy: Accuracies) -> None:
        """Tell with every record from now on what was found by hand."""
        self._provenance = replace(self._provenance, accuracy=accuracy)

    def tell(self, alert: Alert) -> list[AlertRecord]:
        """Keep one alert; return the record made of it, if one was."""
        told = self._dated(alert) if self._paced else alert
        record = self._store.alerts.put(told, self._device)
        return [] if record is None else [record]

    def watch_anew(self) -> list[AlertRecord]:
        """Note that the vision half begins afresh; return what that puts an end to.

        It knows nothing of what it saw before: what still goes on begins anew.
        """
        now = self._reckoner.date(self._board.monotonic_s())
        return self._store.alerts.end_all(
            self._device,
            time_utc_s=self._board.utc_s() if now is None else now.utc_s,
            clock=self._reckoner.reading().trust,
        )

    def tick(self) -> list[KpiRecord]:
        """Let time pass; return records of holes that are sure to be some.

        That is the hole that lasts just now, and those between what has got its date.
        Call it when everything that has come was taken: what waits unread is no hole.
        """
        records = self._settle()
        if not self._paced or self._store.refusing:
            return records
        now_s, utc_s = self._board.monotonic_s(), self._board.utc_s()
        over_utc_s = math.floor((utc_s - GRACE_S) / self._interval_s) * self._interval_s
        over_s = now_s - (utc_s - over_utc_s)
        gap_s = over_s - self._edge_s
        if gap_s < self._interval_s - SLACK_S or now_s < self._quiet_until_s:
            return records
        hole = unwatched(over_utc_s - gap_s, gap_s, self._reckoner.reading())
        placed = self._place(replace(hole, start_monotonic_s=self._edge_s))
        edge_s = self._edge_s
        self._move(over_s, placed)
        return records + (self._keep(placed, edge_s) if gap_s <= HOLE_S_MAX else [])

    def close(self) -> None:
        """Remember until when the time was known; twice is harmless."""
        if self._paced:
            self._settling.close()

    def _settle(self) -> list[KpiRecord]:
        """Date what waits for a date; return the records of holes that then show."""
        if not self._paced:
            return []
        self._follow_the_calendar()
        self._reckoner.look()
        settled = self._settling.settle(self._since_utc_s)
        if settled is None:
            return []
        records = [each for hole in settled.holes for each in self._keep(Placed(hole))]
        self._since_utc_s = settled.until_utc_s
        if self._settling.date(settled) and not self._met:
            self._meet()
        return records

    def _follow_the_calendar(self) -> None:
        ahead_s = self._board.utc_s() - self._board.monotonic_s()
        if abs(ahead_s - self._ahead_s) > SLACK_S:
            self._quiet_until_s = self._unsettled_until_s()
        self._ahead_s = ahead_s

    def _unsettled_until_s(self) -> float:
        """Return until when intervals need not end where the calendar says.

        After a step that one does not which is running, nor the next one begin there.
        """
        return self._board.monotonic_s() + 2 * self._interval_s + GRACE_S

    def _meet(self) -> None:
        """Cover on this start's own clock what has a date, now that both are known."""
        self._met = True
        dating, now_s = self._reckoner.dating, self._board.monotonic_s()
        if self._known or dating is None or self._since_utc_s is None:
            return
        ago_s = dating.date(now_s).utc_s - self._since_utc_s
        if 0 <= ago_s <= HOLE_S_MAX:
            self._edge_s, self._edge_utc_s = now_s - ago_s, self._since_utc_s
            self._known = True

    def _place(self, interval: Interval) -> Placed:
        if not self._paced:
            return Placed(replace(interval, start_monotonic_s=None))
        # Nothing is dated before what came before it: else, after a start of this half,
        # nobody would know how far this start of the board is covered.
        return self._placing.place(interval, dated=self._met)

    def _position(self, interval: Interval) -> float:
        """Return where an interval begins on the clock that tells of holes."""
        if not self._paced:
            return interval.start_utc_s
        if interval.start_monotonic_s is not None:
            return interval.start_monotonic_s
        return self._board.monotonic_s() - (self._board.utc_s() - interval.start_utc_s)

    def _before(self, gap_s: float, placed: Placed) -> Placed:
        """Return the hole before an interval, dated as that is.

        Args:
            gap_s: How long nobody has watched before.
            placed: What follows.
        """
        quality = placed.interval.quality
        doubt_s = quality.clock_uncertainty_s
        clock = ClockReading(
            quality.clock, None if doubt_s is None else doubt_s + DRIFT * gap_s
        )
        start_utc_s = placed.interval.start_utc_s - gap_s
        hole = unwatched(start_utc_s, gap_s, clock, quality.dated)
        stamp = placed.stamp
        if stamp is not None:
            stamp = stamp._replace(start_monotonic_s=self._edge_s)
        return Placed(hole, stamp)

    def _keep(self, placed: Placed, start_s: float = -math.inf) -> list[KpiRecord]:
        """Keep an interval; return its record, where there is one already."""
        if placed.stamp is not None:
            self._settling.hasten()
        end_s = start_s + placed.interval.duration_s
        aimed = self._aiming is not None and self._aiming.meets(start_s, end_s)
        interval = placed.interval.stamped(replace(self._provenance, aiming=aimed))
        record = self._store.put(interval, self._device, placed.stamp)
        return [] if record is None else [record]

    def _move(self, end_s: float, placed: Placed) -> None:
        """Cover everything up to the end of what was kept last."""
        if self._paced and self._known and end_s <= self._edge_s:
            return
        self._edge_s, self._edge_utc_s, self._known = end_s, None, True
        if placed.stamp is None:
            self._since_utc_s = placed.interval.end_utc_s

    def _dated(self, alert: Alert) -> Alert:
        """Return an alert with the best date that is known for it.

        It is told at once, and may not wait for one; how long ago it was, the calendar
        says also where it is wrong.
        """
        now = self._reckoner.date(self._board.monotonic_s())
        if alert.clock is not ClockTrust.UNSYNCED or now is None:
            return alert
        age_s = max(self._board.utc_s() - alert.time_utc_s, 0.0)
        return replace(alert, time_utc_s=now.utc_s - age_s, clock=ClockTrust.HOLDOVER)

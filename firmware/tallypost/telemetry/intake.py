"""Takes what comes through the wall into the outbox, and makes every hole visible."""

import math
from typing import Protocol

from tallypost.board.base import Board
from tallypost.domain.records import Interval, KpiRecord, Provenance, Quality


class Store(Protocol):
    """What intake asks of the outbox."""

    @property
    def covered_until_utc_s(self) -> float | None:
        """End of the latest interval that was ever put; None before the first."""
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
        grace_s: How late an interval may come before its time counts as a hole.
    """

    def __init__(
        self,
        *,
        store: Store,
        device: str,
        provenance: Provenance,
        interval_s: float,
        board: Board,
        grace_s: float = 15.0,
    ) -> None:
        self._store = store
        self._device = device
        self._provenance = provenance
        self._interval_s = interval_s
        self._board = board
        self._grace_s = grace_s
        self._begun_utc_s = self._aligned(board.utc_s())

    def take(self, interval: Interval) -> list[KpiRecord]:
        """Keep one interval; return the records made of it and of a hole before it."""
        covered_utc_s = self._store.covered_until_utc_s
        records = []
        if covered_utc_s is not None and interval.start_utc_s > covered_utc_s:
            records.append(self._keep(self._hole(covered_utc_s, interval.start_utc_s)))
        records.append(self._keep(interval))
        return [record for record in records if record is not None]

    def tick(self) -> list[KpiRecord]:
        """Let time pass; return the record of a hole, once it is sure to be one."""
        covered_utc_s = self._store.covered_until_utc_s or self._begun_utc_s
        over_utc_s = self._aligned(self._board.utc_s() - self._grace_s)
        if over_utc_s < covered_utc_s + self._interval_s:
            return []
        record = self._keep(self._hole(covered_utc_s, over_utc_s))
        return [] if record is None else [record]

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

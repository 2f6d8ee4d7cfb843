"""Makes room in an outbox that has outgrown its share of the disk, a little at a time.

What goes first is history, the oldest first. Where all that is left must still go out,
the oldest intervals are merged into coarser ones: nothing that was counted is dropped.
"""

import sqlite3
from collections.abc import Iterator, Sequence

from tallypost.domain.merging import follows, merged
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.rows import Row, row_of

LEVELS_S = (600.0, 3600.0, 86_400.0)
"""Into intervals of what length records are merged, one after the other."""
STEP_RECORDS = 64
"""So many are looked at in one step: counting does not wait for long."""
FORGET_RECORDS = 512
SPARED_RECORDS = 256
"""The oldest that are due stay as they are: they may be on their way already."""


def forget(
    connection: sqlite3.Connection,
    due: Due,
    last_seq: int,
    *,
    before_utc_s: float | None = None,
) -> int:
    """Drop the oldest records that need not go out any more; return how many.

    Args:
        connection: An open transaction.
        due: What must go out.
        last_seq: No later ones; nor ever the newest, which tells what is due.
        before_utc_s: Only what began earlier; None where all may go.
    """
    last_seq = min(last_seq, (ledger.last_seq(connection) or 0) - 1)
    left = FORGET_RECORDS
    for each in due.settled(last_seq):
        found = ledger.within(connection, each, left)
        gone = [
            row.seq
            for row in found
            if before_utc_s is None or row.start_utc_s < before_utc_s
        ]
        ledger.remove(connection, gone)
        left -= len(gone)
        if len(gone) < len(found) or not left:
            break
    return FORGET_RECORDS - left


class Coarsening:
    """Goes through what waits, again and again, and merges what lies side by side."""

    def __init__(self) -> None:
        self._level = 0
        self._after_seq = 0

    @property
    def exhausted(self) -> bool:
        """Whether nothing was left to merge when it was last looked for."""
        return self._level >= len(LEVELS_S)

    def begin(self) -> None:
        """Begin again with the oldest."""
        self._level = self._after_seq = 0

    def step(self, connection: sqlite3.Connection, due: Due) -> int:
        """Merge a few; return by how many records there are fewer.

        Args:
            connection: An open transaction.
            due: What must go out: the first of it is spared.
        """
        spared = ledger.head(connection, due, SPARED_RECORDS)
        if self.exhausted or len(spared) < SPARED_RECORDS:
            self._level = len(LEVELS_S)
            return 0
        level_s = LEVELS_S[self._level]
        after_seq = max(self._after_seq, *(row.seq for row in spared))
        found = list(
            ledger.rows(
                connection,
                "seq > ? AND seq < (SELECT max(seq) FROM record) "
                "AND duration_s < ? AND boot IS NULL",
                *(after_seq, level_s),
                limit=STEP_RECORDS,
            )
        )
        groups = list(_groups(found, level_s))
        self._go_on(groups, more=len(found) == STEP_RECORDS)
        for group in groups:
            _merge(connection, group)
        return sum(len(group) - 1 for group in groups)

    def _go_on(self, groups: Sequence[Sequence[KpiRecord]], *, more: bool) -> None:
        if not more:
            self._level += 1
            self._after_seq = 0
        elif len(groups) > 1:
            self._after_seq = groups[-2][-1].seq
        else:
            # What was merged of it is looked at again, with what follows it.
            self._after_seq = groups[-1][-1].seq - (len(groups[-1]) > 1)


def _groups(found: Sequence[Row], level_s: float) -> Iterator[list[KpiRecord]]:
    """Give those that lie side by side within one interval of a level."""
    group: list[KpiRecord] = []
    for record in filter(None, map(ledger.record_in, found)):
        if group and (
            not follows(record, group[-1])
            or record.interval.start_utc_s // level_s
            != group[0].interval.start_utc_s // level_s
        ):
            yield group
            group = []
        group.append(record)
    if group:
        yield group


def _merge(connection: sqlite3.Connection, group: Sequence[KpiRecord]) -> None:
    if len(group) > 1:
        record = merged(group)
        ledger.remove(connection, [each.seq for each in group])
        ledger.insert(connection, row_of(record, json_v1.encode(record)))

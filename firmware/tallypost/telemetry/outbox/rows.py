"""What one row of the outbox's table of records holds, and whether it is sound."""

import zlib
from typing import NamedTuple

from tallypost.domain.dating import Stamp
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.packing import pack, unpack

COLUMNS = (
    "seq, payload, checksum, start_utc_s, duration_s, boot, start_monotonic_s, due"
)


class Row(NamedTuple):
    """One row, its columns in the table's order."""

    seq: int
    packed: bytes
    checksum: int
    start_utc_s: float
    duration_s: float
    boot: str | None
    start_monotonic_s: float | None
    due: str | None

    @property
    def end_utc_s(self) -> float:
        """The first moment that is no longer part of it."""
        return self.start_utc_s + self.duration_s

    @property
    def sound(self) -> bool:
        """Whether all of it is as it was written."""
        # A single bit makes a text of bytes: SQLite keeps the kind beside the value.
        return isinstance(self.packed, bytes) and self.checksum == _checksum(self)

    @property
    def payload(self) -> bytes:
        """The record as JSON.

        Raises:
            RecordError: It cannot be unpacked.
        """
        return unpack(self.packed)

    @property
    def record(self) -> KpiRecord:
        """The record.

        Raises:
            RecordError: It is none of this schema.
        """
        record = json_v1.decode(self.payload)
        if record.seq != self.seq:
            raise RecordError(f"seq: {record.seq} lies where {self.seq} belongs")
        return record

    @property
    def stamp(self) -> Stamp | None:
        """When it began, as long as nobody knows the date."""
        if self.boot is None or self.start_monotonic_s is None:
            return None
        return Stamp(self.boot, self.start_monotonic_s)

    def with_due(self, due: str | None) -> "Row":
        """Return it with a note of what had to go out when it was written."""
        return _sealed(self._replace(due=due))


def row_of(
    record: KpiRecord,
    payload: bytes,
    stamp: Stamp | None = None,
    due: str | None = None,
) -> Row:
    """Return the row of a record.

    Args:
        record: It.
        payload: Its JSON.
        stamp: Given as long as nobody knows its date.
        due: What has to go out, as text.
    """
    boot, start_monotonic_s = stamp or (None, None)
    return _sealed(
        Row(
            seq=record.seq,
            packed=pack(payload),
            checksum=0,
            start_utc_s=record.interval.start_utc_s,
            duration_s=record.interval.duration_s,
            boot=boot,
            start_monotonic_s=start_monotonic_s,
            due=due,
        )
    )


def row_from(facts: object, payload: bytes) -> Row:
    """Return a row out of what it holds beside the payload, and the payload.

    Args:
        facts: As a list: seq, start_utc_s, duration_s, boot, start_monotonic_s, due.
        payload: The record's JSON; it is not read.

    Raises:
        RecordError: These are no facts of a row.
    """
    match facts:
        case [
            int(seq),
            float(start_utc_s),
            float(duration_s),
            (str() | None) as boot,
            (float() | None) as start_monotonic_s,
            (str() | None) as due,
        ]:
            times = (start_utc_s, duration_s, boot, start_monotonic_s)
            return _sealed(Row(seq, pack(payload), 0, *times, due))
        case _:
            raise RecordError(f"row: {facts!a:.100} are not the facts of one")


def _sealed(row: Row) -> Row:
    return row._replace(checksum=_checksum(row))


def _checksum(row: Row) -> int:
    facts = f"{row.seq} {row.start_utc_s} {row.duration_s} {row.stamp} {row.due}"
    return zlib.crc32(row.packed, zlib.crc32(facts.encode()))

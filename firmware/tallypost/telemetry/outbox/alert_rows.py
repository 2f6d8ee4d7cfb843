"""What one row of the outbox's table of alerts holds, and whether it is sound."""

import zlib
from typing import NamedTuple

from tallypost.domain.alerts import AlertRecord
from tallypost.domain.records import ClockTrust
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1


class AlertRow(NamedTuple):
    """One row, its columns in the table's order; in old files the last is missing."""

    seq: int
    begun_seq: int | None
    payload: bytes
    checksum: int
    due: str | None = None

    @property
    def sound(self) -> bool:
        """Whether all of it is as it was written."""
        # A single bit makes a text of bytes: SQLite keeps the kind beside the value.
        return isinstance(self.payload, bytes) and self.checksum == _checksum(self)

    @property
    def record(self) -> AlertRecord:
        """The alert.

        Raises:
            RecordError: It is none of this schema.
        """
        record = json_v1.decode_alert(self.payload)
        if record.seq != self.seq:
            raise RecordError(f"seq: {record.seq} lies where {self.seq} belongs")
        return record

    @property
    def known_utc_s(self) -> float | None:
        """When it happened; None where nobody knew, or the card has damaged it."""
        try:
            alert = self.record.alert if self.sound else None
        except RecordError:
            return None
        if alert is None or alert.clock is ClockTrust.UNSYNCED:
            return None
        return alert.time_utc_s

    def with_due(self, due: str | None) -> "AlertRow":
        """Return it with a note of what had to go out when it was written."""
        return _sealed(self._replace(due=due))


def row_of(record: AlertRecord, payload: bytes, due: str | None = None) -> AlertRow:
    """Return the row of an alert.

    Args:
        record: It.
        payload: Its JSON.
        due: What has to go out, as text.
    """
    return _sealed(AlertRow(record.seq, record.begun_seq, payload, 0, due))


def _sealed(row: AlertRow) -> AlertRow:
    return row._replace(checksum=_checksum(row))


def _checksum(row: AlertRow) -> int:
    return zlib.crc32(f"{row.due or ''}".encode(), zlib.crc32(row.payload))

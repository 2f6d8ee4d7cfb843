"""Whom to ask how the device is."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tallypost.board.base import Board
from tallypost.board.stalls import FILE, read_stalls
from tallypost.board.vitals import LinuxVitals
from tallypost.domain.health import LinkHealth, OutboxHealth
from tallypost.errors import OutboxUnavailableError, RecordError
from tallypost.telemetry.checkup import Organs
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.outbox import Outbox


def organs(
    file: Path, outbox: Outbox, link: Callable[[], LinkHealth | None], board: Board
) -> Organs:
    """Return whom to ask.

    Args:
        file: The outbox's file.
        outbox: What waits.
        link: How the way out is; None where there is none.
        board: Whose calendar to ask.
    """
    vitals = LinuxVitals(file.parent)
    return Organs(
        outbox=lambda: _outbox_health(file, outbox, board),
        link=link,
        board=vitals.read,
        stalls=lambda: read_stalls(file.with_name(FILE)),
        boot=board.boot_id(),
        uptime_s=lambda: vitals.uptime_s,
    )


def _outbox_health(file: Path, outbox: Outbox, board: Board) -> OutboxHealth:
    return OutboxHealth(
        records=outbox.pending,
        alerts=outbox.alerts.pending,
        last_alert_seq=outbox.alerts.last_seq or None,
        undated=_undated(outbox),
        refused=outbox.refused,
        oldest_s=_oldest_s(outbox, board),
        disk_bytes=_disk_bytes(file),
    )


def _undated(outbox: Outbox) -> int | None:
    # Above all while the disk refuses, somebody should hear of all the rest.
    with suppress(OutboxUnavailableError):
        return len(outbox.undated())
    return None


def _oldest_s(outbox: Outbox, board: Board) -> float | None:
    """Return how long ago the oldest record that waits began, where it tells."""
    # What another version of us has written goes out as it is, read or not.
    with suppress(OutboxUnavailableError, RecordError):
        for message in outbox.head(1):
            start_utc_s = json_v1.decode(message.payload).interval.start_utc_s
            return max(board.utc_s() - start_utc_s, 0.0)
    return None


def _disk_bytes(file: Path) -> int:
    """Return what the outbox's file and those beside it take."""
    total = 0
    for each in file.parent.glob(f"{file.name}*"):
        # SQLite takes some of them away when it likes.
        with suppress(OSError):
            total += each.stat().st_size
    return total

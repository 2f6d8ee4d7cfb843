"""The product's own telemetry half, on the hurried board."""

import os
from pathlib import Path

from scripts.chaos_run.clock import HurriedBoard
from scripts.chaos_run.places import Places
from tallypost.daemon.telemetry_half import speak
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.records import KpiRecord


def be(places: Places, inlet: int) -> int:
    """Speak, and write down what is kept; return the exit code.

    Args:
        places: Of the run.
        inlet: The wall's descriptor.

    Raises:
        TallypostError: As the product's own half.
    """
    records, alerts = _grown(places.kept), _grown(places.kept_alerts)

    def on_record(record: KpiRecord | AlertRecord) -> None:
        file = records if isinstance(record, KpiRecord) else alerts
        os.write(file, f"{record.seq}\n".encode())

    return speak(places.settings, inlet, on_record, HurriedBoard(places.clock))


def _grown(file: Path) -> int:
    """Return the descriptor of a file whose lines the kernel has as soon as written."""
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

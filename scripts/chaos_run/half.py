"""Either half as the supervisor starts it, on a board whose time we make.

The telemetry half is the product's own; the vision half is a stand-in.
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from scripts.chaos_run.clock import HurriedBoard
from scripts.chaos_run.places import Places
from scripts.chaos_run.seer import see
from tallypost.cli.logs import start_logging
from tallypost.daemon.halves import read_handover, stop_on_signal
from tallypost.daemon.telemetry_half import speak
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.records import KpiRecord
from tallypost.errors import TallypostError
from tallypost.exits import FAILED, exit_code

log = logging.getLogger("chaos")


def arguments() -> argparse.Namespace:
    """Return what the supervisor said."""
    parser = argparse.ArgumentParser()
    parser.add_argument("half", choices=["vision-half", "telemetry-half"])
    parser.add_argument("--inlet", type=int)
    parser.add_argument("--outlet", type=int)
    parser.add_argument("--settings", type=Path, required=True)
    return parser.parse_args()


def telemetry(places: Places, settings_file: Path, inlet: int) -> int:
    """Speak, and write down which records are kept; return the exit code."""
    records, alerts = _grown(places.kept), _grown(places.kept_alerts)

    def on_record(record: KpiRecord | AlertRecord) -> None:
        file = records if isinstance(record, KpiRecord) else alerts
        os.write(file, f"{record.seq}\n".encode())

    return speak(settings_file, inlet, on_record, HurriedBoard(places.clock))


def _grown(file: Path) -> int:
    """Return the descriptor of a file whose lines the kernel has as soon as written."""
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def vision(places: Places, outlet: int) -> int:
    """Watch until the daemon says stop; return the exit code."""
    handover = read_handover()
    stop = stop_on_signal(handover.daemon)
    see(places, outlet, handover.alphabet, stop.is_set)
    return FAILED


def main() -> int:
    """Be one half; return the exit code."""
    told = arguments()
    places = Places(told.settings.parent)
    places.pid(told.half).write_text(f"{os.getpid()}\n", "ascii")
    start_logging("INFO")
    try:
        if told.half == "vision-half":
            return vision(places, told.outlet)
        return telemetry(places, told.settings, told.inlet)
    except TallypostError as error:
        log.error("half ends reason=%s", error)  # noqa: TRY400  # a reason, no trace
        return exit_code(error)


if __name__ == "__main__":
    sys.exit(main())

"""The daemon, with the product's own supervisor over both halves."""

import os
import sys
from pathlib import Path

from scripts.chaos_run.clock import HurriedBoard
from scripts.chaos_run.places import CAR, CROWD, DEVICE, INTERVAL_S, LINE, MARK, Places
from tallypost.cli.logs import start_logging
from tallypost.daemon.halves import stop_on_signal
from tallypost.daemon.handover import Handover
from tallypost.daemon.house import HEADROOM
from tallypost.daemon.supervisor import Supervisor
from tallypost.domain.records import Provenance
from tallypost.wall.frame import Alphabet

HALF = (sys.executable, "-m", "scripts.chaos_run.half")


def handover() -> Handover:
    """Return what both halves are told."""
    return Handover(
        device=DEVICE,
        daemon=os.getpid(),
        paced=True,
        interval_s=float(INTERVAL_S),
        intervals_per_minute=60.0 / INTERVAL_S * HEADROOM,
        alphabet=Alphabet(
            classes=(CAR, MARK), elements={"lines": {LINE: ()}, "crowds": {CROWD: ()}}
        ),
        provenance=Provenance(model=None, site="sha256:chaos", firmware="chaos"),
    )


def main() -> int:
    """Keep both halves running until SIGTERM; return the exit code.

    Whoever started the daemon takes it along, however that ends.
    """
    places, starter = Places(Path(sys.argv[1])), int(sys.argv[2])
    places.pid("daemon").write_text(f"{os.getpid()}\n", "ascii")
    start_logging("INFO")
    stop = stop_on_signal(starter)
    supervisor = Supervisor(
        places.settings,
        handover(),
        HurriedBoard(places.clock),
        live=False,
        program=HALF,
    )
    return supervisor.run(stop.is_set)


if __name__ == "__main__":
    sys.exit(main())

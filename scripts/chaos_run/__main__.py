"""Runs a seeded series of faults, judges what arrived, and prints one table."""

import argparse
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

from scripts.chaos_run.faults import plan
from scripts.chaos_run.lossy import Lossy, Weather
from scripts.chaos_run.page import Circumstances, put, report
from scripts.chaos_run.run import Run
from scripts.chaos_run.street import Street
from scripts.chaos_run.verdict import judge

SPEED = 60.0
SPREAD = 1.25
"""So many times as long as in a world without faults a run is expected to take."""
PATIENCE = 4.0
"""So many times as long it may take before it is called slow."""
QUICK_FAULTS, QUICK_SPAN_S, QUICK_LIMIT_S = 40, 20.0, 27.0


def arguments() -> argparse.Namespace:
    """Return what the person asked for."""
    parser = argparse.ArgumentParser(
        prog="scripts/chaos",
        description="Hurts a running device on purpose, and proves that every record "
        "arrives, once, with the right numbers and the right date.",
    )
    parser.add_argument("--seed", type=int, default=1, help="of all chance")
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument(
        "--quick", action="store_true", help="the same table within 50 seconds"
    )
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/reliability.md"
    )
    parser.add_argument(
        "--netem", action="store_true", help="over a path that loses and reorders"
    )
    parser.add_argument("--keep", type=Path, help="leave all files of the run here")
    told = parser.parse_args()
    told.span_s = told.records / SPEED * SPREAD
    told.limit_s = told.span_s * PATIENCE
    if told.quick:
        told.faults, told.records = QUICK_FAULTS, 0
        told.span_s, told.limit_s = QUICK_SPAN_S, QUICK_LIMIT_S
    return told


def main() -> int:
    """Return 0 where nothing was lost, duplicated, misdated or wrong."""
    told = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    random = Random(told.seed)  # noqa: S311  # chance that can be had again
    faults = list(plan(random, told.faults, told.span_s))
    folder = told.keep or Path(tempfile.mkdtemp(prefix="tallypost-chaos-"))
    folder.mkdir(exist_ok=True)
    begun_s = time.monotonic()
    with ExitStack() as stack:
        path = None
        if told.netem:
            path = Lossy(Weather(), told.seed)
            stack.callback(path.close)
        street = Street(folder, SPEED, random, path)
        stack.callback(street.close)
        evidence = Run(street, faults, SPEED).go(told.records, told.limit_s)
    verdict = judge(evidence)
    circumstances = Circumstances(
        seed=told.seed,
        took_s=time.monotonic() - begun_s,
        card=street.card.kind,
        path=path.how if path else "a proxy on this machine",
    )
    text = report(verdict, evidence, circumstances)
    print(text)
    if told.write:
        put(text, "netem" if told.netem else "chaos")
    return 0 if verdict.sound else 1


if __name__ == "__main__":
    sys.exit(main())

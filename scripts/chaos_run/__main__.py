"""Runs a seeded series of faults, judges what arrived, and prints one table."""

import argparse
import heapq
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random

from scripts.chaos_run.evidence import Done, Evidence, Kept, gather, kept
from scripts.chaos_run.faults import Fault, Resource, plan
from scripts.chaos_run.lossy import Lossy, Weather
from scripts.chaos_run.page import Circumstances, put, report
from scripts.chaos_run.street import Street
from scripts.chaos_run.verdict import judge

SPEED = 60.0
WARM_S = 2.0
BUSY_S = 0.1
DRAIN_S = 90.0
SETTLE_S = 5.0
"""So long after the last interval all that waits in memory has a number."""
SPREAD = 1.25
"""So many times as long as in a world without faults a run is expected to take."""
PATIENCE = 5.0
"""So many times as long as in a world without faults a run may take."""
POLL_S = 0.05
QUICK_FAULTS, QUICK_SPAN_S = 40, 20.0


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
    if told.quick:
        told.faults, told.records, told.span_s = QUICK_FAULTS, 0, QUICK_SPAN_S
    return told


class Run:
    """One run from its first record to its last.

    Args:
        street: Where it happens.
        faults: What is to happen, in its order.
    """

    def __init__(self, street: Street, faults: list[Fault]) -> None:
        self._street = street
        self._done: list[Done] = []
        self._busy: set[Resource] = set()
        self._order = count()
        self._begun_s = time.monotonic()
        self._agenda: list[tuple[float, int, Fault, float | None]] = []
        for fault in faults:
            self._plan(self._begun_s + WARM_S + fault.at_s, fault, None)

    def go(self, records: int) -> Evidence:
        """Do what is planned until so many records came; return what is known."""
        street = self._street
        street.device.start()
        until_s = self._begun_s + records / SPEED * PATIENCE + DRAIN_S
        while self._agenda or len(street.listener.seqs["kpi"]) < records:
            if time.monotonic() > until_s:
                print("chaos: gives up waiting for so many records", file=sys.stderr)
                break
            self._work_off()
            time.sleep(POLL_S)
        street.places.evening.touch()
        known = self._await_all()
        street.device.stop()
        street.listener.write(street.places.arrived)
        return gather(street.places, known, street.listener.arrivals, self._done)

    def _plan(self, at_s: float, fault: Fault, begun_s: float | None) -> None:
        heapq.heappush(self._agenda, (at_s, next(self._order), fault, begun_s))

    def _work_off(self) -> None:
        while self._agenda and self._agenda[0][0] <= time.monotonic():
            _, _, fault, begun_s = heapq.heappop(self._agenda)
            if begun_s is None:
                self._begin(fault)
            else:
                self._street.end(fault)
                self._busy.discard(fault.kind.resource)
                done = Done(fault, begun_s, time.monotonic())
                self._done.append(done)
                with self._street.places.done.open("a", encoding="utf-8") as file:
                    file.write(f"{begun_s} {done.ended_s} {fault.kind.name}\n")

    def _begin(self, fault: Fault) -> None:
        now_s = time.monotonic()
        if fault.kind.resource in self._busy or not self._street.begin(fault):
            self._plan(now_s + BUSY_S, fault, None)
            return
        self._busy.add(fault.kind.resource)
        self._plan(time.monotonic() + fault.lasts_s, fault, now_s)

    def _await_all(self) -> Kept:
        """Return the numbers kept by a moment when all of them have arrived.

        A device on which nobody watches makes holes for ever: those of later come late.
        """
        time.sleep(SETTLE_S)
        until_s = time.monotonic() + DRAIN_S
        known, came = kept(self._street.places), self._street.listener.seqs
        while time.monotonic() < until_s:
            if known.records <= came["kpi"] and known.alerts <= came["alert"]:
                break
            time.sleep(POLL_S)
        return known


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
        evidence = Run(street, faults).go(told.records)
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

"""One run: faults in their turn, until all is done and all has arrived."""

import sys
import time
from dataclasses import dataclass

from scripts.chaos_run.evidence import Done, Evidence, Kept, gather, kept
from scripts.chaos_run.faults import Fault, Resource
from scripts.chaos_run.listener import SUBJECTS
from scripts.chaos_run.street import Street

FIRST_S = 60.0
DRAIN_S = 90.0
AGAIN_S = 10.0
"""What is missing for so long the far side asks for again."""
SETTLE_S = 5.0
"""So long after the last interval all that waits in memory has a number."""
POLL_S = 0.05
PROGRESS_MIN = 0.4
"""A fault waits for this share of the records that a quick machine would have kept by
then: a slow one would do nothing but start what is killed again."""


@dataclass(frozen=True, slots=True)
class Going:
    """A fault that is on.

    Attributes:
        fault: Which.
        begun_s: Of this machine's monotonic clock: whom it kills is dead by then.
        ends_s: When it is to end.
    """

    fault: Fault
    begun_s: float
    ends_s: float


class Run:
    """One run from its first record to its last.

    Args:
        street: Where it happens.
        faults: What is to happen, in its order.
        records_hz: How many records a second a quick machine keeps.
    """

    def __init__(self, street: Street, faults: list[Fault], records_hz: float) -> None:
        self._street = street
        self._coming = list(faults)
        self._records_hz = records_hz
        self._going: list[Going] = []
        self._done: list[Done] = []
        self._asked: dict[str, set[int]] = {subject: set() for subject in SUBJECTS}

    def go(self, records: int, limit_s: float) -> Evidence:
        """Do what is planned until so many records came; return what is known.

        Args:
            records: How many.
            limit_s: After so long nothing new is begun.
        """
        street = self._street
        street.device.start()
        self._await_first()
        begun_s = time.monotonic()
        while self._coming or self._going or self._arrived < records:
            now_s = time.monotonic() - begun_s
            if now_s > limit_s:
                self._give_up()
                records = 0
            self._end_due()
            self._begin_due(now_s)
            time.sleep(POLL_S)
        street.places.evening.touch()
        known = self._await_all()
        street.device.stop()
        street.listener.write(street.places.arrived)
        evidence = gather(street.places, known, street.listener.arrivals, self._done)
        evidence.asked |= self._asked["kpi"]
        evidence.asked_alerts |= self._asked["alert"]
        return evidence

    @property
    def _arrived(self) -> int:
        return len(self._street.listener.seqs["kpi"])

    def _await_first(self) -> None:
        until_s = time.monotonic() + FIRST_S
        while not self._arrived:
            if time.monotonic() > until_s:
                log = self._street.places.log
                raise SystemExit(f"chaos: nothing arrives at all; see {log}")
            time.sleep(POLL_S)

    def _begin_due(self, now_s: float) -> None:
        """Begin what is due and finds what it hurts; the rest waits."""
        progress_s = self._kept / self._records_hz / PROGRESS_MIN
        busy: set[Resource] = {each.fault.kind.resource for each in self._going}
        for fault in list(self._coming):
            if fault.at_s > min(now_s, progress_s):
                return
            if fault.kind.resource not in busy and self._street.begin(fault):
                self._coming.remove(fault)
                busy.add(fault.kind.resource)
                begun_s = time.monotonic()
                self._going.append(Going(fault, begun_s, begun_s + fault.lasts_s))

    @property
    def _kept(self) -> int:
        return self._street.places.kept.read_bytes().count(b"\n")

    def _end_due(self) -> None:
        for each in list(self._going):
            if each.ends_s <= time.monotonic():
                self._street.end(each.fault)
                self._going.remove(each)
                self._note(Done(each.fault, each.begun_s, time.monotonic()))

    def _note(self, done: Done) -> None:
        self._done.append(done)
        with self._street.places.done.open("a", encoding="ascii") as file:
            file.write(f"{done.begun_s} {done.ended_s} {done.fault.kind.name}\n")

    def _give_up(self) -> None:
        if self._coming:
            print(
                f"chaos: {len(self._coming)} faults are left out: this machine is slow",
                file=sys.stderr,
            )
            self._coming.clear()

    def _await_all(self) -> Kept:
        """Return the numbers kept by a moment when all of them have arrived.

        A device on which nobody watches makes holes for ever: those of later come late.
        """
        time.sleep(SETTLE_S)
        until_s = time.monotonic() + DRAIN_S
        known = kept(self._street.places)
        wanted = {
            subject: set(range(1, max(numbers, default=0) + 1))
            for subject, numbers in zip(SUBJECTS, known, strict=True)
        }
        again_s = time.monotonic() + AGAIN_S
        while time.monotonic() < until_s:
            missing = {
                subject: numbers - self._street.listener.seqs[subject]
                for subject, numbers in wanted.items()
            }
            if not any(missing.values()):
                break
            if time.monotonic() > again_s:
                self._ask_again(missing)
                again_s += AGAIN_S
            time.sleep(POLL_S)
        return known

    def _ask_again(self, missing: dict[str, set[int]]) -> None:
        for subject, numbers in missing.items():
            self._asked[subject] |= numbers
            self._street.ask_again(subject, numbers)

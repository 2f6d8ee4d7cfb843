"""Judges a run by what is known of it; shares no code with the product."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from scripts.chaos_run import alarms
from scripts.chaos_run.coverage import ROUNDED_S, overlaps, span, unshown
from scripts.chaos_run.evidence import Evidence, documents
from scripts.chaos_run.faults import Kind
from scripts.chaos_run.hands import Hands, Whereabouts
from scripts.chaos_run.places import CAR, LINE, MARK, mark

Document = dict[str, Any]


@dataclass(slots=True)
class Verdict:
    """What is to be said of a run.

    Attributes:
        records: How many different numbers arrived.
        counted: How many of them tell of an interval that was watched.
        holes: How many say that nobody watched.
        alerts: How many different alerts arrived.
        asked: How many records the far side missed and asked for again.
        asked_alerts: How many alerts.
        repeats: How many messages said again what had arrived.
        lost: What should have arrived and did not, in words.
        duplicated: What arrived twice with another content, or was counted twice.
        misdated: What is further from the truth than it says itself.
        overlaps: Pairs of records that tell of the same time.
        wrong: Figures and totals that are not what was counted.
        undated: How many records make no claim about their time.
        gone: How many intervals were handed over and were somewhere when that was
            killed, by where.
        recovery_s: By kind of fault, how long each took to be as if it had not been.
    """

    records: int = 0
    counted: int = 0
    holes: int = 0
    alerts: int = 0
    asked: int = 0
    asked_alerts: int = 0
    repeats: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    misdated: list[str] = field(default_factory=list)
    overlaps: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    undated: int = 0
    gone: Counter[Whereabouts] = field(default_factory=Counter)
    recovery_s: dict[Kind, list[float]] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether there is nothing to complain of."""
        return not any(self.complaints)

    @property
    def complaints(self) -> list[list[str]]:
        """All that must not be, in words, kind by kind."""
        return [
            self.lost,
            self.duplicated,
            self.misdated,
            self.overlaps,
            self.wrong,
        ]


def judge(evidence: Evidence) -> Verdict:
    """Return what is to be said of a run."""
    verdict = Verdict()
    messages = documents(evidence.arrivals, "kpi")
    by_seq = _by_seq(messages, verdict)
    alerts = _by_seq(documents(evidence.arrivals, "alert"), verdict)
    by_serial = _by_serial(by_seq, verdict)
    verdict.records, verdict.counted = len(by_seq), len(by_serial)
    verdict.holes = sum(serial_of(record) is None for record in by_seq.values())
    verdict.alerts = len(alerts)
    verdict.asked = len(evidence.asked)
    verdict.asked_alerts = len(evidence.asked_alerts)
    verdict.lost += alarms.lost(alerts, evidence.kept_alerts)
    verdict.lost += _lost_numbers(by_seq, evidence.kept)
    verdict.lost += _lost_intervals(evidence, by_seq, by_serial, verdict)
    verdict.misdated += _misdated(evidence, by_seq, verdict)
    verdict.overlaps += overlaps(by_seq.values())
    verdict.wrong += _wrong_totals(by_seq)
    verdict.recovery_s = _recoveries(evidence, messages)
    return verdict


def serial_of(record: Document) -> int | None:
    """Return which interval a record tells of; None where nobody watched."""
    line = record["lines"].get(LINE)
    return None if line is None else int(line["forward"][CAR])


def _by_seq(
    messages: Sequence[tuple[float, Document]], verdict: Verdict
) -> dict[int, Document]:
    found: dict[int, Document] = {}
    for _, record in messages:
        before = found.setdefault(record["seq"], record)
        if before is record:
            continue
        if before == record:
            verdict.repeats += 1
        else:
            verdict.duplicated.append(f"seq {record['seq']} came with two contents")
    return dict(sorted(found.items()))


def _by_serial(by_seq: dict[int, Document], verdict: Verdict) -> dict[int, int]:
    found: dict[int, int] = {}
    for seq, record in by_seq.items():
        serial = serial_of(record)
        if serial is None:
            continue
        if serial in found:
            verdict.duplicated.append(
                f"interval {serial} is counted in seq {found[serial]} and in seq {seq}"
            )
        found[serial] = seq
        if record["lines"][LINE]["backward"] != {MARK: mark(serial)}:
            verdict.wrong.append(f"seq {seq} tells what was not counted")
    return found


def _lost_numbers(by_seq: dict[int, Document], kept: set[int]) -> Iterator[str]:
    last = max(kept, default=0)
    merged = {
        seq
        for last_seq, record in by_seq.items()
        for seq in range(record.get("first_seq", last_seq), last_seq)
    }
    for seq in range(1, last + 1):
        if seq not in by_seq and seq not in merged:
            told = ", which the device said it keeps" if seq in kept else ""
            yield f"seq {seq} never came{told}"


def _lost_intervals(
    evidence: Evidence,
    by_seq: dict[int, Document],
    by_serial: dict[int, int],
    verdict: Verdict,
) -> Iterator[str]:
    """Yield what was handed over and is nowhere, or is missing and shows as no hole."""
    handed = evidence.handed
    hands = Hands(
        evidence.faults, (handed[each] for each in by_serial if each in handed)
    )
    for serial in sorted(evidence.made.keys() - by_serial.keys()):
        handed_s = handed.get(serial)
        if handed_s is None:
            continue  # the vision half had it when it was killed
        where = hands.had(handed_s)
        verdict.gone[where] += 1
        if where is Whereabouts.NOWHERE:
            yield f"interval {serial} was handed over, and nobody was killed with it"
    if verdict.gone.total() > len(by_serial):
        yield f"{verdict.gone.total()} intervals became none of {len(by_seq)} records"
    if (held := verdict.gone[Whereabouts.HAND]) > hands.kills:
        yield f"{held} intervals went with {hands.kills} halves: a half may hold one"
    missing = {
        serial: made
        for serial, made in evidence.made.items()
        if serial not in by_serial
    }
    holes = (record for record in by_seq.values() if serial_of(record) is None)
    yield from unshown(missing, by_serial, holes)


def _misdated(
    evidence: Evidence, by_seq: dict[int, Document], verdict: Verdict
) -> Iterator[str]:
    for seq, record in by_seq.items():
        serial = serial_of(record)
        if serial is None:
            continue
        told = span(record)
        if told is None:
            verdict.undated += 1
            continue
        made = evidence.made[serial]
        off_s = max(told.start_s - made.first_utc_s, made.last_utc_s - told.end_s)
        if off_s > told.uncertainty_s + ROUNDED_S:
            yield (
                f"seq {seq}, interval {serial}: {off_s:.3f} s off, and says "
                f"{told.uncertainty_s} ({_clock(record)})"
            )


def _clock(record: Document) -> str:
    quality = record["quality"]
    return " ".join(quality[key] for key in ("clock", "dated") if key in quality)


def _wrong_totals(by_seq: dict[int, Document]) -> Iterator[str]:
    sums: Counter[str] = Counter()
    for seq, record in by_seq.items():
        line = record["lines"].get(LINE)
        if line is None:
            continue
        sums.update(line["forward"] | line["backward"])
        told = line["total"]["forward"] | line["total"]["backward"]
        if told != sums:
            yield f"seq {seq}: totals {told} are not {dict(sums)}"
            sums = Counter(told)


def _recoveries(
    evidence: Evidence, messages: Sequence[tuple[float, Document]]
) -> dict[Kind, list[float]]:
    """Return how long after each fault something counted after it had arrived."""
    first_s: dict[int, float] = {}
    for time_s, record in messages:
        serial = serial_of(record)
        if serial is not None:
            first_s.setdefault(serial, time_s)
    fresh = sorted(
        (evidence.handed[serial], time_s)
        for serial, time_s in first_s.items()
        if serial in evidence.handed
    )
    handed_s = [each for each, _ in fresh]
    # What arrives first of all that was handed over then or later.
    soonest_s = list(accumulate((time_s for _, time_s in reversed(fresh)), min))[::-1]
    found: dict[Kind, list[float]] = {kind: [] for kind in Kind}
    for done in evidence.faults:
        place = bisect_left(handed_s, done.ended_s)
        if place < len(fresh):
            took_s = max(soonest_s[place] - done.ended_s, 0.0)
            found[done.fault.kind].append(took_s)
    return found

"""Judges what records say of time: what is missing shows, and no time is told twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from scripts.chaos_run.evidence import Made

Document = dict[str, Any]
ROUNDED_S = 0.002
"""Records spell thousandths."""


class Span(NamedTuple):
    """The time that a record tells of.

    Attributes:
        seq: Of the record.
        start_s: By the calendar.
        end_s: Likewise; not part of it.
        uncertainty_s: By how much both may be off, as the record says itself.
    """

    seq: int
    start_s: float
    end_s: float
    uncertainty_s: float

    def meets(self, made: Made) -> bool:
        """Return whether an interval may have been within."""
        return (
            self.start_s - self.uncertainty_s - ROUNDED_S <= made.last_utc_s
            and made.first_utc_s <= self.end_s + self.uncertainty_s + ROUNDED_S
        )


def span(record: Document) -> Span | None:
    """Return the time that a record tells of; None where it claims none."""
    uncertainty_s = record["quality"].get("clock_uncertainty_s")
    if uncertainty_s is None:
        return None
    start_s = datetime.fromisoformat(record["start"]).timestamp()
    return Span(
        record["seq"], start_s, start_s + record["duration_s"], float(uncertainty_s)
    )


def unshown(
    missing: Mapping[int, Made], by_serial: Mapping[int, int], holes: Iterable[Document]
) -> Iterator[str]:
    """Yield every interval that is in no record, and that no hole stands for.

    A hole stands for it that is of its time, or that lies between the records of the
    intervals before it and after it.

    Args:
        missing: By serial number.
        by_serial: Numbers of the records of all others.
        holes: Records of time that nobody watched.
    """
    hole_records = list(holes)
    spans = [found for each in hole_records if (found := span(each)) is not None]
    hole_seqs = [each["seq"] for each in hole_records]
    before = 0
    for before, after in pairwise([0, *sorted(by_serial)]):
        gone = [serial for serial in range(before + 1, after) if serial in missing]
        low, high = by_serial.get(before, 0), by_serial[after]
        if not gone or any(low < seq < high for seq in hole_seqs):
            continue
        for serial in gone:
            if not any(each.meets(missing[serial]) for each in spans):
                yield f"interval {serial} is missing, and no hole stands for it"


def overlaps(records: Iterable[Document]) -> Iterator[str]:
    """Yield pairs of records that tell of one time, beyond what they may be off."""
    spans: Sequence[Span] = sorted(
        (found for each in records if (found := span(each)) is not None),
        key=lambda each: (each.start_s, each.end_s),
    )
    for first, second in pairwise(spans):
        allowed_s = first.uncertainty_s + second.uncertainty_s + ROUNDED_S
        common_s = min(first.end_s, second.end_s) - second.start_s
        if common_s > allowed_s:
            yield (
                f"seq {first.seq} and seq {second.seq} both tell of {common_s:.3f} s, "
                f"and say {first.uncertainty_s} and {second.uncertainty_s}"
            )

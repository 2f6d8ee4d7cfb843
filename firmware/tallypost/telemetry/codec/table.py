"""Records as rows of a table: one for each interval, element, direction and class."""

from collections.abc import Iterator, Mapping

from tallypost.domain.fields import instant_text
from tallypost.domain.records import KpiRecord
from tallypost.domain.words import Counts

COLUMNS = (
    "device",
    "first_seq",
    "seq",
    "start",
    "duration_s",
    "observed_s",
    "clock",
    "element",
    "direction",
    "class",
    "count",
    "total",
)
Row = dict[str, str | int | float]


def rows(record: KpiRecord, elements: frozenset[str] = frozenset()) -> Iterator[Row]:
    """Give the rows of one record, by `COLUMNS`; what is not known is left out of them.

    A line has directions forward and backward, a zone has entries and exits. Where
    nobody came in a direction there is one row without a class, and its count is 0.
    Where nothing was watched at all there is one row without an element or a count.

    Args:
        record: What was counted.
        elements: Names of lines and zones; only these. Without, all.
    """
    interval = record.interval
    head: Row = {
        "device": record.device,
        "first_seq": record.numbers.start,
        "seq": record.seq,
        "start": instant_text(interval.start_utc_s),
        "duration_s": interval.duration_s,
        "observed_s": interval.quality.observed_s,
        "clock": interval.quality.clock.value,
    }
    if not interval.lines and not interval.zones:
        yield head
    for name, line in interval.lines.items():
        if elements and name not in elements:
            continue
        total = line.total
        here: Row = head | {"element": name}
        yield from _direction(
            here, "forward", line.forward, total.forward if total else {}
        )
        yield from _direction(
            here, "backward", line.backward, total.backward if total else {}
        )
    for name, zone in interval.zones.items():
        if elements and name not in elements:
            continue
        here = head | {"element": name}
        yield from _direction(here, "entries", zone.entries, {})
        yield from _direction(here, "exits", zone.exits, {})


def _direction(
    head: Mapping[str, str | int | float], direction: str, counts: Counts, total: Counts
) -> Iterator[Row]:
    here = {**head, "direction": direction}
    if not counts:
        yield {**here, "count": 0}
    for label, count in counts.items():
        row: Row = {**here, "class": label, "count": count}
        if label in total:
            row["total"] = total[label]
        yield row

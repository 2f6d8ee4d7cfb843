"""Sums what was counted by hours and over a day, from what the outbox still has."""

import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from tallypost.domain import fields
from tallypost.domain.json_text import parse
from tallypost.errors import RecordError
from tallypost.telemetry.codec.json_v1 import PAYLOAD_BYTES_MAX
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.rows import Row

HOUR_S, DAY_S = 3600.0, 86_400.0
PAGE_RECORDS = 500
Result = TypeVar("Result")
Seen = tuple[int, float, Mapping[str, Any]]
"""A record's number, its beginning, and itself as JSON."""
ByDirection = dict[str, dict[str, dict[str, int]]]
"""By line, class and direction, how many."""


class Records(Protocol):
    """Where records are."""

    def look(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what a piece of work returns that reads the database.

        Raises:
            OutboxUnavailableError: The disk refuses; try again later.
        """
        ...


def since(records: Records, from_utc_s: float) -> ByDirection:
    """Return how many crossed each line from a moment on.

    Raises:
        OutboxUnavailableError: The disk refuses; try again later.
    """
    found: ByDirection = {}
    for _, _, record in _records(records, from_utc_s):
        for line, figures in record.get("lines", {}).items():
            of_line = found.setdefault(line, {})
            for way in ("forward", "backward"):
                for label, count in figures.get(way, {}).items():
                    ways = of_line.setdefault(label, {"forward": 0, "backward": 0})
                    ways[way] += count
    return found


def by_hour(records: Records, from_utc_s: float) -> list[dict[str, object]]:
    """Return what was counted in each hour, the oldest first; empty ones are left out.

    Each has `start`, `observed_s`, `lines` (crossings both ways by line and class),
    `zones` (entries by zone and class) and `car_parks` (spaces taken at its end).

    Raises:
        OutboxUnavailableError: The disk refuses; try again later.
    """
    hours: dict[float, dict[str, Any]] = {}
    for _, start_utc_s, record in _records(records, from_utc_s):
        start_s = math.floor(start_utc_s / HOUR_S) * HOUR_S
        if start_s not in hours:
            hours[start_s] = {
                "start": fields.instant_text(start_s),
                "observed_s": 0.0,
                **{kind: {} for kind in ("lines", "zones", "car_parks")},
            }
        _add(hours[start_s], record)
    return [hours[start_s] for start_s in sorted(hours)]


def _add(hour: dict[str, Any], record: Mapping[str, Any]) -> None:
    hour["observed_s"] += record.get("quality", {}).get("observed_s", 0.0)
    for kind, ways in (("lines", ("forward", "backward")), ("zones", ("entries",))):
        for name, figures in record.get(kind, {}).items():
            counts = hour[kind].setdefault(name, {})
            for way in ways:
                for label, count in figures.get(way, {}).items():
                    counts[label] = counts.get(label, 0) + count
    for name, figures in record.get("car_parks", {}).items():
        hour["car_parks"][name] = figures.get("occupied", 0)


def _records(records: Records, from_utc_s: float) -> Iterator[Seen]:
    """Give records as JSON: to read them whole would take ten times as long."""
    seq = 0
    while page := records.look(partial(_page, after_seq=seq, from_utc_s=from_utc_s)):
        seq = page[-1][0]
        yield from page


def _page(
    connection: sqlite3.Connection, *, after_seq: int, from_utc_s: float
) -> list[Seen]:
    found = ledger.rows(
        connection,
        "seq > ? AND start_utc_s >= ? AND boot IS NULL",
        *(after_seq, from_utc_s),
        limit=PAGE_RECORDS,
    )
    return [(row.seq, row.start_utc_s, _read(row)) for row in found]


def _read(row: Row) -> Mapping[str, Any]:
    """Return a record as JSON; an empty one where the card has damaged it."""
    try:
        found = parse(row.payload, bytes_max=PAYLOAD_BYTES_MAX) if row.sound else {}
    except RecordError:
        found = {}
    return fields.mapping(found, "")

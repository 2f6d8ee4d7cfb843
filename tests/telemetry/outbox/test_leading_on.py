"""Outboxes that older versions have left behind."""

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.records import Interval, KpiRecord
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.database import (
    APPLICATION_ID,
    PAGE_BYTES,
    SCHEMA_STEPS,
)
from tallypost.telemetry.outbox.outbox import Outbox

Make = Callable[..., Interval]
Open = Callable[[], Outbox]


def payload_of(seq: int, interval: Interval, cars: int) -> bytes:
    total = LineTotals(forward={"car": cars}, backward={})
    gate = LineFigures(forward={"car": 1}, backward={}, total=total)
    counted = replace(interval, lines={"gate": gate})
    return json_v1.encode(KpiRecord(device="tp-1", seq=seq, interval=counted))


@pytest.fixture
def waiting(path: Path, interval: Make) -> list[bytes]:
    """What waits in an outbox of the second version; 42 never will be taken."""
    payloads = [payload_of(seq, interval(seq), seq) for seq in (39, 41, 44, 45)]
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.executescript(SCHEMA_STEPS[0] + SCHEMA_STEPS[1])
    for seq, payload in zip((39, 41, 44, 45), payloads, strict=True):
        row = (seq, payload, zlib.crc32(payload) + (seq == 45))
        database.execute("INSERT INTO pending VALUES (?, ?, ?)", row)
    refused = payload_of(42, interval(42), 42)
    database.execute(
        "INSERT INTO rejected VALUES (42, ?, 'too large', 5.0)", (refused,)
    )
    database.execute("INSERT INTO total VALUES ('gate', 'forward', 'car', 47)")
    database.execute("INSERT INTO total VALUES ('old', 'backward', 'bus', 9)")
    database.execute("INSERT INTO fact VALUES ('last_seq', 46)")
    database.execute("INSERT INTO fact VALUES ('last_alert_seq', 3)")
    end_utc_s = interval(46).end_utc_s
    database.execute("INSERT INTO fact VALUES ('covered_until_utc_s', ?)", (end_utc_s,))
    begun = Alert(kind=AlertKind.WRONG_WAY, state=AlertState.BEGUN, time_utc_s=1.0)
    alert = json_v1.encode_alert(AlertRecord(device="tp-1", seq=3, alert=begun))
    database.execute(
        "INSERT INTO alert VALUES (3, NULL, ?, ?)", (alert, zlib.crc32(alert))
    )
    database.execute("INSERT INTO ongoing VALUES (3, ?)", (alert,))
    database.execute(f"PRAGMA application_id={APPLICATION_ID}")
    database.execute("PRAGMA user_version=2")
    database.commit()
    database.close()
    return payloads[:3]


def test_what_waited_waits_and_what_was_set_aside_does_not(
    reopen: Open, waiting: list[bytes], interval: Make
) -> None:
    outbox = reopen()

    assert [row.payload for row in outbox.head(9)] == waiting
    assert outbox.pending == 3
    assert [record.seq for record in outbox.history(0.0, 1e12)] == [39, 41, 42, 44]
    assert outbox.covered_until_utc_s == interval(46).end_utc_s
    assert [row.seq for row in reopen().head(9)] == [39, 41, 44]


def test_bytes_that_one_bit_has_made_a_text_stay_behind(
    reopen: Open, waiting: list[bytes], path: Path
) -> None:
    database = sqlite3.connect(path)
    for table, seq in (("pending", 41), ("rejected", 42)):
        database.execute(
            f"UPDATE {table} SET payload=CAST(payload AS TEXT) WHERE seq=?", (seq,)
        )
    database.commit()
    database.close()
    outbox = reopen()

    assert [row.payload for row in outbox.head(9)] == [waiting[0], waiting[2]]
    assert [record.seq for record in outbox.history(0.0, 1e12)] == [39, 44]


def test_numbers_totals_and_alerts_go_on(
    reopen: Open, waiting: list[bytes], interval: Make
) -> None:
    del waiting
    outbox = reopen()
    record = outbox.put(interval(47, cars=2), "tp-1")

    assert record is not None
    assert record.seq == 47
    total = record.interval.lines["gate"].total
    assert total is not None
    assert total.forward == {"car": 49}
    outbox = reopen()
    assert [row.seq for row in outbox.head(9)] == [39, 41, 44, 47]
    old = replace(interval(48), lines={"old": LineFigures(backward={"bus": 1})})
    record = outbox.put(old, "tp-1")
    assert record is not None
    assert record.interval.lines["old"].total == LineTotals(backward={"bus": 10})
    ended = Alert(kind=AlertKind.WRONG_WAY, state=AlertState.ENDED, time_utc_s=2.0)
    alert = outbox.alerts.put(ended, "tp-1")
    assert alert is not None
    assert (alert.seq, alert.begun_seq) == (4, 3)
    assert [row.seq for row in reopen().alerts.head(9)] == [3, 4]


def test_the_number_of_an_alert_that_went_out_is_not_used_again(
    reopen: Open, waiting: list[bytes], path: Path
) -> None:
    """Where nothing but a note tells of it."""
    del waiting
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DELETE FROM alert")
        database.execute("DELETE FROM ongoing")
    outbox = reopen()
    assert outbox.alerts.head(9) == []
    begun = Alert(kind=AlertKind.WRONG_WAY, state=AlertState.BEGUN, time_utc_s=2.0)
    alert = outbox.alerts.put(begun, "tp-1")

    assert alert is not None
    assert alert.seq == 4


def test_reasons_are_kept_and_pages_grow_small(
    reopen: Open, waiting: list[bytes], path: Path
) -> None:
    del waiting
    reopen().close()
    database = sqlite3.connect(path)
    reasons = database.execute("SELECT seq, reason, utc_s FROM rejected").fetchall()
    (page_bytes,) = database.execute("PRAGMA page_size").fetchone()
    tables = database.execute("SELECT name FROM sqlite_schema").fetchall()
    database.close()

    assert reasons == [(42, "too large", 5.0)]
    assert page_bytes == PAGE_BYTES
    assert not {("pending",), ("rejected_before",)} & set(tables)

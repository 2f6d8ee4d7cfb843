"""Outboxes of the version before records were folded."""

import json
import sqlite3
import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.records import Interval, KpiRecord
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.database import (
    APPLICATION_ID,
    SCHEMA_STEPS,
    SCHEMA_VERSION,
)
from tallypost.telemetry.outbox.history import records_between
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.packing import DICTIONARIES

Make = Callable[..., Interval]
Open = Callable[[], Outbox]
IN_THE_DATABASE, IN_THE_LOGBOOK = range(1, 5), range(5, 9)


def packed(text: bytes) -> bytes:
    """Return a text as that version packed it."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=DICTIONARIES[b"\x01"])
    return b"\x01" + deflate.compress(text) + deflate.flush()


def entry(edition: int, text: bytes) -> bytes:
    """Return an entry of the logbook as that version wrote it."""
    body = packed(text)
    told = struct.pack(">QI", edition, len(body)) + body
    whole = struct.pack(">4sI", b"tply", zlib.crc32(told)) + told
    return whole.ljust(-(-len(whole) // 512) * 512, b"\0")


@pytest.fixture
def payloads(path: Path, interval: Make) -> dict[int, bytes]:
    """What an outbox of that version holds; up to 2 it went out."""

    def payload(seq: int) -> bytes:
        total = LineTotals(forward={"car": 3 * seq}, backward={})
        gate = LineFigures(forward={"car": 3}, backward={}, total=total)
        counted = replace(interval(seq), lines={"gate": gate})
        return json_v1.encode(KpiRecord(device="tp-1", seq=seq, interval=counted))

    texts = {seq: payload(seq) for seq in (*IN_THE_DATABASE, *IN_THE_LOGBOOK)}
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.executescript("".join(SCHEMA_STEPS[:5]))
        for seq in IN_THE_DATABASE:
            due = "3-" if seq == IN_THE_DATABASE[-1] else None
            times = (interval(seq).start_utc_s, 60.0)
            row = packed(texts[seq])
            facts = f"{seq} {times[0]} {times[1]} None {due}"
            checksum = zlib.crc32(row, zlib.crc32(facts.encode()))
            database.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)",
                (seq, row, checksum, *times, due),
            )
        database.execute("INSERT INTO fact VALUES ('logged', 1)")
        database.execute(f"PRAGMA application_id={APPLICATION_ID}")
        database.execute("PRAGMA user_version=5")
        database.commit()
    book = entry(9, b"")
    for seq in IN_THE_LOGBOOK:
        told = json.dumps([seq, interval(seq).start_utc_s, 60.0, None, None, "3-"])
        book += entry(9, b"%s\n%s\n" % (told.encode(), texts[seq]))
    path.with_name(f"{path.name}.logbook").write_bytes(book.ljust(64 * 1024, b"\0"))
    return texts


def test_nothing_of_it_is_lost_and_nothing_goes_out_twice(
    reopen: Open, payloads: dict[int, bytes], interval: Make, path: Path
) -> None:
    outbox = reopen()
    waiting = {row.seq: row.payload for row in outbox.head(99)}
    assert waiting == {seq: text for seq, text in payloads.items() if seq > 2}
    gate = LineFigures(forward={"car": 1}, backward={})
    record = outbox.put(replace(interval(9), lines={"gate": gate}), "tp-1")
    assert record is not None
    assert record.seq == 9
    total = record.interval.lines["gate"].total
    assert total is not None
    assert total.forward == {"car": 25}
    outbox.close()

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    again = reopen()
    kept = [*records_between(again.look, 0.0, 2e9)]
    assert [each.seq for each in kept] == list(range(1, 10))
    assert {each.seq: json_v1.encode(each) for each in kept[:-1]} == payloads

"""Alerts in the outbox: told in pairs, counted apart, bounded, nothing half told."""

import signal
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.records import ClockTrust, Interval, KpiRecord
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import alerts, stored_alerts
from tallypost.telemetry.outbox.database import (
    APPLICATION_ID,
    SCHEMA_STEPS,
    SCHEMA_VERSION,
)
from tallypost.telemetry.outbox.outbox import Outbox

Open = Callable[[], Outbox]
BEGUN = Alert(
    kind=AlertKind.INTRUSION,
    state=AlertState.BEGUN,
    time_utc_s=1_795_342_500.25,
    collection="intrusions",
    element="tracks",
    label="person",
    clock=ClockTrust.SYNCED,
)
ENDED = replace(BEGUN, state=AlertState.ENDED, value=7.5)
OPENED = Alert(
    kind=AlertKind.TAMPER, state=AlertState.BEGUN, time_utc_s=1_795_342_500.0
)


def put(outbox: Outbox, alert: Alert) -> AlertRecord:
    record = outbox.alerts.put(alert, "tp-1")
    assert record is not None
    return record


def waiting(outbox: Outbox) -> list[AlertRecord]:
    return [json_v1.decode_alert(row.payload) for row in outbox.alerts.head(10_000)]


def of(element: str, alert: Alert = BEGUN) -> Alert:
    return replace(alert, element=element)


def test_what_ends_names_what_began(reopen: Open) -> None:
    outbox = reopen()
    begun, ended = put(outbox, BEGUN), put(outbox, ENDED)

    assert (begun.seq, begun.begun_seq) == (1, None)
    assert (ended.seq, ended.begun_seq) == (2, 1)
    assert waiting(outbox) == [begun, ended]


def test_of_several_that_go_on_the_one_of_the_same_class_ends(reopen: Open) -> None:
    outbox = reopen()
    for label in ("car", "bus"):
        put(outbox, replace(BEGUN, label=label))

    assert put(outbox, replace(ENDED, label="bus")).begun_seq == 2
    assert put(outbox, replace(ENDED, label=None)).begun_seq == 1


def test_alerts_are_counted_apart_from_records(
    reopen: Open, interval: Callable[..., Interval]
) -> None:
    outbox = reopen()
    outbox.put(interval(), "tp-1")
    put(outbox, BEGUN)
    record = outbox.put(interval(1), "tp-1")

    assert record is not None
    assert record.seq == 2
    assert [alert.seq for alert in waiting(outbox)] == [1]


def test_numbers_and_what_goes_on_survive_a_restart(reopen: Open) -> None:
    outbox = reopen()
    put(outbox, BEGUN)
    outbox.alerts.delivered([1])
    outbox = reopen()

    assert outbox.alerts.pending == 0
    assert put(outbox, ENDED).begun_seq == 1


def test_the_end_of_what_nobody_was_told_of_is_not_told(reopen: Open) -> None:
    outbox = reopen()

    assert outbox.alerts.put(ENDED, "tp-1") is None
    assert outbox.alerts.pending == 0


def test_all_that_goes_on_can_be_ended_at_once(reopen: Open) -> None:
    outbox = reopen()
    put(outbox, BEGUN)
    put(outbox, of("bridge"))
    put(outbox, ENDED)
    outbox = reopen()
    over = outbox.alerts.end_all("tp-1", time_utc_s=9.0, clock=ClockTrust.HOLDOVER)

    assert [(each.begun_seq, each.alert.element) for each in over] == [(2, "bridge")]
    assert over[0].alert.state is AlertState.ENDED
    assert over[0].alert.clock is ClockTrust.HOLDOVER
    assert outbox.alerts.end_all("tp-1", time_utc_s=9.0, clock=ClockTrust.SYNCED) == []


def test_what_the_box_tells_goes_on_when_the_other_half_begins_afresh(
    reopen: Open,
) -> None:
    outbox = reopen()
    put(outbox, BEGUN)
    put(outbox, OPENED)
    outbox = reopen()
    over = outbox.alerts.end_all("tp-1", time_utc_s=9.0, clock=ClockTrust.SYNCED)

    assert [each.begun_seq for each in over] == [1]
    assert outbox.alerts.going_on(AlertKind.TAMPER)
    assert put(outbox, replace(OPENED, state=AlertState.ENDED)).begun_seq == 2
    assert not outbox.alerts.going_on(AlertKind.TAMPER)


def test_numbers_are_never_used_again_when_the_database_is_deleted(
    reopen: Open, path: Path
) -> None:
    outbox = reopen()
    seq = put(outbox, BEGUN).seq
    outbox.close()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)

    assert put(reopen(), BEGUN).seq > seq


def test_a_damaged_file_gives_back_its_alerts_and_what_goes_on(
    reopen: Open, path: Path, interval: Callable[..., Interval]
) -> None:
    outbox = reopen()
    put(outbox, BEGUN)
    put(outbox, of("bridge"))
    put(outbox, of("bridge", ENDED))
    for minute in range(300):
        outbox.put(interval(minute), "tp-1")
    outbox.close()
    with path.open("r+b") as file:
        file.seek(-8192, 2)
        file.write(b"\xff" * 8192)
    outbox = reopen()

    assert list(path.parent.glob("*.corrupt-*"))
    assert [alert.seq for alert in waiting(outbox)] == [1, 2, 3]
    ended = put(outbox, ENDED)
    assert ended.begun_seq == 1
    assert ended.seq > 3


@pytest.fixture
def first_payload(path: Path, interval: Callable[..., Interval]) -> bytes:
    """What waits in an outbox that the first version has left behind."""
    payload = json_v1.encode(KpiRecord(device="tp-1", seq=41, interval=interval()))
    path.parent.mkdir()
    database = sqlite3.connect(path)
    database.executescript(SCHEMA_STEPS[0])
    database.execute(
        "INSERT INTO pending VALUES (41, ?, ?)", (payload, zlib.crc32(payload))
    )
    database.execute("INSERT INTO fact VALUES ('last_seq', 41)")
    database.execute(f"PRAGMA application_id={APPLICATION_ID}")
    database.execute("PRAGMA user_version=1")
    database.commit()
    database.close()
    return payload


def test_an_outbox_of_the_first_version_is_led_on(
    reopen: Open, first_payload: bytes, interval: Callable[..., Interval]
) -> None:
    outbox = reopen()

    assert [row.payload for row in outbox.head(9)] == [first_payload]
    assert put(outbox, BEGUN).seq == 1
    record = outbox.put(interval(1), "tp-1")
    assert record is not None
    assert record.seq == 42


CUT_OPENINGS = """
import itertools, os, shutil, signal, sqlite3, sys
from functools import partial
from pathlib import Path
from tallypost.telemetry.outbox import database

class Cut(sqlite3.Connection):
    left = 0

    def execute(self, *statement):
        if Cut.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        Cut.left -= 1
        return super().execute(*statement)

path = Path(sys.argv[1])
for Cut.left in itertools.count():
    folder = path.parent / str(Cut.left)
    folder.mkdir()
    copied = Path(shutil.copy(path, folder))
    child = os.fork()
    if not child:
        sqlite3.connect = partial(sqlite3.connect, factory=Cut)
        database.open_database(copied)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(copied, code, flush=True)
    if code == 0:
        break
"""


def test_an_outbox_that_is_cut_off_while_it_is_led_on_loses_nothing(
    path: Path, first_payload: bytes, board: SimulatedBoard
) -> None:
    """Before each of its statements in turn, until it has done them all."""
    versions: list[int] = []
    cut = [sys.executable, "-c", CUT_OPENINGS, str(path)]
    told = subprocess.run(cut, check=True, capture_output=True, text=True).stdout
    *cut_off, whole = (line.rsplit(" ", 1) for line in told.splitlines())
    assert {code for _, code in cut_off} == {str(-signal.SIGKILL)}
    assert whole[1] == "0"
    for name, _ in (*cut_off, whole):
        copied = Path(name)
        database = sqlite3.connect(copied)
        versions += database.execute("PRAGMA user_version").fetchone()
        database.close()
        outbox = Outbox(copied, board=board)
        kept = [row.payload for row in outbox.head(9)]
        seq = put(outbox, BEGUN).seq
        outbox.close()
        assert (kept, seq) == ([first_payload], 1)
        assert not list(copied.parent.glob("*.corrupt-*")), "it is torn in no place"

    assert sorted(set(versions)) == [1, SCHEMA_VERSION]
    assert versions == sorted(versions)
    assert versions.count(1) > len(SCHEMA_STEPS[1].split(";"))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_alerts, "ALERTS_MAX", 6)
    monkeypatch.setattr(alerts, "MEMORY_ALERTS_MAX", 2)


@pytest.mark.usefixtures("few")
def test_where_too_many_wait_the_oldest_that_are_over_are_dropped_in_pairs(
    reopen: Open,
) -> None:
    outbox = reopen()
    put(outbox, of("bridge"))
    for number in range(20):
        put(outbox, replace(BEGUN, value=float(number)))
        put(outbox, ENDED)
    kept = waiting(outbox)

    assert len(kept) <= 6
    assert kept[0].alert.element == "bridge", "it goes on: that is still to be told"
    told = {alert.seq for alert in kept}
    assert all(alert.begun_seq in told for alert in kept if alert.begun_seq)
    assert kept[-2].alert.value == 19.0


@pytest.mark.usefixtures("few")
def test_where_all_that_wait_goes_on_a_new_one_is_refused_with_its_end(
    reopen: Open, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = reopen()
    for number in range(6):
        put(outbox, of(f"n{number}"))

    assert outbox.alerts.put(of("late"), "tp-1") is None
    assert outbox.alerts.put(of("late", ENDED), "tp-1") is None
    assert outbox.alerts.refused == 1
    assert put(outbox, of("n3", ENDED)).begun_seq == 4
    assert "alerts are many" in caplog.text


@pytest.mark.usefixtures("few")
def test_what_may_be_on_its_way_is_not_dropped(reopen: Open) -> None:
    outbox = reopen()
    put(outbox, BEGUN)
    assert [row.seq for row in outbox.alerts.head(3)] == [1]
    for _ in range(10):
        put(outbox, ENDED)
        put(outbox, BEGUN)

    assert {1, 2} <= {alert.seq for alert in waiting(outbox)}


@pytest.mark.usefixtures("few")
def test_while_the_disk_refuses_alerts_wait_in_memory_and_keep_their_pairs(
    reopen: Open,
) -> None:
    outbox = reopen()
    put(outbox, of("bridge"))
    connection = outbox._store._opened()
    connection.execute("PRAGMA query_only=ON")
    put_late = [BEGUN, ENDED, of("late"), of("late", ENDED), of("bridge", ENDED)]

    assert [outbox.alerts.put(alert, "tp-1") for alert in put_late] == [None] * 5
    assert outbox.alerts.pending == 4, "late was refused, with its end"
    connection.execute("PRAGMA query_only=OFF")
    outbox.flush()
    told = [(alert.alert.element, alert.begun_seq) for alert in waiting(outbox)]

    assert told == [("bridge", None), ("tracks", None), ("tracks", 2), ("bridge", 1)]


def test_an_alert_whose_bits_flipped_on_the_card_is_never_sent(
    reopen: Open, path: Path
) -> None:
    outbox = reopen()
    put(outbox, BEGUN)
    put(outbox, ENDED)
    outbox.close()
    database = sqlite3.connect(path)
    database.execute("UPDATE alert SET payload=x'00' WHERE seq=1")
    database.commit()
    database.close()
    outbox = reopen()

    assert [row.seq for row in outbox.alerts.head(9)] == [2]
    assert outbox.alerts.pending == 1


WRITER = """
import os, sys
from pathlib import Path
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.telemetry.outbox.outbox import Outbox

alerts = Outbox(Path(sys.argv[1]), board=SimulatedBoard()).alerts
while True:
    for state in AlertState:
        record = alerts.put(
            Alert(kind=AlertKind.WRONG_WAY, state=state, time_utc_s=1.0), "tp-1"
        )
        if record:
            os.write(1, f"{record.seq}\\n".encode())
"""


def test_a_kill_at_any_instant_loses_no_alert_and_uses_no_number_twice(
    path: Path, board: SimulatedBoard
) -> None:
    said: list[int] = []
    for kill in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(1 + 5 * kill)]
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.read().splitlines(keepends=True)
        said += [int(line) for line in lines if line.endswith("\n")]
    outbox = Outbox(path, board=board)
    kept = waiting(outbox)
    outbox.close()

    assert len(said) == len(set(said)) > 20
    assert set(said) <= {alert.seq for alert in kept}
    told: dict[int, AlertRecord] = {alert.seq: alert for alert in kept}
    assert all(
        told[alert.begun_seq].alert.state is AlertState.BEGUN
        for alert in kept
        if alert.begun_seq
    )


def test_bytes_that_the_card_has_made_a_text_of_hold_up_no_other_alert(
    reopen: Open, path: Path
) -> None:
    outbox = reopen()
    for element in ("tracks", "bridge"):
        put(outbox, of(element))
    outbox.close()
    with sqlite3.connect(path) as connection:
        for table in ("alert", "ongoing"):
            connection.execute(
                f"UPDATE {table} SET payload = CAST(payload AS TEXT) WHERE seq = 1"
            )
    connection.close()
    outbox = reopen()
    assert [record.alert.element for record in waiting(outbox)] == ["bridge"]
    assert outbox.alerts.put(of("tracks", ENDED), "tp-1") is None
    assert put(outbox, of("bridge", ENDED)).begun_seq == 2

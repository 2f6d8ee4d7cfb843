"""The half that speaks tells how the device is, as soon as it has a link."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from tallypost.assembly.health import organs
from tallypost.assembly.telemetry import open_speech
from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.handover import Handover
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import ClockTrust, Interval, Provenance, Quality
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.rows import row_of
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.wall.frame import Alphabet
from tests.servers.mosquitto import Mosquitto, free_port
from tests.telemetry.listening import QUICK, Listener, until

HANDOVER = Handover(
    device="tp-1",
    daemon=os.getpid(),
    paced=True,
    interval_s=60.0,
    intervals_per_minute=1.0,
    alphabet=Alphabet(classes=("car",), elements={"lines": {"gate": ()}}),
    provenance=Provenance(model=None, site="sha256:1", firmware="0.1.0"),
)


def test_health_and_status_come_with_the_first_connection(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "m").start()
    settings = tmp_path / "tallypost.toml"
    settings.write_text(
        f'[uplink]\nkind = "mqtt"\nhost = "127.0.0.1"\nport = {broker.port}\n'
        'tls = false\n[outbox]\npath = "outbox.db"\n'
    )
    with closing(Listener(broker.port)) as listener:
        with open_speech(settings, HANDOVER, LinuxBoard()):
            until(lambda: bool(listener.payloads("tallypost/tp-1/health")))
        [payload] = listener.payloads("tallypost/tp-1/health")
        record = json_v1.decode_health(payload)
        online = listener.payloads("tallypost/tp-1/status")[0]
    broker.stop()
    assert record.device == "tp-1"
    assert record.health.site == "sha256:1"
    assert record.health.outbox.records == 0
    assert record.health.link is not None
    assert record.health.board.disk_free_mb is not None
    assert b'"firmware":"0.1.0","site":"sha256:1"' in online
    assert b"tallypost.health/1" in online


def test_what_waits_is_told_with_its_age(tmp_path: Path) -> None:
    file, board = tmp_path / "outbox.db", SimulatedBoard(utc_s=1_700_000_040.0)
    outbox = Outbox(file, board=board)
    uplink = MqttUplink(
        Broker(host="127.0.0.1", port=free_port()),
        device="tp-1",
        pace=QUICK,
        board=LinuxBoard(),
    )
    ask = organs(file, outbox, lambda: uplink.health, board).outbox
    assert (ask().records, ask().oldest_s) == (0, None)
    assert ask().last_alert_seq is None
    quality = Quality(
        observed_s=60.0, frames=1, frames_dropped=0, clock=ClockTrust.SYNCED
    )
    for minute in range(3):
        outbox.put(
            Interval(
                start_utc_s=1_700_000_040.0 + 60.0 * minute,
                duration_s=60.0,
                lines={},
                zones={},
                quality=quality,
            ),
            "tp-1",
        )
    begun = Alert(kind=AlertKind.CAMERA_DARK, state=AlertState.BEGUN, time_utc_s=1.0)
    outbox.alerts.put(begun, "tp-1")
    outbox.alerts.delivered([1])
    board.advance(600.0)
    told = ask()
    uplink.close()
    outbox.close()
    assert (told.records, told.alerts, told.refused) == (3, 0, 0)
    assert told.last_alert_seq == 1, "also once it has gone out"
    assert told.undated == 0
    assert told.oldest_s == 600.0
    assert told.disk_bytes is not None
    assert told.disk_bytes > 4096


def test_a_record_in_the_words_of_another_version_keeps_no_health_back(
    tmp_path: Path,
) -> None:
    file, board = tmp_path / "outbox.db", SimulatedBoard(utc_s=1_700_000_040.0)
    quality = Quality(
        observed_s=60.0, frames=1, frames_dropped=0, clock=ClockTrust.SYNCED
    )
    interval = Interval(
        start_utc_s=1_700_000_040.0,
        duration_s=60.0,
        lines={},
        zones={},
        quality=quality,
    )
    with closing(Outbox(file, board=board)) as outbox:
        record = outbox.put(interval, "tp-1")
    assert record is not None
    told = json_v1.encode(record).replace(b'"synced"', b'"atomic"')
    with closing(sqlite3.connect(file)) as connection, connection:
        ledger.insert(connection, row_of(record, told))
    with (
        closing(Outbox(file, board=board)) as outbox,
        closing(
            MqttUplink(
                Broker(host="127.0.0.1", port=free_port()),
                device="tp-1",
                pace=QUICK,
                board=LinuxBoard(),
            )
        ) as uplink,
    ):
        health = organs(file, outbox, lambda: uplink.health, board).outbox()
    assert (health.records, health.oldest_s) == (1, None)

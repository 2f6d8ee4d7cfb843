"""Outbox, delivery and a real broker that is killed, slow or unwilling."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.records import Interval
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.mosquitto import Mosquitto
from tests.servers.proxy import Proxy
from tests.telemetry.listening import QUICK, Listener, is_up, until

Make = Callable[..., Interval]


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.db", board=LinuxBoard())
    yield opened
    opened.close()


@contextmanager
def delivering(outbox: Outbox, broker: Broker) -> Iterator[Delivery]:
    """Deliver in the background."""
    uplink = MqttUplink(broker, device="tp-1", pace=QUICK, board=LinuxBoard())
    delivery, stop = Delivery(outbox, uplink, LinuxBoard()), threading.Event()
    running = threading.Thread(target=delivery.run, args=(stop,))
    running.start()
    try:
        yield delivery
    finally:
        stop.set()
        running.join(60)
        uplink.close()


def test_a_broker_killed_three_times_loses_none_of_500_records(
    outbox: Outbox, mosquitto: Mosquitto, listener: Listener, interval: Make
) -> None:
    def heard() -> Counter[int]:
        return Counter(json.loads(payload)["seq"] for payload in listener.payloads())

    proxy = Proxy(mosquitto.port)
    with delivering(outbox, Broker(host="127.0.0.1", port=proxy.port)) as delivery:
        for number in range(1, 501):
            assert outbox.put(interval(number), "tp-1") is not None
            # Some are under way at each kill: half of them answered, the answers lost.
            # What mosquitto has answered and not saved yet it would lose: it is given
            # the time to save, which a power cut would not. Not ours to mend.
            if number in (110, 230, 350):
                until(lambda: listener.connected)
                proxy.delay_s = 5
            elif number in (115, 235, 355):
                proxy.mute = True
            elif number in (120, 240, 360):
                time.sleep(0.3)
                mosquitto.kill()
                proxy.delay_s, proxy.mute = 0, False
                proxy.cut()
                mosquitto.start()
        until(lambda: outbox.pending == 0)
        until(lambda: len(heard()) == 500)
    proxy.close()
    assert set(heard()) == set(range(1, 501))
    assert delivery.delivered == 500


def test_a_publish_that_is_denied_stays_in_the_outbox_until_the_rules_allow_it(
    tmp_path: Path, outbox: Outbox, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic write tallypost/tp-1/status\n")
    mosquitto = Mosquitto(tmp_path / "m", f"allow_anonymous true\nacl_file {rules}")
    mosquitto.start()
    broker = Broker(host="127.0.0.1", port=mosquitto.port)
    try:
        outbox.put(interval(), "tp-1")
        with delivering(outbox, broker):
            until(lambda: "records refused, they are kept" in caplog.text)
        assert outbox.pending == 1
        rules.write_text("topic write tallypost/tp-1/#\n")
        mosquitto.stop()
        mosquitto.start()
        with delivering(outbox, broker):
            until(lambda: outbox.pending == 0)
    finally:
        mosquitto.stop()


def timed(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


@pytest.mark.parametrize("patience", [1, 8], ids=["fresh", "patient"])
def test_an_end_with_a_frozen_broker_keeps_its_time(
    patience: int, outbox: Outbox, mosquitto: Mosquitto, interval: Make
) -> None:
    broker = Broker(host="127.0.0.1", port=mosquitto.port)
    uplink = MqttUplink(broker, device="tp-1", board=LinuxBoard())
    uplink._patience = patience
    until(lambda: is_up(uplink))
    delivery, stop = Delivery(outbox, uplink, LinuxBoard()), threading.Event()
    mosquitto.pause()
    for minute in range(50):
        outbox.put(interval(minute), "tp-1")
    running = threading.Thread(target=delivery.run, args=(stop,))
    running.start()
    time.sleep(0.5)
    stop.set()
    took_s = {
        "join": timed(lambda: running.join(20)),
        "drain": timed(lambda: delivery.drain(3)),
        "uplink": timed(uplink.close),
        "outbox": timed(outbox.close),
    }
    mosquitto.resume()
    most_s = {"join": 2, "drain": 4.2, "uplink": 2.2, "outbox": 1}
    assert all(took_s[part] < most_s[part] for part in took_s), took_s
    assert sum(took_s.values()) < 9


def test_draining_over_a_frozen_broker_keeps_its_time(
    outbox: Outbox, mosquitto: Mosquitto, interval: Make
) -> None:
    broker = Broker(host="127.0.0.1", port=mosquitto.port)
    uplink = MqttUplink(broker, device="tp-1", board=LinuxBoard())
    until(lambda: is_up(uplink))
    mosquitto.pause()
    outbox.put(interval(), "tp-1")
    delivery = Delivery(outbox, uplink, LinuxBoard())
    took_s = timed(lambda: delivery.drain(1))
    closed_s = timed(uplink.close)
    mosquitto.resume()
    assert 1 < took_s < 2.5
    assert closed_s < 2.2
    assert outbox.pending == 1


def test_a_slow_broker_only_takes_longer(
    outbox: Outbox, mosquitto: Mosquitto, listener: Listener, interval: Make
) -> None:
    proxy = Proxy(mosquitto.port)
    for minute in range(60):
        outbox.put(interval(minute), "tp-1")
    try:
        proxy.delay_s = 0.2
        with delivering(outbox, Broker(host="127.0.0.1", port=proxy.port)):
            until(lambda: outbox.pending == 0)
        until(lambda: len(set(listener.payloads())) >= 60)
    finally:
        proxy.close()
    assert {json.loads(each)["seq"] for each in listener.payloads()} == {*range(1, 61)}


def test_a_record_that_the_broker_chokes_on_does_not_hold_up_the_others(
    tmp_path: Path, outbox: Outbox, interval: Make, caplog: pytest.LogCaptureFixture
) -> None:
    # mosquitto answers it with a reason that MQTT does not know for a PUBACK, and paho
    # ends the connection.
    mosquitto = Mosquitto(
        tmp_path / "m", "allow_anonymous true\nmessage_size_limit 1200"
    ).start()
    names = {f"lane {number}": interval().lines["gate"] for number in range(20)}
    for minute in range(6):
        record = interval(minute)
        if minute == 2:
            object.__setattr__(record, "lines", names)
        outbox.put(record, "tp-1")
    try:
        with delivering(outbox, Broker(host="127.0.0.1", port=mosquitto.port)):
            until(lambda: outbox.pending == 1)
            until(lambda: "it steps aside seq=3" in caplog.text)
        assert [row.seq for row in outbox.head(9)] == [3]
    finally:
        mosquitto.stop()

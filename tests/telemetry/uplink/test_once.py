"""Alerts of quality of service 2: exactly once, or refused; never lost in between."""

from collections.abc import Callable
from pathlib import Path

import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.telemetry.uplink.once import NUMBERS, OnceClient
from tallypost.telemetry.uplink.speaker import Terms
from tests.servers.mosquitto import Mosquitto
from tests.servers.proxy import Proxy
from tests.telemetry.listening import QUICK, Listener, is_up, records, until

PROTOCOLS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])


def opened(port: int, protocol: str = "5") -> MqttUplink:
    uplink = MqttUplink(
        Broker(host="127.0.0.1", port=port, protocol=protocol),  # type: ignore[arg-type]
        device="tp-1",
        terms=Terms(alert_qos=2),
        pace=QUICK,
        board=LinuxBoard(),
    )
    until(lambda: is_up(uplink))
    return uplink


def alerts(*payloads: bytes) -> list[Message]:
    return [
        Message(Subject.ALERT, seq, payload) for seq, payload in enumerate(payloads, 1)
    ]


@PROTOCOLS
def test_alerts_and_records_go_each_in_their_own_quality(
    protocol: str, mosquitto: Mosquitto, listener: Listener
) -> None:
    uplink = opened(mosquitto.port, protocol)
    sent = [*alerts(*[b"alert %d" % number for number in range(30)]), *records(b"x")]
    outcomes = {receipt.outcome for receipt in uplink.send(sent)}
    uplink.close()
    assert outcomes == {Outcome.DELIVERED}
    until(lambda: len(listener.payloads("tallypost/tp-1/alert")) == 30)
    told = mosquitto.log.read_text()
    assert told.count("Received PUBLISH from tp-1 (d0, q2, r0") == 30
    assert "Received PUBLISH from tp-1 (d0, q1, r0" in told


def test_an_alert_that_the_access_rules_deny_is_refused_and_not_delivered(
    tmp_path: Path,
) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic write tallypost/tp-1/status\n")
    broker = Mosquitto(tmp_path / "m", f"allow_anonymous true\nacl_file {rules}")
    broker.start()
    try:
        uplink = opened(broker.port)
        receipts = uplink.send(alerts(b"one", b"two"))
        uplink.close()
    finally:
        broker.stop()
    assert [receipt.outcome for receipt in receipts] == [Outcome.REFUSED] * 2
    assert "Not authorized" in receipts[0].reason


def test_an_alert_that_was_cut_off_comes_once_though_it_is_sent_again(
    mosquitto: Mosquitto, listener: Listener
) -> None:
    proxy = Proxy(mosquitto.port)
    uplink = opened(proxy.port)
    proxy.delay_s = 30
    assert uplink.send(alerts(b"one", b"two"))[0].outcome is Outcome.UNKNOWN
    proxy.cut()
    proxy.delay_s = 0
    until(lambda: is_up(uplink))
    # Another one first: had it the number of an old one, it would be taken for it.
    again = [Message(Subject.ALERT, 3, b"three"), *alerts(b"one", b"two")]
    receipts = uplink.send(again)
    uplink.close()
    proxy.close()
    assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
    until(lambda: len(listener.payloads("tallypost/tp-1/alert")) >= 3)
    assert sorted(listener.payloads("tallypost/tp-1/alert")) == [
        b"one",
        b"three",
        b"two",
    ]


def test_numbers_of_the_two_qualities_never_meet() -> None:
    client = OnceClient(CallbackAPIVersion.VERSION2)
    generate: Callable[[], int] = client._mid_generate
    others = {generate() for _ in range(70_000)}
    once = set()
    for seq in range(1, 70_000):
        client.number_next(seq)
        once.add(generate())
    assert not others & once
    assert min(others | once) >= 1
    assert max(others | once) <= 65_535
    assert len(others) == len(once) == NUMBERS
    client.number_next(5)
    first = generate()
    client.number_next(5)
    assert generate() == first

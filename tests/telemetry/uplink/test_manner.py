"""How each subject travels: retained or not, for how long, and under what name."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.manner import MANNERS
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import until

EACH = [Message(subject, 1, subject.encode()) for subject in Subject]
STATES = {Subject.HEALTH, Subject.REPORTED}


class Reader:
    """Somebody who subscribes with MQTT 5 and keeps messages whole."""

    def __init__(self, port: int) -> None:
        self.heard: dict[str, Any] = {}
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe("tallypost/#", 2)
        self._client.on_message = lambda _c, _u, message: self.heard.__setitem__(
            message.topic.removeprefix("tallypost/tp-1/"), message
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def sent(
    mosquitto: Mosquitto, connect: Callable[..., MqttUplink]
) -> Iterator[tuple[Reader, Reader]]:
    """Readers before and after a device has sent one message of each subject."""
    with ExitStack() as stack:
        before = stack.enter_context(closing(Reader(mosquitto.port)))
        until(lambda: "Sending SUBACK" in mosquitto.log.read_text())
        receipts = connect(mosquitto.port).send(EACH)
        assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
        until(lambda: len(before.heard) == len(EACH) + 1)
        after = stack.enter_context(closing(Reader(mosquitto.port)))
        until(lambda: len(after.heard) == len(STATES) + 1)
        yield before, after


def test_states_are_kept_for_whoever_comes_later_and_nothing_else_is(
    sent: tuple[Reader, Reader],
) -> None:
    _, after = sent
    assert set(after.heard) == {*STATES, "status"}


def test_records_and_alerts_never_expire_and_the_rest_does_where_it_is_worthless(
    sent: tuple[Reader, Reader],
) -> None:
    before, _ = sent
    for subject in Subject:
        properties = before.heard[subject].properties
        left_s = getattr(properties, "MessageExpiryInterval", None)
        assert left_s == MANNERS[subject].expiry_s
    assert MANNERS[Subject.KPI].expiry_s is None
    assert MANNERS[Subject.ALERT].expiry_s is None
    assert MANNERS[Subject.HEALTH].expiry_s


def test_everything_says_that_it_is_json(sent: tuple[Reader, Reader]) -> None:
    before, _ = sent
    for message in before.heard.values():
        assert message.properties.ContentType == "application/json"


@pytest.mark.parametrize("aliases", [0, 1, 2])
def test_a_broker_with_few_topic_aliases_gets_every_topic_all_the_same(
    aliases: int, tmp_path: Path, connect: Callable[..., MqttUplink]
) -> None:
    settings = f"allow_anonymous true\nmax_topic_alias {aliases}"
    broker = Mosquitto(tmp_path / "m", settings).start()
    try:
        with closing(Reader(broker.port)) as reader:
            until(lambda: "Sending SUBACK" in broker.log.read_text())
            uplink = connect(broker.port)
            for _ in range(3):
                outcomes = {receipt.outcome for receipt in uplink.send(EACH)}
                assert outcomes == {Outcome.DELIVERED}
            until(lambda: set(reader.heard) == {*Subject, "status"})
            payloads = {topic: each.payload for topic, each in reader.heard.items()}
            assert all(payloads[subject] == subject.encode() for subject in Subject)
            uplink.close()
    finally:
        broker.stop()

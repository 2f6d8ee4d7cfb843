"""The far end of the test's uplink: takes everything, and keeps every byte."""

import threading
from collections.abc import Iterator

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tallypost.canary.catcher import LOCAL, Catcher


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    catcher = Catcher()
    yield catcher
    catcher.close()
    catcher.close()


@pytest.mark.parametrize(
    "protocol", [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5]
)
@pytest.mark.parametrize("qos", [1, 2])
def test_a_client_has_its_word_taken_to_the_last_byte(
    catcher: Catcher, protocol: MQTTProtocolVersion, qos: int
) -> None:
    taken = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, protocol=protocol)
    client.on_publish = lambda *_: taken.set()
    client.connect(LOCAL, catcher.port)
    client.loop_start()
    payload = bytes(range(256)) * 40

    client.publish("tallypost/tp-1/kpi", payload, qos=qos)

    assert taken.wait(10.0)
    client.disconnect()
    client.loop_stop()
    assert payload in catcher.caught
    assert catcher.messages == 1

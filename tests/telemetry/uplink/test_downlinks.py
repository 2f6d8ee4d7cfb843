"""What the far side says to a device through a real broker."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from queue import SimpleQueue

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.ear import BURST_MAX, PAYLOAD_BYTES_MAX
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import QUICK, is_up, records, until

Listen = Callable[..., MqttUplink]


@pytest.fixture
def heard() -> list[Downlink]:
    return []


@pytest.fixture
def listen(heard: list[Downlink]) -> Iterator[Listen]:
    """Open uplinks that hear, of the version that is asked for."""
    opened: list[MqttUplink] = []

    def make(port: int, protocol: str = "5", **more: object) -> MqttUplink:
        uplink = MqttUplink(
            Broker(host="127.0.0.1", port=port, protocol=protocol),  # type: ignore[arg-type]
            device="tp-1",
            **{"on_downlink": heard.append, "pace": QUICK, **more},  # type: ignore[arg-type]
            board=LinuxBoard(),
        )
        opened.append(uplink)
        return uplink

    yield make
    for uplink in opened:
        uplink.close()


class Operator:
    """Somebody who publishes to devices."""

    def __init__(self, port: int) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def say(self, last: str, payload: bytes, *, retain: bool = False) -> None:
        topic = f"tallypost/tp-1/{last}"
        self._client.publish(topic, payload, 1, retain=retain).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def operator(mosquitto: Mosquitto) -> Iterator[Operator]:
    with closing(Operator(mosquitto.port)) as somebody:
        yield somebody


def subscribed(mosquitto: Mosquitto) -> Callable[[], bool]:
    return lambda: "Sending SUBACK to tp-1" in mosquitto.log.read_text()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_what_is_said_to_a_device_is_heard_once_and_in_order(
    protocol: str,
    mosquitto: Mosquitto,
    operator: Operator,
    listen: Listen,
    heard: list[Downlink],
) -> None:
    uplink = listen(mosquitto.port, protocol)
    until(subscribed(mosquitto))
    operator.say("command", b"one")
    operator.say("time", b"two")
    operator.say("time", b"two")
    operator.say("desired", bytes(PAYLOAD_BYTES_MAX), retain=True)
    until(lambda: len(heard) == 3)
    assert [downlink.kind for downlink in heard] == [
        DownlinkKind.COMMAND,
        DownlinkKind.TIME,
        DownlinkKind.DESIRED,
    ]
    assert heard[2].payload == bytes(PAYLOAD_BYTES_MAX)
    assert uplink.health.downlinks_ignored == 1


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_what_was_said_while_a_device_was_away_waits_for_it(
    protocol: str,
    mosquitto: Mosquitto,
    operator: Operator,
    listen: Listen,
    heard: list[Downlink],
) -> None:
    uplink = listen(mosquitto.port, protocol)
    until(subscribed(mosquitto))
    uplink.close()
    operator.say("command", b"while you were out")
    listen(mosquitto.port, protocol)
    until(lambda: bool(heard))
    assert heard == [Downlink(DownlinkKind.COMMAND, b"while you were out")]


def test_settings_kept_by_the_broker_are_heard_and_a_command_is_not(
    mosquitto: Mosquitto, operator: Operator, listen: Listen, heard: list[Downlink]
) -> None:
    operator.say("desired", b"settings", retain=True)
    operator.say("command", b"kept", retain=True)
    listen(mosquitto.port)
    until(lambda: bool(heard))
    assert heard == [Downlink(DownlinkKind.DESIRED, b"settings")]


def test_a_kept_poison_message_ends_one_connection_and_is_not_told_again(
    mosquitto: Mosquitto, operator: Operator, listen: Listen
) -> None:
    told: list[bytes] = []

    def chokes(downlink: Downlink) -> None:
        told.append(downlink.payload)
        raise RuntimeError("poison")

    operator.say("desired", b"poison", retain=True)
    uplink = listen(mosquitto.port, on_downlink=chokes)
    until(lambda: bool(told))
    until(lambda: uplink.health.downlinks_ignored >= 1 and is_up(uplink))
    assert uplink.send(records(b"x"))[0].outcome.name == "DELIVERED"
    assert told == [b"poison"]


def test_a_flood_is_cut_and_records_go_out_all_the_same(
    mosquitto: Mosquitto, operator: Operator, listen: Listen, heard: list[Downlink]
) -> None:
    uplink = listen(mosquitto.port)
    until(subscribed(mosquitto))
    for number in range(200):
        operator.say("command", b"%d" % number)
    assert uplink.send(records(b"x"))[0].outcome.name == "DELIVERED"
    until(lambda: len(heard) + uplink.health.downlinks_ignored == 200)
    assert BURST_MAX <= len(heard) < BURST_MAX + 20


def test_without_a_hearer_nothing_is_subscribed_to(
    mosquitto: Mosquitto, listen: Listen
) -> None:
    uplink = listen(mosquitto.port, on_downlink=None)
    until(lambda: is_up(uplink))
    uplink.send(records(b"x"))
    assert "SUBSCRIBE from tp-1" not in mosquitto.log.read_text()


class LyingBroker:
    """Lets anybody in, acknowledges nothing, and sends what nobody subscribed to."""

    def __init__(self, packets: bytes) -> None:
        self._packets = packets
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._taken: SimpleQueue[socket.socket] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self._taken.put(connection)
                connection.recv(4096)
                connection.sendall(b"\x20\x03\x00\x00\x00")
                status = connection.recv(4096)
                begin = 3 if status[1] & 0x80 else 2
                (topic_bytes,) = struct.unpack_from(">H", status, begin)
                end = begin + 2 + topic_bytes
                number = status[end : end + 2]
                connection.sendall(b"\x40\x02" + number + self._packets)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(60)
        while not self._taken.empty():
            self._taken.get().close()


def publish(topic: bytes, payload: bytes, qos: int = 0) -> bytes:
    body = struct.pack(">H", len(topic)) + topic
    body += b"\x00\x07" if qos else b""
    body += b"\x00" + payload
    return bytes([0x30 | qos << 1, len(body)]) + body


def test_a_broker_that_sends_what_nobody_asked_for_is_not_heard(
    listen: Listen, heard: list[Downlink]
) -> None:
    packets = [
        publish(b"tallypost/tp-2/command", b"foreign"),
        publish(b"tallypost/tp-1/+", b"wildcard"),
        publish(b"\xff\xfe", b"no utf-8"),
        publish(b"", b"no topic"),
        publish(b"tallypost/tp-1/command", b"quality 0"),
        publish(b"tallypost/tp-1/command", b"quality 1", qos=1),
    ]
    with closing(LyingBroker(b"".join(packets))) as broker:
        uplink = listen(broker.port)
        until(lambda: len(heard) == 2)
        assert [each.payload for each in heard] == [b"quality 0", b"quality 1"]
        assert uplink.health.downlinks_ignored >= 4
        uplink.close()


def test_a_subscription_that_is_refused_is_said_and_costs_no_link(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(LyingBroker(b"\x90\x06\x00\x02\x00\x87\x01\x80")) as broker:
        uplink = listen(broker.port)
        until(lambda: caplog.text.count("subscription refused") == 2)
        assert "topic=tallypost/tp-1/command reason=Not authorized" in caplog.text
        assert "look after the broker's users and access rules" in caplog.text
        assert is_up(uplink)
        uplink.close()

"""The same asked of every broker that installs here, in both versions of MQTT."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind, Outcome
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.telemetry.uplink.speaker import Terms
from tests.servers.amqtt_broker import AmqttBroker
from tests.servers.ejabberd import Ejabberd
from tests.servers.mosquitto import Mosquitto, free_port
from tests.servers.proxy import Proxy
from tests.servers.rumqttd import Rumqttd
from tests.telemetry.listening import QUICK, is_up, records, until


class Server(Protocol):
    """A broker of whatever make."""

    port: int
    login: tuple[str, str] | None

    def start(self) -> object: ...

    def stop(self) -> None: ...


MAKES: dict[str, Callable[[Path, str], Server]] = {
    "mosquitto": lambda folder, _: Mosquitto(folder),
    "rumqttd": Rumqttd,
    "ejabberd": lambda folder, _: Ejabberd(folder),
    "amqtt": lambda folder, _: AmqttBroker(folder, free_port()),
}
CASES = [
    (make, version)
    for make in MAKES
    for version in ("5", "3.1.1")
    if (make, version) != ("amqtt", "5")
]


class House:
    """A broker, and devices and others that come to it."""

    def __init__(self, server: Server, version: str, stack: ExitStack) -> None:
        self.server = server
        self._version = version
        self._stack = stack

    def device(self, port: int | None = None, **more: object) -> MqttUplink:
        username, password = self.server.login or (None, None)
        uplink = MqttUplink(
            Broker(
                host="127.0.0.1",
                port=port or self.server.port,
                protocol=self._version,  # type: ignore[arg-type]
                username=username,
                password=(lambda: password) if password else None,
            ),
            device="tp-1",
            pace=QUICK,
            board=LinuxBoard(),
            **more,  # type: ignore[arg-type]
        )
        self._stack.callback(uplink.close)
        until(lambda: is_up(uplink))
        return uplink

    def reader(self) -> "Reader":
        reader = Reader(self.server, self._version)
        self._stack.callback(reader.close)
        return reader


class Reader:
    """Somebody who subscribes to all of a device, and may speak to it."""

    def __init__(self, server: Server, version: str) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        ready = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            "reader",
            protocol=paho.MQTTv5 if version == "5" else paho.MQTTv311,
        )
        if server.login is not None:
            self._client.username_pw_set(*server.login)
        self._client.on_connect = lambda client, *_: client.subscribe("tallypost/#", 2)
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, bytes(message.payload), message.retain)
        )
        self._client.connect("127.0.0.1", server.port)
        self._client.loop_start()
        assert ready.wait(60)

    def payloads(self, last: str) -> list[bytes]:
        topic = f"tallypost/tp-1/{last}"
        return [payload for name, payload, _ in list(self.heard) if name == topic]

    def say(self, last: str, payload: bytes) -> None:
        self._client.publish(f"tallypost/tp-1/{last}", payload, 1).wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(params=CASES, ids="-".join)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    make, version = request.param
    with ExitStack() as stack:
        server = MAKES[make](tmp_path, version)
        server.start()
        stack.callback(server.stop)
        yield House(server, version, stack)


def test_records_arrive_in_their_order_byte_for_byte(house: House) -> None:
    reader, uplink = house.reader(), house.device()
    payloads = [b"record %d " % number + bytes(range(256)) for number in range(200)]
    receipts = uplink.send(records(*payloads))
    assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
    until(lambda: len(reader.payloads("kpi")) >= 200)
    assert reader.payloads("kpi") == payloads


def test_alerts_of_either_quality_arrive(house: House) -> None:
    reader, uplink = house.reader(), house.device(terms=Terms(alert_qos=2))
    alerts = [Message(Subject.ALERT, seq, b"alert %d" % seq) for seq in range(1, 31)]
    outcomes = {receipt.outcome for receipt in uplink.send([*alerts, *records(b"x")])}
    assert outcomes == {Outcome.DELIVERED}
    until(lambda: len(reader.payloads("alert")) >= 30)
    assert sorted(reader.payloads("alert")) == sorted(each.payload for each in alerts)


def test_no_alert_is_taken_for_one_that_was_cut_off_before_it(house: House) -> None:
    reader = house.reader()
    with closing(Proxy(house.server.port)) as proxy:
        uplink = house.device(port=proxy.port, terms=Terms(alert_qos=2))
        first = [Message(Subject.ALERT, seq, b"alert %d" % seq) for seq in (1, 2)]
        proxy.delay_s = 30
        assert uplink.send(first)[0].outcome is Outcome.UNKNOWN
        proxy.cut()
        proxy.delay_s = 0
        until(lambda: is_up(uplink))
        # Had it the number of one before, a broker could take it for that one.
        again = [Message(Subject.ALERT, 3, b"alert 3"), *first]
        outcomes = {receipt.outcome for receipt in uplink.send(again)}
        assert outcomes == {Outcome.DELIVERED}
        until(lambda: len(set(reader.payloads("alert"))) == 3)


def test_a_device_hears_what_is_said_to_it(house: House) -> None:
    heard: list[Downlink] = []
    reader = house.reader()
    house.device(on_downlink=heard.append)
    # Nobody says when a broker has taken a subscription in: say it until it is heard.
    said = iter(range(1000))

    def is_heard() -> bool:
        reader.say("command", b"%d" % next(said))
        return bool(heard)

    until(is_heard)
    heard.clear()
    for kind in DownlinkKind:
        reader.say(kind, f"{kind} itself".encode())
    until(lambda: len({each.kind for each in heard}) == len(DownlinkKind))
    assert Downlink(DownlinkKind.TIME, b"time itself") in heard


def test_whoever_comes_later_reads_status_and_health(house: House) -> None:
    uplink = house.device()
    health = Message(Subject.HEALTH, 1, b'{"well": true}')
    assert uplink.send([health])[0].outcome is Outcome.DELIVERED
    late = house.reader()
    until(lambda: bool(late.payloads("status") and late.payloads("health")))
    assert json.loads(late.payloads("status")[0])["state"] == "online"
    assert late.payloads("health") == [b'{"well": true}']
    assert all(retained for _, _, retained in late.heard)


def test_a_device_that_is_cut_off_is_said_to_be_lost(house: House) -> None:
    with closing(Proxy(house.server.port)) as proxy:
        reader = house.reader()
        house.device(port=proxy.port)
        proxy.mute = True
        proxy.cut()
        until(lambda: len(reader.payloads("status")) > 1)
        proxy.mute = False
    before, after = (json.loads(each) for each in reader.payloads("status")[:2])
    assert (before["state"], after["state"]) == ("online", "offline")
    assert after["reason"] == "lost"


def test_a_broker_that_comes_back_is_found_again(house: House) -> None:
    uplink = house.device()
    for number in range(2):
        assert uplink.send(records(b"%d" % number))[0].outcome is Outcome.DELIVERED
        house.server.stop()
        until(lambda: not is_up(uplink))
        house.server.start()
        until(lambda: is_up(uplink))

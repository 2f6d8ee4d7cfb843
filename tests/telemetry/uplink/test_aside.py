"""Dialects on a connection of their own, beside a real broker's records."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tallypost.telemetry.codec.dialect import Dialect
from tallypost.telemetry.codec.home_assistant import HomeAssistant, Watched
from tallypost.telemetry.codec.json_v1 import encode
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.codec.sparkplug import DataType, Metric, payload
from tallypost.telemetry.codec.sparkplug_node import SparkplugNode
from tallypost.telemetry.uplink.aside import Aside, Beside
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.loopback import LoopbackUplink
from tests.servers.mosquitto import Mosquitto
from tests.servers.proxy import Proxy
from tests.telemetry.codec.convey import BEGIN_UTC_S, full, hole
from tests.telemetry.codec.tahu import read, values
from tests.telemetry.listening import QUICK, Listener, until

Speak = Callable[..., Aside]
REBIRTH = Metric(
    name="Node Control/Rebirth", datatype=DataType.BOOLEAN, value=True, time_ms=1
)


def node() -> SparkplugNode:
    return SparkplugNode("city", "tp-1", lambda: BEGIN_UTC_S + 180.0)


def kpi(seq: int) -> Message:
    told = hole(seq) if seq % 2 == 0 else full(seq)
    return Message(Subject.KPI, seq, encode(told))


@pytest.fixture
def host(mosquitto: Mosquitto) -> Iterator[Listener]:
    """A host application that hears every node."""
    listening = Listener(mosquitto.port, "spBv1.0/#")
    yield listening
    listening.close()


@pytest.fixture
def speak(mosquitto: Mosquitto) -> Iterator[Speak]:
    """Speak dialects; farewells are said at the end."""
    with ExitStack() as opened:

        def make(dialect: Dialect, port: int | None = None) -> Aside:
            broker = Broker(host="127.0.0.1", port=port or mosquitto.port)
            aside = Aside(broker, dialect, client_id="tp-1-aside", pace=QUICK)
            opened.callback(aside.close)
            return aside

        yield make


def said(host: Listener, kind: str) -> list[bytes]:
    return host.payloads(f"spBv1.0/city/{kind}/tp-1")


def test_a_node_is_born_tells_and_says_farewell(host: Listener, speak: Speak) -> None:
    aside = speak(node())
    until(lambda: len(said(host, "NBIRTH")) == 1)
    for seq in (1, 2):
        aside.say(kpi(seq))
    until(lambda: len(said(host, "NDATA")) == 1)
    aside.say(kpi(3))
    aside.close()
    until(lambda: len(said(host, "NDEATH")) == 1)

    kinds = [topic.split("/")[2] for topic, *_ in host.heard]
    assert kinds == ["NBIRTH", "NBIRTH", "NDATA", "NDATA", "NDEATH"]
    assert "quality/frames" in values(said(host, "NDATA")[0])
    assert not any(retained for *_, retained in host.heard)


def test_a_lost_connection_is_a_death_and_the_next_a_birth(
    host: Listener, speak: Speak, mosquitto: Mosquitto
) -> None:
    proxy = Proxy(mosquitto.port)
    aside = speak(node(), proxy.port)
    until(lambda: len(said(host, "NBIRTH")) == 1)

    proxy.cut()
    until(lambda: len(said(host, "NBIRTH")) == 2)
    aside.say(kpi(1))
    until(lambda: len(said(host, "NBIRTH")) == 3)

    deaths = [values(each)["bdSeq"] for each in said(host, "NDEATH")]
    births = [values(each)["bdSeq"] for each in said(host, "NBIRTH")]
    assert deaths == [0]
    assert births == [0, 1, 1]
    aside.close()
    proxy.close()


def test_records_wait_for_a_broker_that_does_not_answer(
    host: Listener, speak: Speak, mosquitto: Mosquitto
) -> None:
    proxy = Proxy(mosquitto.port)
    proxy.mute = True
    aside = speak(node(), proxy.port)
    for seq in (1, 3):
        aside.say(kpi(seq))

    proxy.mute = False

    until(lambda: len(said(host, "NDATA")) == 1)
    *_, birth = said(host, "NBIRTH")
    assert values(birth)["lines/gate/forward/car"] == 2
    assert read(said(host, "NDATA")[0]).seq == 1
    aside.close()
    proxy.close()


def test_a_record_that_no_dialect_can_read_ends_a_connection_and_no_more(
    host: Listener, speak: Speak
) -> None:
    aside = speak(node())
    until(lambda: len(said(host, "NBIRTH")) == 1)
    for message in (Message(Subject.KPI, 1, b"of another version"), kpi(1), kpi(3)):
        aside.say(message)

    until(lambda: len(said(host, "NDATA")) == 1)
    assert values(said(host, "NDATA")[0])["lines/gate/forward/car"] == 2


def test_a_host_asks_for_a_birth_and_has_it(host: Listener, speak: Speak) -> None:
    speak(node())
    until(lambda: len(said(host, "NBIRTH")) == 1)

    for asked in (b"\xff\x00", payload([REBIRTH], time_ms=1, seq=None)):
        host._client.publish("spBv1.0/city/NCMD/tp-1", asked, qos=0)

    until(lambda: len(said(host, "NBIRTH")) == 2)
    assert read(said(host, "NBIRTH")[1]).seq == 0


def test_home_assistant_finds_the_device_whenever_it_starts(
    speak: Speak, mosquitto: Mosquitto
) -> None:
    speak(HomeAssistant("tp-1", "tallypost", Watched(lines={"gate": ("car",)})))
    topic = "homeassistant/device/tallypost_tp-1/config"
    first = Listener(mosquitto.port, "homeassistant/#")
    until(lambda: len(first.payloads(topic)) == 1)
    first.close()

    later = Listener(mosquitto.port, "homeassistant/#")

    until(lambda: len(later.payloads(topic)) == 1)
    assert later.heard[0][2], "retained"
    later.close()


class Notes:
    """Takes down what it is to say."""

    def __init__(self) -> None:
        self.said: list[Message] = []
        self.closed = False

    def say(self, message: Message) -> None:
        self.said.append(message)

    def close(self) -> None:
        self.closed = True


def test_only_what_has_arrived_is_said_beside() -> None:
    uplink, notes = LoopbackUplink(), Notes()
    beside = Beside(uplink, [notes])  # type: ignore[list-item]
    uplink.reject = lambda told: told == b"bad"
    sent = [Message(Subject.KPI, 1, b"good"), Message(Subject.KPI, 2, b"bad")]

    receipts = beside.send(sent)
    uplink.silent = True
    beside.send([Message(Subject.KPI, 3, b"who knows")])
    beside.close()

    assert len(receipts) == 2
    assert notes.said == sent[:1]
    assert notes.closed
    assert uplink.down


def test_another_broker_will_do_while_the_first_is_down(
    host: Listener, mosquitto: Mosquitto
) -> None:
    broker = Broker(
        host="127.0.0.1", port=1, fallbacks=(("127.0.0.1", mosquitto.port),)
    )
    aside = Aside(broker, node(), client_id="tp-1-aside", pace=QUICK)

    until(lambda: bool(said(host, "NBIRTH")))
    aside.close()

    assert len(said(host, "NBIRTH")) == 1


def test_a_broker_that_is_not_there_holds_nobody_up() -> None:
    broker = Broker(host="127.0.0.1", port=1)
    aside = Aside(broker, node(), client_id="tp-1-aside", pace=QUICK)
    for seq in range(1, 10):
        aside.say(kpi(seq))

    aside.close()
    aside.close()

    assert not aside._thread.is_alive()

"""MQTT where nothing goes straight: web sockets, proxies, and what they say."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal

import pytest

from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Broker, Proxy, TlsFiles
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.certificates import Authority
from tests.servers.mosquitto import Mosquitto, free_port
from tests.servers.passing_proxy import PassingProxy
from tests.telemetry.listening import Listener, is_up, records, until

Connect = Callable[..., MqttUplink]
Kind = Literal["http", "socks5"]
KINDS = pytest.mark.parametrize("kind", ["http", "socks5"])


@pytest.fixture
def with_web(tmp_path: Path) -> Iterator[tuple[Mosquitto, int]]:
    """A broker with a web socket beside its port."""
    port = free_port()
    broker = Mosquitto(
        tmp_path / "web",
        f"allow_anonymous true\nlistener {port} 127.0.0.1\nprotocol websockets",
    ).start()
    yield broker, port
    broker.stop()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_records_go_over_a_web_socket_and_come_as_they_went(
    protocol: str, with_web: tuple[Mosquitto, int], connect: Connect
) -> None:
    mosquitto, port = with_web
    with closing(Listener(mosquitto.port)) as listener:
        web = Broker(
            host="127.0.0.1",
            port=port,
            path="/mqtt",
            protocol=protocol,  # type: ignore[arg-type]
        )
        uplink = connect(web)
        payloads = [bytes([number]) * number * 500 for number in range(1, 60)]
        receipts = uplink.send(records(*payloads))
        assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
        until(lambda: listener.payloads() == payloads)
        mosquitto.stop()
        until(lambda: not is_up(uplink))
        mosquitto.start()
        until(lambda: is_up(uplink))


def test_a_web_socket_over_tls_carries_too(tmp_path: Path, connect: Connect) -> None:
    authority = Authority(tmp_path / "authority", "the-city")
    file, key = authority.issue("server")
    port = free_port()
    broker = Mosquitto(
        tmp_path / "web",
        f"allow_anonymous true\nlistener {port} 127.0.0.1\nprotocol websockets\n"
        f"certfile {file}\nkeyfile {key}",
    ).start()
    try:
        web = Broker(
            host="localhost",
            port=port,
            path="/mqtt",
            tls=TlsFiles(ca_file=authority.file),
        )
        assert connect(web).send(records(b"x"))[0].outcome is Outcome.DELIVERED
    finally:
        broker.stop()


@KINDS
@pytest.mark.parametrize(
    "login", [None, ("tp-1", "open sesame")], ids=["free", "login"]
)
def test_records_go_through_a_proxy(
    kind: Kind,
    login: tuple[str, str] | None,
    mosquitto: Mosquitto,
    connect: Connect,
) -> None:
    username, password = login or (None, None)
    with closing(PassingProxy(kind, login)) as server:
        proxy = Proxy(
            kind=kind,
            host="127.0.0.1",
            port=server.port,
            username=username,
            password=(lambda: password) if password else None,
        )
        uplink = connect(Broker(host="localhost", port=mosquitto.port, proxy=proxy))
        assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED
        # The proxy looks the name up, not we: we may know no DNS.
        assert server.passed == [("localhost", mosquitto.port)]
        uplink.close()


@KINDS
def test_a_proxy_that_refuses_us_is_told_and_its_password_is_not(
    kind: Kind, mosquitto: Mosquitto, connect: Connect
) -> None:
    with closing(PassingProxy(kind, ("tp-1", "open sesame"))) as server:
        proxy = Proxy(
            kind=kind,
            host="127.0.0.1",
            port=server.port,
            username="tp-1",
            password=lambda: "hunter2",
        )
        broker = Broker(host="127.0.0.1", port=mosquitto.port, proxy=proxy)
        uplink = connect(broker, up=False)
        until(lambda: "proxy" in uplink._link._reason)
        assert "hunter2" not in uplink._link._reason + repr(broker)
        uplink.close()


@KINDS
def test_a_proxy_that_is_not_there_is_told(
    kind: Kind, mosquitto: Mosquitto, connect: Connect
) -> None:
    port = free_port()
    proxy = Proxy(kind=kind, host="127.0.0.1", port=port)
    uplink = connect(
        Broker(host="127.0.0.1", port=mosquitto.port, proxy=proxy), up=False
    )
    until(lambda: "proxy" in uplink._link._reason)
    assert f"through the proxy 127.0.0.1:{port}" in uplink._link._reason

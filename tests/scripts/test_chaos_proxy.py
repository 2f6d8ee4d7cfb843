"""The chaos run's network is as bad as it is told to be, and no worse."""

import socket
import threading
from collections.abc import Iterator

import pytest

from scripts.chaos_run.proxy import Proxy
from tests.system.house import wait_until

SAID = b"0123456789"


class Echo:
    """A server that says everything again, and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                try:
                    while data := client.recv(1000):
                        self.heard += data
                        client.sendall(data)
                except OSError:
                    continue


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    between = Proxy(echo.port)
    yield between
    between.close()


@pytest.fixture
def device(proxy: Proxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), 5.0) as connection:
        yield connection


def test_what_is_said_passes_both_ways(device: socket.socket) -> None:
    device.sendall(SAID)

    assert device.recv(1000) == SAID


def test_a_cut_lets_a_part_of_the_next_packet_pass_and_resets(
    device: socket.socket, proxy: Proxy, echo: Echo
) -> None:
    proxy.cut_within_packet(0.4)
    device.sendall(SAID)

    with pytest.raises(ConnectionResetError):
        device.makefile("rb").read()
    assert wait_until(lambda: echo.heard == SAID[:4]), echo.heard


@pytest.mark.parametrize(
    ("name", "heard"),
    [pytest.param("stalled", b"", id="mute"), pytest.param("holding", SAID, id="held")],
)
def test_what_is_held_back_comes_later(
    device: socket.socket, proxy: Proxy, echo: Echo, name: str, heard: bytes
) -> None:
    setattr(proxy, name, True)
    device.settimeout(0.3)
    device.sendall(SAID)
    with pytest.raises(TimeoutError):
        device.recv(1000)
    assert wait_until(lambda: echo.heard == heard), echo.heard

    setattr(proxy, name, False)
    device.settimeout(5.0)
    assert device.recv(1000) == SAID


def test_whoever_knocks_at_a_shut_door_is_sent_away(proxy: Proxy) -> None:
    proxy.shut = True

    def knock() -> None:
        with socket.create_connection(("127.0.0.1", proxy.port), 5.0) as late:
            late.sendall(SAID)
            late.recv(1000)

    with pytest.raises(ConnectionError):  # sooner or later, as it happens to meet it
        knock()


def test_a_reset_ends_the_connections_of_now_and_no_later_ones(
    device: socket.socket, proxy: Proxy
) -> None:
    device.sendall(SAID)
    assert device.recv(1000) == SAID
    proxy.reset()

    with pytest.raises(ConnectionResetError):
        device.recv(1000)
    with socket.create_connection(("127.0.0.1", proxy.port), 5.0) as later:
        later.sendall(SAID)
        assert later.recv(1000) == SAID

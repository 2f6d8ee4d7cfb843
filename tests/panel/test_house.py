"""A panel and the half that speaks: questions, what is told, and hostile company."""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tallypost.errors import SettingsError
from tallypost.panel.app import STREAMS_MAX
from tallypost.telemetry.reception.base import Answer
from tallypost.telemetry.reception.window import Window
from tests.panel.door import Door, Phone, Stream, make_folder, trusting
from tests.system.house import wait_until


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("house") / "panel")


@pytest.fixture(scope="module")
def door(folder: Path) -> Iterator[Door]:
    found = Door(folder, "--wait-s", "3600")
    yield found
    found.close()


@pytest.fixture(scope="module")
def phone(door: Door) -> Phone:
    found = Phone(door.port)
    assert found.open() == 200
    return found


def drawn(site: Mapping[str, object], *, dry: bool = False) -> Answer:
    """Stand in for what judges a site."""
    if not site:
        raise SettingsError("site.toml", ["lines: are missing; draw one"])
    return {"site_hash": f"sha256:{len(site)}", "dry": dry}


@pytest.fixture
def window(folder: Path) -> Iterator[Window]:
    found = Window(folder / "house.sock", {"draw": drawn})
    yield found
    found.close()


def ask(phone: Phone, word: str, body: object = None) -> tuple[int, Any]:
    status, told, _ = phone.ask("POST", f"/api/ask/{word}", body)
    return status, told


@pytest.mark.usefixtures("window")
def test_a_question_is_handed_on_and_its_answer_back(
    phone: Phone,
) -> None:
    told = {"ok": True, "site_hash": "sha256:1", "dry": True}
    assert ask(phone, "draw", {"site": {"a": 1}, "dry": True}) == (200, told)
    refused = {"ok": False, "faults": ["lines: are missing; draw one"]}
    assert ask(phone, "draw", {"site": {}}) == (200, refused)
    smuggled = {"site": {"a": 1}, "ask": "watch", "id": 99}
    assert ask(phone, "draw", smuggled)[1]["site_hash"] == "sha256:1"
    assert ask(phone, "steal")[1]["faults"] == ["ask: is no question that is known"]
    assert ask(phone, "watch")[0] == 404


def test_where_the_house_is_away_it_is_said_and_it_comes_back_by_itself(
    phone: Phone, folder: Path
) -> None:
    status, told = ask(phone, "draw", {"site": {"a": 1}})
    assert (status, told["ok"]) == (503, False)
    assert "wait a moment" in told["faults"][0]
    stream = Stream(phone)
    assert stream.event() == ("house", '{"up":false}')
    window = Window(folder / "house.sock", {"draw": drawn})
    try:
        assert stream.event() == ("house", '{"up":true}')
        later = Stream(phone)
        assert later.event() == ("house", '{"up":true}')
        later.close()
        assert ask(phone, "draw", {"site": {"a": 1}})[0] == 200
        window.tell("state", lambda: {"state": "<b>\n\nevent: forged"})
        assert stream.event() == ("state", '{"state":"<b>\\n\\nevent: forged"}')
    finally:
        stream.close()
        window.close()
    again = Window(folder / "house.sock", {"draw": drawn})
    try:
        assert ask(phone, "draw", {"site": {"a": 1}})[0] == 200, "no stale line"
    finally:
        again.close()


@pytest.mark.usefixtures("window")
def test_no_more_streams_than_may_be_and_each_ends_with_its_session(
    door: Door, phone: Phone
) -> None:
    second = Phone(door.port)
    assert second.open(phone.ask("POST", "/api/join")[1]["code"]) == 200
    streams = [Stream(second) for _ in range(STREAMS_MAX)]
    assert [each.answer.status for each in streams] == [200] * STREAMS_MAX
    for each in streams:
        assert each.answer.readline() == b"retry: 2000\n"
    assert phone.ask("GET", "/api/events")[0] == 503
    second.ask("POST", "/api/close")
    kinds = set()
    while "over" not in kinds:
        kinds.add(streams[0].event()[0])
    for each in streams:
        each.close()
    assert wait_until(lambda: _streams(phone), 15.0), "there is room again"


def _streams(phone: Phone) -> bool:
    stream = Stream(phone)
    stream.close()
    return stream.answer.status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"site": NaN}', 400),
        (b'{"site": 1, "site": 2}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"n": ' + b"9" * 100_000 + b"}", 400),
        (b" " * 300_000, 413),
    ],
)
def test_what_is_no_question_is_refused_in_words(
    phone: Phone, body: bytes, status: int
) -> None:
    found, told, _ = phone.ask("POST", "/api/ask/draw", body)

    assert found == status
    assert told["ok"] is False
    assert len(told["faults"]) == 1


def test_who_dawdles_is_hung_up_on_and_others_are_answered_meanwhile(
    door: Door, phone: Phone
) -> None:
    slow = trusting().wrap_socket(socket.create_connection(("127.0.0.1", door.port)))
    slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    silent = socket.create_connection(("127.0.0.1", door.port))
    unread = trusting().wrap_socket(socket.create_connection(("127.0.0.1", door.port)))
    unread.sendall(b"POST /api/join HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    unread.sendall(b"Content-Length: 200000\r\n\r\n")
    assert unread.recv(4096).startswith(b"HTTP/1.1 401")
    unread.sendall(b"x")
    begun_s = time.monotonic()
    assert phone.ask("GET", "/api/session")[0] == 200
    for each in (slow, silent, unread):
        each.settimeout(30.0)
        with suppress(ConnectionError, ssl.SSLError):
            while each.recv(4096):
                pass
        each.close()

    assert time.monotonic() - begun_s < 25.0


def test_one_address_has_so_many_connections_and_no_more(
    door: Door, phone: Phone
) -> None:
    held = []
    refused = 0
    for _ in range(30):
        try:
            raw = socket.create_connection(("127.0.0.1", door.port))
            held.append(trusting().wrap_socket(raw))
            held[-1].sendall(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            refused += held[-1].recv(12) != b"HTTP/1.1 404"
        except (ConnectionError, ssl.SSLError):
            refused += 1
    for each in held:
        each.close()

    assert refused >= 10

    def answered() -> bool:
        try:
            return phone.ask("GET", "/api/session")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    assert wait_until(answered, 20.0)


def test_an_old_tls_is_not_spoken(door: Door) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLS"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", door.port)) as raw,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        context.wrap_socket(raw)

"""The window: a real Unix socket, and whoever may stand at it."""

import json
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallypost.errors import ActuatorError, RecordError, SettingsError
from tallypost.telemetry.reception.base import Answer
from tallypost.telemetry.reception.questions import understood
from tallypost.telemetry.reception.window import (
    CLIENTS_MAX,
    QUESTION_BYTES_MAX,
    Window,
)
from tests.system.house import wait_until


def history(days: int) -> Answer:
    if days == 30:
        raise SettingsError("x", ["one: is wrong", "two: is, too"])
    if days == 29:
        raise ZeroDivisionError
    if days == 27:
        return {"days": nested(100_000)}
    return {"days": float("nan") if days == 28 else days}


def nested(times: int) -> object:
    found: object = 0
    for _ in range(times):
        found = [found]
    return found


def unlit() -> None:
    raise ActuatorError("status: is gone")


class Client:
    """One that asks."""

    def __init__(self, path: Path) -> None:
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.line.settimeout(10.0)
        self.line.connect(str(path))
        self._file = self.line.makefile("rb")

    def ask(self, **question: object) -> dict[str, Any]:
        self.line.sendall(json.dumps(question).encode() + b"\n")
        return self.hear()

    def hear(self) -> dict[str, Any]:
        line = self._file.readline()
        return dict(json.loads(line)) if line else {}

    def close(self) -> None:
        self._file.close()
        self.line.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "house.sock"


@pytest.fixture
def window(path: Path) -> Iterator[Window]:
    path.touch()  # what was left of before
    found = Window(path, {"history": history})
    yield found
    found.close()
    found.close()


@pytest.fixture
def client(window: Window, path: Path) -> Iterator[Client]:
    assert not window.watched
    found = Client(path)
    yield found
    found.close()


def test_its_owner_and_its_group_may_ask(window: Window, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    window.close()

    assert not path.exists()


def test_a_question_is_answered_by_its_number(client: Client) -> None:
    assert client.ask(id=7, ask="history", days=3) == {"id": 7, "ok": True, "days": 3}
    told = client.ask(id=8, ask="history", days=30)
    assert told == {"id": 8, "ok": False, "faults": ["one: is wrong", "two: is, too"]}
    for days in (27, 28):
        told = client.ask(id=9, ask="history", days=days)
        assert told["faults"] == ["answer: holds what JSON cannot spell"]
    assert "bring its firmware" in client.ask(ask="identify", on=True)["faults"][0]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "payload: is not JSON"),
        (b"[]", "record: is a list, not an object"),
        (b"\xff", "payload: is not UTF-8"),
        (b"[" * 5000, "payload: is nested too deeply"),
        (b'{"ask": "steal"}', "ask: is no question that is known"),
        (b'{"ask": 3}', "ask: is no question that is known"),
        (b'{"ask": "history"}', "days: is missing; write it"),
        (b'{"ask": "history", "days": 32}', "days: 32 is not between 1 and 31"),
        (b'{"ask": "history", "days": 1, "x": 2}', "x: is not known; known: days, ask"),
        (b'{"id": "a", "ask": "look"}', "id: is a text, not a whole number"),
    ],
)
def test_what_is_no_question_is_answered_so(
    client: Client, line: bytes, fault: str
) -> None:
    client.line.sendall(line + b"\n")

    told = client.hear()
    assert told["ok"] is False
    assert told["faults"][0].startswith(fault)
    assert client.ask(id=1, ask="history", days=1)["ok"], "and the line goes on"


def test_a_line_without_end_is_hung_up_on(client: Client, path: Path) -> None:
    with suppress(ConnectionError):
        client.line.sendall(b"x" * (QUESTION_BYTES_MAX + 100_000))
        assert client.line.recv(1) == b""
    other = Client(path)
    assert other.ask(ask="history", days=1)["ok"]
    other.close()


def test_a_deed_that_fails_unforeseen_ends_its_own_line_alone(
    client: Client, path: Path
) -> None:
    other = Client(path)
    client.line.sendall(b'{"ask": "history", "days": 29}\n')

    assert client.hear() == {}
    assert other.ask(ask="history", days=1)["ok"]
    other.close()


def test_a_light_that_cannot_be_had_ends_no_answers(path: Path) -> None:
    window = Window(path, {"history": history}, unlit)
    client = Client(path)
    try:
        for _ in range(3):
            assert client.ask(ask="history", days=1)["ok"]
    finally:
        client.close()
        window.close()


def test_no_more_ask_than_may(window: Window, path: Path) -> None:
    assert not window.watched
    clients = [Client(path) for _ in range(CLIENTS_MAX)]
    assert all(each.ask(ask="history", days=1)["ok"] for each in clients)
    more = Client(path)
    assert "close one" in more.hear()["faults"][0]
    assert more.hear() == {}
    more.close()
    clients.pop().close()

    def has_room() -> bool:
        found = Client(path)
        try:
            return found.ask(ask="history", days=1).get("ok") is True
        except ConnectionError:
            return False
        finally:
            found.close()

    assert wait_until(has_room, 10.0)
    for each in clients:
        each.close()


def test_whoever_watches_is_told_and_who_does_not_read_is_dropped(
    window: Window, path: Path
) -> None:
    reads, sleeps, asks = Client(path), Client(path), Client(path)
    for each in (reads, sleeps):
        assert each.ask(ask="watch")["ok"]
    heard: list[dict[str, Any]] = []
    reader = threading.Thread(
        target=lambda: heard.extend(iter(reads.hear, {"tell": "end"}))
    )
    reader.start()
    big = "x" * 100_000
    for number in range(40):
        window.tell("state", partial(dict, number=number, big=big))
        assert wait_until(partial(_more, heard, number), 10.0)
    window.tell("end", dict)
    reader.join(10.0)

    assert [told["number"] for told in heard] == list(range(40))
    assert asks.ask(ask="history", days=1)["ok"]
    assert len(window._clients) == 2, "who slept is gone"
    for each in (reads, sleeps, asks):
        each.close()


def _more(heard: list[dict[str, Any]], number: int) -> bool:
    return len(heard) > number


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
WORDS = st.sampled_from(["look", "aim", "draw", "rows", "test_tap", "accept", "paper"])


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    WORDS,
    st.dictionaries(
        st.sampled_from(
            [
                "on",
                "for_s",
                "site",
                "corners",
                "spaces",
                "direction",
                "ago_s",
                "technician",
                "name",
                "dry",
            ]
        ),
        JSON,
    ),
)
def test_whatever_is_carried_is_understood_or_refused_with_its_place(
    word: str, carried: dict[str, object]
) -> None:
    try:
        found, arguments = understood({"ask": word, **carried})
    except RecordError as error:
        told = str(error)
    else:
        told = f"{found}: was understood"
        assert set(arguments) <= set(carried)

    assert ": " in told

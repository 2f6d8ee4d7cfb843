"""What the service manager hears."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.assembly.manager import service_manager
from tallypost.board.service_manager import NoServiceManager, Systemd


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(str(tmp_path / "notify"))
        wire.settimeout(5.0)
        yield wire


def test_it_hears_the_words_of_sd_notify(heard: socket.socket) -> None:
    manager = service_manager({"NOTIFY_SOCKET": heard.getsockname()})
    manager.ready()
    manager.alive()
    manager.ending()

    words = [heard.recv(100) for _ in range(3)]
    assert words == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_abstract_name_is_a_name_too(tmp_path: Path) -> None:
    name = f"tallypost-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(f"\0{name}")
        wire.settimeout(5.0)
        Systemd(f"@{name}").ready()

        assert wire.recv(100) == b"READY=1"


def test_one_that_is_gone_or_does_not_listen_holds_nobody_up(
    tmp_path: Path, heard: socket.socket
) -> None:
    Systemd(str(tmp_path / "none")).alive()
    deaf = Systemd(heard.getsockname())
    for _ in range(10_000):
        deaf.alive()

    assert heard.recv(100) == b"WATCHDOG=1"


def test_started_by_hand_nobody_is_told() -> None:
    assert isinstance(service_manager({}), NoServiceManager)

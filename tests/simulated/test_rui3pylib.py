"""A driver that is not ours drives the simulated RAK3172, as its makers wrote it."""

import logging
import time
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import Stage, set_up

PACE = 200
IMPATIENCE = 15
"""It waits three seconds after each command, whatever has come by then."""
KEY = "2b7e151628aed2a6abf7158809cf4f3c"
EUI = "70b3d57ed0000001"


@pytest.fixture
def stage(board: HurriedBoard) -> Stage:
    return set_up("rak3172", board)


@pytest.fixture
def board() -> HurriedBoard:
    return HurriedBoard(LinuxBoard(), PACE)


@pytest.fixture
def rui3pylib() -> Iterator[ModuleType]:
    """Import it as it is: it sets up logging for the whole process, which ends here."""
    root = logging.getLogger()
    before = (root.level, [*root.handlers])
    yield import_module("rui3pylib.rui3pylib")
    root.setLevel(before[0])
    root.handlers[:] = before[1]


@pytest.fixture
def node(
    rui3pylib: ModuleType,
    stage: Stage,
    board: HurriedBoard,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    quick = SimpleNamespace(
        sleep=lambda seconds: time.sleep(seconds / IMPATIENCE),
        monotonic=time.monotonic,
    )
    monkeypatch.setattr(rui3pylib, "time", quick)
    with Terminal(stage.modem, board) as terminal:
        node = rui3pylib.RUI3Node(terminal.path)
        yield node
        node.close()


def test_it_finds_the_modem_and_reads_what_it_is(node: Any) -> None:
    assert node.is_open
    assert "RUI_4" in node.get_firm_version()
    assert "rak3172" in node.get_hw_model()


def test_what_it_sets_it_reads_again(node: Any, stage: Stage) -> None:
    node.set_device_eui(EUI)
    node.set_app_key(KEY)
    node.set_freq_band(4)
    node.set_data_rate(3)

    assert EUI.upper() in node.get_device_eui()
    assert "AT+BAND=4" in node.get_freq_band()
    assert "AT+DR=3" in node.get_data_rate()
    assert stage.device.app_key.hex() == KEY


def test_its_payload_arrives_and_it_reads_the_downlink(node: Any, stage: Stage) -> None:
    node.set_app_key(KEY)
    node.try_join(True, False, 8, 0)
    assert "AT+NJS=1" in node.get_network_join_status()
    stage.network.queue(stage.device.dev_eui, 10, b"\xff\x01")

    node.send_data(2, "0102")

    assert [(one.port, one.payload) for one in stage.network.received] == [
        (2, b"\x01\x02")
    ]
    assert "AT+RECV=10:FF01" in node.get_last_received_data()


def test_it_is_refused_what_the_modem_does_not_take(node: Any, stage: Stage) -> None:
    node.set_app_key(KEY)
    node.try_join(True, False, 8, 0)

    assert node.send_data(2, "00" * 243) is None

    assert stage.network.received == []
    assert stage.device.session is not None
    assert stage.device.session.counter == 1  # the empty frame

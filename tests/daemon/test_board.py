"""A real half that speaks, with a simulated board that a file presses."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.assembly.reception import CODE_FILE, WISH_FILE
from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.witness import read_proof
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.wall.frame import State
from tallypost.wall.writer import WallWriter
from tests.daemon.test_handover import HANDOVER
from tests.daemon.test_telemetry_half import telemetry_half
from tests.system.house import wait_until

SITE = '[[lines]]\nname = "gate"\nstart = [0.1, 0.5]\nend = [0.9, 0.5]\n'
SETTINGS = """
device = "tp-1"
[outbox]
path = "outbox.db"
ram_folder = "ram"
[board]
kind = "simulated"
folder = "pins"
[panel]
folder = "panel"
addresses = ["127.0.0.1:1"]
open_after_start_s = 0
[remote]
folder = "remote"
"""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    made = tmp_path / "tallypost.toml"
    made.write_text(SETTINGS, "utf-8")
    (tmp_path / "site.toml").write_text(SITE, "utf-8")
    for folder in ("panel", "ram"):
        (tmp_path / folder).mkdir(mode=0o700)
    (tmp_path / "panel" / CODE_FILE).write_text("{}", "ascii")
    return made


def alerts_of(folder: Path) -> list[Alert]:
    outbox = Outbox(folder / "outbox.db", board=SimulatedBoard(2e9))
    try:
        waiting = outbox.alerts.head(10)
        return [json_v1.decode_alert(row.payload).alert for row in waiting]
    finally:
        outbox.close()


def lid_is_open(word: Path) -> bool:
    told = read_proof(word)
    return told is not None and told.lid_open is True


@pytest.mark.slow
def test_a_box_is_opened_pressed_and_told(
    tmp_path: Path, settings: Path, pipe: tuple[int, int]
) -> None:
    pins, word = tmp_path / "pins", tmp_path / "ram" / "proof.json"
    lit, wish = pins / "lights", tmp_path / "panel" / WISH_FILE
    handover = replace(HANDOVER, daemon=os.getpid(), intervals_per_minute=6e4)
    writer = WallWriter(pipe[1], handover.alphabet)
    writer.tell(State.WATCHING)
    assert writer.flush()

    half = telemetry_half(settings, pipe[0], handover)
    try:
        assert wait_until(lambda: lit.exists() and "status" in lit.read_text("ascii"))
        (pins / "tamper").touch()
        assert wait_until(lambda: lid_is_open(word))
        (pins / "button").touch()
        time.sleep(0.5)
        (pins / "button").unlink()
        assert wait_until(wish.exists)
    finally:
        half.send_signal(signal.SIGTERM)
        half.wait(30)

    [told] = alerts_of(tmp_path)
    assert (told.kind, told.state) == (AlertKind.TAMPER, AlertState.BEGUN)
    last = read_proof(word)
    assert last is not None
    assert last.watching
    assert last.health is not None

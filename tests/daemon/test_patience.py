"""A half to which no frame comes ends, in good order or by the kernel."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.vision_half import HANGS_S, NIGHT_S, Patience
from tallypost.errors import CameraUnavailableError
from tests.daemon.test_handover import HANDOVER

HANGS = """\
from tallypost.board.alarm_clock import AlarmClock
AlarmClock().ring_in(0.3)
while True:
    pow(3, 10_000_000)
"""

OPENING_HANGS = """\
import sys, time
from pathlib import Path
from tallypost.daemon import vision_half
vision_half.HANGS_S = 0.2
vision_half.open_sight = lambda *told: time.sleep(60)
vision_half.see(Path("tallypost.toml"), outlet=1, frames_within_s=0.1)
"""


class Clock:
    """Stands in for the kernel's timer, which would end us."""

    def __init__(self) -> None:
        self.rings_in_s: list[float] = []

    def ring_in(self, seconds: float) -> None:
        self.rings_in_s.append(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("tallypost.daemon.vision_half.AlarmClock", lambda: made)
    return made


def test_new_frames_put_the_end_off_and_the_same_number_does_not(
    clock: Clock, board: SimulatedBoard
) -> None:
    patience = Patience(60.0, board)
    for frames in range(10):
        patience.note(frames)
        board.advance(59)
        patience.note(frames)
    assert clock.rings_in_s == [60.0 + HANGS_S] * 10

    board.advance(1)
    with pytest.raises(CameraUnavailableError, match="60 s"):
        patience.note(9)


def test_a_camera_that_is_fetched_from_may_be_off_while_turns_go_on(
    clock: Clock, board: SimulatedBoard
) -> None:
    patience = Patience(60.0, board, fetched=True)
    turns = round(NIGHT_S / 30)
    for _ in range(turns):
        patience.note(0)
        board.advance(30)
    assert clock.rings_in_s == [60.0 + HANGS_S] * (turns + 1), "once as it begins"

    with pytest.raises(CameraUnavailableError, match="1800 s"):
        patience.note(0)


def test_who_was_not_told_to_is_patient_for_ever(
    clock: Clock, board: SimulatedBoard
) -> None:
    patience = Patience(None, board)
    patience.note(0)
    board.advance(1e6)
    patience.note(0)

    assert clock.rings_in_s == []


def test_one_that_hangs_in_a_library_is_ended_by_the_kernel() -> None:
    half = subprocess.run([sys.executable, "-c", HANGS], check=False, timeout=60)

    assert half.returncode == -signal.SIGALRM


def test_one_that_hangs_while_it_opens_its_camera_is_ended_too() -> None:
    half = subprocess.run(
        [sys.executable, "-c", OPENING_HANGS],
        check=False,
        input=replace(HANDOVER, daemon=os.getpid()).to_json(),
        timeout=30,
    )

    assert half.returncode == -signal.SIGALRM

"""When nothing more is to be waited for at the wall, and what the watchdog is fed."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.inlet import LAST_WORDS_S, Inlet
from tallypost.daemon.telemetry_half import Pulse
from tallypost.wall.frame import FRAME_BYTES

FRAME = b"f" * FRAME_BYTES


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[int]:
    os.mkfifo(tmp_path / "wall")
    descriptor = os.open(tmp_path / "wall", os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def test_a_wall_that_a_manager_keeps_is_read_to_its_end_and_then_left(
    wall: int, board: SimulatedBoard
) -> None:
    os.write(wall, 2 * FRAME)
    inlet = Inlet(wall, board, lambda: True, kept=True)

    assert [inlet.read(), inlet.over] == [FRAME, False]
    assert [inlet.read(), inlet.over] == [FRAME, False]
    assert [inlet.read(), inlet.over] == [b"", True]


def test_nobody_asked_to_stop_goes_on_waiting(wall: int, board: SimulatedBoard) -> None:
    inlet = Inlet(wall, board, lambda: False, kept=True)

    assert [inlet.read(), inlet.over] == [b"", False]


def test_a_wall_of_the_daemons_is_over_when_it_is_closed(board: SimulatedBoard) -> None:
    read_end, write_end = os.pipe()
    inlet = Inlet(read_end, board, lambda: True, kept=False)
    os.write(write_end, FRAME)
    os.close(write_end)

    assert [inlet.read(), inlet.over] == [FRAME, False]
    assert [inlet.read(), inlet.over] == [b"", True]
    os.close(read_end)


def test_last_words_are_not_waited_for_for_ever(
    wall: int, board: SimulatedBoard
) -> None:
    inlet = Inlet(wall, board, lambda: True, kept=False)
    os.write(wall, 2 * FRAME)

    assert [inlet.read(), inlet.over] == [FRAME, False]
    board.advance(LAST_WORDS_S)
    assert [inlet.read(), inlet.over] == [FRAME, True]


@dataclass(slots=True)
class Manager:
    """Counts how often it hears that all is well."""

    heard: int = 0

    def ready(self) -> None: ...

    def alive(self) -> None:
        self.heard += 1

    def ending(self) -> None: ...


@dataclass(slots=True)
class Speech:
    """Knows when the way out was last known to work."""

    at_s: list[float | None] = field(default_factory=lambda: [None])

    def proven_s(self) -> float | None:
        return self.at_s[-1]


def test_a_process_that_only_runs_feeds_no_watchdog() -> None:
    speech, manager = Speech(), Manager()
    pulse = Pulse(cast("Any", speech), manager)
    pulse.beat()
    assert manager.heard == 0

    speech.at_s.append(5.0)
    for _ in range(3):
        pulse.beat()
    assert manager.heard == 1

    speech.at_s.append(6.0)
    pulse.beat()
    assert manager.heard == 2

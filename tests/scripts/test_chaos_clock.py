"""The chaos run's clocks say what its world makes of them."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.chaos_run.clock import MOMENT_S, HurriedBoard, World
from tallypost.domain.records import ClockTrust


@pytest.fixture
def world() -> World:
    now_s = time.monotonic()
    return World(
        epoch_s=now_s, epoch_utc_s=1.9e9, speed=1000.0, boot="first", boot_s=now_s
    )


@pytest.fixture
def board(world: World, tmp_path: Path) -> HurriedBoard:
    world.write(tmp_path / "clock.json")
    return HurriedBoard(tmp_path / "clock.json")


def test_both_clocks_asked_one_after_the_other_tell_of_one_moment(
    board: HurriedBoard,
) -> None:
    monotonic_s = board.monotonic_s()
    time.sleep(0.02)

    assert board.utc_s() - 1.9e9 == pytest.approx(monotonic_s, abs=1e-3)
    assert board.utc_s() - 1.9e9 >= monotonic_s + 20.0


def test_a_clock_asked_later_tells_of_later(board: HurriedBoard) -> None:
    monotonic_s = board.monotonic_s()
    time.sleep(MOMENT_S * 1.1)

    assert board.utc_s() - 1.9e9 >= monotonic_s + MOMENT_S * 1000.0


def test_a_calendar_that_jumps_takes_no_other_clock_along(
    board: HurriedBoard, world: World, tmp_path: Path
) -> None:
    before = board.reading()
    jumped = replace(
        world, offset_s=-86_400.0, trust=ClockTrust.UNSYNCED, uncertainty_s=None
    )
    jumped.write(tmp_path / "clock.json")
    after = board.reading()

    assert after.utc_s < before.utc_s - 80_000.0
    assert after.monotonic_s >= before.monotonic_s
    assert after.true_utc_s >= before.true_utc_s
    assert board.clock().trust is ClockTrust.UNSYNCED
    assert after.clock.trust is ClockTrust.UNSYNCED
    assert board.boot_id() == "first"

"""Whoever held an outbox before may still be ending when the next one starts."""

import logging
from pathlib import Path

import pytest

from tallypost.assembly.succession import take_over_outbox
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import OutboxBusyError
from tallypost.settings.device import OutboxSettings
from tallypost.telemetry.outbox.outbox import Outbox


class EndingBoard(SimulatedBoard):
    """A board on which the outbox's holder ends after some seconds of waiting.

    Args:
        holder: Holds the outbox.
        ends_s: When it ends, by the monotonic clock.
    """

    def __init__(self, holder: Outbox, ends_s: float) -> None:
        super().__init__()
        self._holder = holder
        self._ends_s = self.monotonic_s() + ends_s

    def wait(self, seconds: float) -> None:
        """Wait, and let the holder end when its time has come."""
        super().wait(seconds)
        if self.monotonic_s() >= self._ends_s:
            self._holder.close()


@pytest.fixture
def settings(tmp_path: Path) -> OutboxSettings:
    return OutboxSettings(path=tmp_path / "outbox.db", ram_folder=tmp_path / "ram")


@pytest.fixture
def holder(settings: OutboxSettings) -> Outbox:
    return Outbox(
        Path(settings.path), ram_folder=settings.ram_folder, board=SimulatedBoard()
    )


def test_a_start_waits_for_a_half_that_is_still_ending(
    settings: OutboxSettings, holder: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    board = EndingBoard(holder, ends_s=8.0)
    before_s = board.monotonic_s()

    with caplog.at_level(logging.WARNING):
        outbox = take_over_outbox(settings, board)

    assert board.monotonic_s() - before_s == pytest.approx(8.0, abs=0.5)
    assert outbox.pending == 0
    assert caplog.text.count("outbox is held") == 1
    outbox.close()


def test_a_second_instance_is_turned_away_after_a_while(
    settings: OutboxSettings, holder: Outbox
) -> None:
    board = EndingBoard(holder, ends_s=3600.0)

    with pytest.raises(OutboxBusyError, match="another tallypost"):
        take_over_outbox(settings, board)

    assert 19.0 < board.monotonic_s() < 60.0
    holder.close()

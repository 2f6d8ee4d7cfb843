"""What tests of delivery ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.outbox.outbox import Outbox


@pytest.fixture
def outbox(tmp_path: Path, board: SimulatedBoard) -> Iterator[Outbox]:
    """An outbox with nothing in it."""
    opened = Outbox(tmp_path / "outbox.db", board=board)
    yield opened
    opened.close()

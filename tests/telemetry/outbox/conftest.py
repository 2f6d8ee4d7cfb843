"""An outbox that a test may open again and again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.outbox.outbox import Outbox

Open = Callable[[], Outbox]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox.db"


@pytest.fixture
def reopen(path: Path, board: SimulatedBoard) -> Iterator[Open]:
    """Open the outbox; what was open before is closed first."""
    last: list[Outbox] = []

    def opened() -> Outbox:
        for outbox in last:
            outbox.close()
        last.append(Outbox(path, board=board))
        return last[-1]

    yield opened
    for outbox in last:
        outbox.close()

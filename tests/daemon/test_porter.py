"""Who starts the panel, by wishes alone and one at a time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.porter import Porter
from tallypost.settings.panel import PanelSettings
from tests.system.house import alive, wait_until


class Lodge:
    """A porter, and what he has started."""

    def __init__(self, folder: Path, board: SimulatedBoard) -> None:
        self.folder = folder / "panel"
        self.folder.mkdir()
        self._board = board
        self._started = folder / "started"
        script = f'echo "$$ $*" >> {self._started}; exec sleep 60'
        panel = PanelSettings(folder=self.folder, addresses=("127.0.0.1:8443",))
        self.porter = Porter(panel, "tp-1", board, ("sh", "-c", script, "sh"))

    def wish(self) -> None:
        (self.folder / "wanted").touch()

    def look(self, times: int = 3) -> None:
        for _ in range(times):
            self._board.advance(1.0)
            self.porter.look()

    @property
    def started(self) -> list[str]:
        """What was started, each with its process id first."""
        found = self._started
        return found.read_text("utf-8").splitlines() if found.exists() else []

    def pid(self) -> int:
        return int(self.started[-1].split()[0])


@pytest.fixture
def lodge(tmp_path: Path, board: SimulatedBoard) -> Iterator[Lodge]:
    found = Lodge(tmp_path, board)
    yield found
    found.porter.close()
    found.porter.close()


def test_without_a_wish_or_without_a_code_nothing_is_started(lodge: Lodge) -> None:
    lodge.look()
    lodge.wish()
    lodge.look()

    assert lodge.started == []
    assert (lodge.folder / "wanted").exists()


def test_a_wish_starts_one_panel_and_a_second_wish_no_second(lodge: Lodge) -> None:
    (lodge.folder / "code.json").touch()
    lodge.wish()
    lodge.look()
    assert wait_until(lambda: len(lodge.started) == 1, 20.0)
    assert not (lodge.folder / "wanted").exists()
    words = lodge.started[0].split()[1:]
    assert words[:5] == ["panel", "--folder", str(lodge.folder), "--name", "tp-1"]
    assert words[5:7] == ["--address", "127.0.0.1:8443"]
    assert words[-2:] == ["--daemon", str(os.getpid())]
    lodge.wish()
    lodge.look()
    assert (lodge.folder / "wanted").exists(), "the panel itself takes that one"
    first = lodge.pid()
    os.kill(first, 15)

    def again() -> bool:
        lodge.look()
        return len(lodge.started) == 2

    assert wait_until(again, 20.0)
    second = lodge.pid()
    lodge.porter.close()
    assert wait_until(lambda: not alive_at_all(second), 20.0)


def test_a_wish_that_cannot_be_heeded_ends_nothing(
    lodge: Lodge, board: SimulatedBoard, caplog: pytest.LogCaptureFixture
) -> None:
    (lodge.folder / "code.json").touch()
    wish = lodge.folder / "wanted"
    wish.mkdir()
    lodge.look()
    assert caplog.text.count("panel cannot be started") == 1, "not each second"
    wish.rmdir()
    lodge.wish()
    board.advance(60.0)
    lodge.look()
    assert wait_until(lambda: len(lodge.started) == 1, 20.0)


def test_a_program_that_cannot_be_started_ends_nothing(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    for name in ("code.json", "wanted"):
        (tmp_path / name).touch()
    porter = Porter(PanelSettings(folder=tmp_path), "tp-1", board, ("/nowhere",))
    porter.look()
    porter.close()

    assert not (tmp_path / "wanted").exists()


def alive_at_all(process_id: int) -> bool:
    try:
        return alive(process_id)
    except FileNotFoundError:
        return False

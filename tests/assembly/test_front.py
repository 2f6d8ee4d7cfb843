"""Who answers at the device."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tallypost.assembly import reception
from tallypost.assembly.reception import CODE_FILE, WISH_FILE, Premises, open_front
from tallypost.board.simulated import SimulatedBoard
from tallypost.settings.device import DeviceSettings
from tallypost.settings.panel import PanelSettings


def test_a_wish_that_cannot_be_made_closes_no_front(
    tmp_path: Path, board: SimulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / CODE_FILE).touch()
    (tmp_path / WISH_FILE).symlink_to("/proc/1/nothing/here")
    settings = DeviceSettings(panel=PanelSettings(folder=tmp_path))
    opened: Any = object()
    monkeypatch.setattr(reception, "_Open", lambda *_: opened)
    premises = cast("Premises", SimpleNamespace(board=board))

    assert board.monotonic_s() < settings.panel.open_after_start_s
    assert open_front(settings, premises) is opened

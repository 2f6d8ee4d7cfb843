"""`[board]`: what is refused, and with which words."""

from pathlib import Path

import pytest

from tallypost.assembly.pins import is_wired, wires
from tallypost.board.pins import Input, Output, Wire
from tallypost.errors import SettingsError
from tallypost.settings.board import GpiodSettings, GpiozeroSettings
from tallypost.settings.reading import read_device_settings
from tallypost.settings.remote import refusal

GOOD = """[board]
kind = "gpiod"
status = "PQ.05"
button = "PN.01"
tamper = "PH.00"
"""


def faults(tmp_path: Path, text: str) -> str:
    path = tmp_path / "tallypost.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        read_device_settings(path)
    return str(caught.value)


def test_nothing_is_wired_unless_somebody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "tallypost.toml"
    path.write_text("interval_s = 60\n", "utf-8")
    board = read_device_settings(path).board

    assert not is_wired(board)
    assert board.reboots


def test_lines_are_wired_by_their_roles(tmp_path: Path) -> None:
    path = tmp_path / "tallypost.toml"
    path.write_text(GOOD, "utf-8")
    board = read_device_settings(path).board

    assert isinstance(board, GpiodSettings)
    assert wires(board) == {
        Output.STATUS: Wire("PQ.05"),
        Input.BUTTON: Wire("PN.01", active_low=True),
        Input.TAMPER: Wire("PH.00"),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            '[board]\nkind = "gpiod"\nstatus = "17"\n',
            "board.status: 17 is a number",
            id="a number",
        ),
        pytest.param(
            '[board]\nkind = "gpiod"\nstatus = "A"\nlink = "A"\n',
            "board.link: is A, as `status` is",
            id="one line twice",
        ),
        pytest.param(
            '[board]\nkind = "gpiozero"\nactive_low = ["buzzer"]\n',
            "board.active_low[0]: names buzzer, which has no line",
            id="not wired",
        ),
        pytest.param(
            '[board]\nkind = "gpio"\n', 'did you mean "gpiod"?', id="another kind"
        ),
        pytest.param(
            '[board]\nstatus = "GPIO17"\n', "board", id="lines without a kind"
        ),
        pytest.param('[board]\nkind = "simulated"\n', "board.folder", id="no folder"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    assert told in faults(tmp_path, text)


def test_nothing_of_it_may_be_set_from_afar() -> None:
    for key in {*GpiozeroSettings.model_fields, *GpiodSettings.model_fields}:
        assert "soldered" in str(refusal(f"board.{key}"))

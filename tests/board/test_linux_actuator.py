"""A board's hands: a folder stands in for the kernel's lights."""

from pathlib import Path

import pytest

from tallypost.board.linux_actuator import LinuxActuator
from tallypost.errors import ActuatorError, ActuatorUnsupportedError


@pytest.fixture
def light(tmp_path: Path) -> Path:
    folder = tmp_path / "ACT"
    folder.mkdir()
    (folder / "trigger").write_text("none [mmc0] timer\n")
    (folder / "brightness").write_text("0\n")
    return folder


def showing(light: Path) -> str:
    return (light / "trigger").read_text()


def test_a_light_blinks_and_goes_back_to_what_it_showed(light: Path) -> None:
    hands = LinuxActuator("ACT", lights=light.parent)
    hands.blink(on=True)
    assert showing(light) == "timer"
    hands.blink(on=True)
    hands.blink(on=False)
    hands.blink(on=False)

    assert showing(light) == "mmc0"


def test_a_light_that_was_simply_on_is_so_again(light: Path) -> None:
    (light / "trigger").write_text("[none] mmc0 timer\n")
    (light / "brightness").write_text("255\n")
    hands = LinuxActuator("ACT", lights=light.parent)
    hands.blink(on=True)
    (light / "brightness").write_text("0\n")
    hands.blink(on=False)

    assert showing(light) == "none"
    assert (light / "brightness").read_text() == "255"


def test_without_a_light_it_says_so(tmp_path: Path) -> None:
    for name in (None, "PWR"):
        with pytest.raises(ActuatorUnsupportedError, match="light"):
            LinuxActuator(name, lights=tmp_path).blink(on=True)


def test_a_light_that_cannot_be_written_to_fails(light: Path) -> None:
    (light / "trigger").unlink()
    (light / "trigger").mkdir()

    with pytest.raises(ActuatorError, match="ACT"):
        LinuxActuator("ACT", lights=light.parent).blink(on=True)


def test_a_reboot_is_asked_of_the_service_manager() -> None:
    LinuxActuator(None, reboot=("true",)).reboot()
    with pytest.raises(ActuatorError, match="refused"):
        LinuxActuator(None, reboot=("false",)).reboot()
    with pytest.raises(ActuatorUnsupportedError, match="no-such-word"):
        LinuxActuator(None, reboot=("no-such-word",)).reboot()


def test_where_only_the_service_manager_may_reboot_a_file_asks_it_to(
    tmp_path: Path,
) -> None:
    file = tmp_path / "reboot"
    LinuxActuator(None, reboot=("false",), reboot_file=file).reboot()
    assert file.exists()

    nowhere = tmp_path / "none" / "reboot"
    with pytest.raises(ActuatorError, match="RuntimeDirectory"):
        LinuxActuator(None, reboot_file=nowhere).reboot()


def test_an_update_is_not_supported() -> None:
    with pytest.raises(ActuatorUnsupportedError, match="updates"):
        LinuxActuator(None).update("2.0")


def test_a_light_that_an_ended_run_has_left_blinking_goes_dark(light: Path) -> None:
    (light / "trigger").write_text("none mmc0 [timer]\n")
    (light / "brightness").write_text("255\n")
    hands = LinuxActuator("ACT", lights=light.parent)
    hands.blink(on=True)
    hands.blink(on=False)

    assert showing(light) == "none"
    assert (light / "brightness").read_text() == "0"

"""A light that tells a number, and a board that tells its own."""

from pathlib import Path

import pytest

from tallypost.board.led_code import show_count
from tallypost.board.serial_number import serial_number
from tallypost.domain.first_start import Verdict
from tallypost.errors import ActuatorError, ActuatorUnsupportedError


def light(folder: Path, triggers: str) -> Path:
    """Return a light as the kernel's class of them shows it."""
    place = folder / "ACT"
    place.mkdir()
    (place / "trigger").write_text(triggers)
    (place / "max_brightness").write_text("255\n")
    return place


def test_a_light_flashes_long_once_and_short_so_often_and_pauses(
    tmp_path: Path,
) -> None:
    place = light(tmp_path, "none [mmc0] timer pattern\n")

    show_count("ACT", 3, tmp_path)

    assert (place / "trigger").read_text() == "pattern"
    steps = list(map(int, (place / "pattern").read_text().split()))
    levels, waits_ms = steps[::2], steps[1::2]
    lit = [
        wait_ms for level, wait_ms in zip(levels, waits_ms, strict=True) if level == 255
    ]
    assert [wait_ms for wait_ms in lit if wait_ms] == [1000, 250, 250, 250]
    assert max(waits_ms) == 2500, "the pause stands out"
    jumps = zip(levels, levels[1:], waits_ms, strict=False)
    assert all(wait_ms == 0 for one, other, wait_ms in jumps if one != other), (
        "a change that takes time would be a glow, which nobody can count"
    )


def test_a_kernel_without_patterns_blinks_in_a_hurry(tmp_path: Path) -> None:
    place = light(tmp_path, "[none] mmc0 timer\n")

    show_count("ACT", 3, tmp_path)

    assert (place / "trigger").read_text() == "timer"
    assert (place / "delay_on").read_text() == "200"


def test_a_light_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ActuatorUnsupportedError, match="none at"):
        show_count("ACT", 3, tmp_path)


def test_a_light_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "ACT").mkdir()

    with pytest.raises(ActuatorError, match="cannot be written to"):
        show_count("ACT", 3, tmp_path)


def test_everything_that_is_refused_has_a_number_that_can_be_counted() -> None:
    for verdict in Verdict:
        assert verdict.refused == verdict.startswith("refused_")
        assert verdict.refused == (2 <= verdict.blinks <= 8)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(b"10000000ABCDEF01\0", "10000000abcdef01", id="a Pi's"),
        pytest.param(b"1423021034567\0more\0", "1423021034567", id="a list"),
        pytest.param(b"\0", None, id="empty"),
        pytest.param(b"\xff\xff", None, id="no text"),
    ],
)
def test_a_board_tells_the_number_that_it_was_made_with(
    tmp_path: Path, raw: bytes, told: str | None
) -> None:
    place = tmp_path / "serial-number"
    place.write_bytes(raw)

    assert serial_number([tmp_path / "none", place]) == told
    assert serial_number([tmp_path / "none", tmp_path]) is None

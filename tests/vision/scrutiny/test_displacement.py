"""Bands are heard, and the majority does not always decide."""

import numpy as np
import pytest

from tallypost.vision.scrutiny.displacement import is_moved, lies_well
from tallypost.vision.scrutiny.profiles import BANDS, Match

USUAL = np.full(2 * BANDS, 0.9, np.float32)
STILL = [0.0] * (2 * BANDS)
UP = -0.05


def lying(shifts: list[float], gone: tuple[int, ...] = ()) -> Match:
    """Bands of which some lie elsewhere, and some nowhere."""
    shift = np.array(shifts, np.float32)
    displaced = shift != 0
    still = np.where(displaced, 0.1, 0.9).astype(np.float32)
    still[list(gone)] = 0.0
    best = np.where(displaced, 0.8, still).astype(np.float32)
    half = Match(still, best, np.zeros_like(shift))
    return Match(still, best, shift, (half, half))


@pytest.mark.parametrize(
    ("shifts", "moved"),
    [
        pytest.param(STILL, False, id="still"),
        pytest.param([UP] * 4 + [0] * 4, True, id="all of one way"),
        pytest.param([0] * 4 + [UP, UP, UP, 0], True, id="three"),
        pytest.param([0] * 4 + [0, UP, UP, 0], False, id="a bus before two of four"),
        pytest.param([0] * 4 + [UP, 0, 0, -UP], True, id="a roll"),
        pytest.param([0] * 4 + [UP, 0, 0, -3 * UP], False, id="no roll"),
        pytest.param([UP, 0, 0, 0, UP, 0, 0, 0], False, id="one of either way"),
        pytest.param([0.01] * 8, False, id="too little to matter"),
    ],
)
def test_it_takes_bands_that_agree(shifts: list[float], moved: bool) -> None:
    assert is_moved(lying(shifts), USUAL, sharp=True) is moved


def test_bands_that_usually_lie_nowhere_have_no_say() -> None:
    usual = USUAL.copy()
    usual[:BANDS] = 0.3

    assert not is_moved(lying([UP] * 4 + [0] * 4), usual, sharp=True)
    assert not is_moved(lying([UP] * 8), np.full_like(usual, 0.3), sharp=True)


def test_a_view_that_is_gone_has_moved_unless_it_is_out_of_focus() -> None:
    match = lying(STILL, gone=(0, 1, 2, 3, 4, 5))

    assert is_moved(match, USUAL, sharp=True)
    assert not is_moved(match, USUAL, sharp=False)


def test_halves_that_part_are_a_zoom() -> None:
    flat = np.zeros(2 * BANDS, np.float32)
    apart = flat.copy()
    apart[[0, 3, 5]] = 0.04
    clear = Match(flat, flat + np.float32(0.8), -apart)
    other = Match(flat, flat + np.float32(0.8), apart)
    lies = Match(USUAL, USUAL, flat, (clear, other))

    assert is_moved(lies, USUAL, sharp=True)
    assert not is_moved(Match(USUAL, USUAL, flat, (other, other)), USUAL, sharp=True)


def test_a_picture_lies_well_only_if_it_does_either_way() -> None:
    assert lies_well(lying(STILL), USUAL)
    assert not lies_well(lying([UP] * 3 + [0] * 5), USUAL)
    assert not lies_well(lying([0] * 5 + [UP] * 3), USUAL)

"""Bands tell where a picture has gone, whatever the light."""

import numpy as np
import pytest

from tallypost.domain.vision import Pixels
from tallypost.vision.glimpse import glimpse
from tallypost.vision.scrutiny.cells import cells, logarithm
from tallypost.vision.scrutiny.profiles import BANDS, Profiles, match, profiles
from tests.vision.scrutiny.scenes import HEIGHT, STREET, WIDTH, lit, noisy, street

ACROSS, DOWN = slice(BANDS), slice(BANDS, None)


def bands(pixels: Pixels) -> Profiles:
    return profiles(logarithm(glimpse(noisy(pixels, 1.0, len(pixels))).luma))


KNOWN = bands(STREET)


@pytest.mark.parametrize("pixels", [-40, -12, -6, 5, 9, 30])
def test_a_displacement_is_measured_in_shares_of_the_picture(pixels: int) -> None:
    """What the camera shows goes the other way than the camera."""
    aside, tilted = match(bands(street(pixels)), KNOWN), None
    if abs(pixels) < 0.15 * HEIGHT:
        tilted = match(bands(street(0, pixels)), KNOWN)

    np.testing.assert_allclose(aside.shift[ACROSS], -pixels / WIDTH, atol=0.007)
    if tilted is not None:
        np.testing.assert_allclose(tilted.shift[DOWN], -pixels / HEIGHT, atol=0.012)


@pytest.mark.parametrize("gain", [0.3, 0.6, 1.3])
def test_light_displaces_nothing(gain: float) -> None:
    lies = match(bands(lit(STREET, gain)), KNOWN)

    assert (lies.still > 0.9).all()
    assert (np.abs(lies.shift) < 0.005).all()


def test_what_does_not_lie_anywhere_says_so() -> None:
    lies = match(bands(STREET[::-1, ::-1]), KNOWN)

    assert (lies.still < 0.5).mean() > 0.7


def test_a_flat_picture_lies_nowhere_and_breaks_nothing() -> None:
    lies = match(profiles(np.zeros((48, 80), np.float32)), KNOWN)

    assert (lies.still == 0).all()
    assert np.isfinite(lies.shift).all()


@pytest.mark.parametrize("gain", [0.5, 0.8, 1.1])
def test_how_much_there_is_to_see_does_not_depend_on_the_light(gain: float) -> None:
    def medians(pixels: Pixels) -> list[float]:
        glimpsed = glimpse(pixels)
        shown = cells(glimpsed, logarithm(glimpsed.luma))
        scales = (shown.fine, shown.coarse, shown.gross)
        return [float(np.median(scale)) for scale in scales]

    assert medians(lit(STREET, gain)) == pytest.approx(medians(STREET), rel=0.12)

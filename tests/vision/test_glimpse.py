"""The small grey picture by which the camera is watched and motion is noticed."""

import numpy as np
import pytest

from tallypost.vision.glimpse import WIDTH_MAX, glimpse


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(("width", "side"), [(90, 1), (192, 2), (320, 4), (640, 7)])
def test_each_block_is_the_mean_luma_of_its_pixels(width: int, side: int) -> None:
    pixels = picture(100, width)
    seen = glimpse(pixels)

    rows, columns = 100 // side, width // side
    light = pixels @ np.array([0.299, 0.587, 0.114])
    blocks = light[: rows * side, : columns * side].reshape(rows, side, columns, side)
    np.testing.assert_allclose(seen.luma, blocks.mean(axis=(1, 3)), atol=1e-2)
    assert seen.luma.shape[1] <= WIDTH_MAX
    assert seen.detail.shape == seen.luma.shape


def test_detail_is_what_a_lens_out_of_focus_loses() -> None:
    stripes = np.zeros((120, 320, 3), np.uint8)
    stripes[:, ::2] = 100
    softer = np.full_like(stripes, 50)

    assert glimpse(stripes).detail.mean() > 95
    assert glimpse(softer).detail.max() == 0
    np.testing.assert_allclose(glimpse(stripes).luma, glimpse(softer).luma)


def test_a_strided_view_gives_what_its_copy_gives() -> None:
    turned = picture(320, 200).transpose(1, 0, 2)[:, ::-1]

    np.testing.assert_array_equal(glimpse(turned).luma, glimpse(turned.copy()).luma)


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (7, 97)])
def test_any_picture_has_a_glimpse(shape: tuple[int, int]) -> None:
    assert glimpse(picture(*shape)).luma.size > 0


def test_an_erased_glimpse_shows_nothing() -> None:
    seen = glimpse(picture(50, 50))
    seen.erase()

    assert not seen.luma.any()
    assert not seen.detail.any()

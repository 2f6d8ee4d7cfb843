"""The small grey picture by which the camera is watched and motion is noticed."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.glimpse import WIDTH_MAX, Glimpse, glimpse
from tallypost.vision.scrutiny.cells import SOFTENING
from tallypost.vision.scrutiny.scrutiny import Scrutiny


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


def memory() -> Iterator[bytes]:
    """All that this process could write to, backwards."""
    with Path("/proc/self/mem").open("rb", buffering=0) as mem:
        for line in Path("/proc/self/maps").read_text().splitlines():
            bounds, access, *rest = line.split()
            if not access.startswith("rw") or rest[-1].startswith(("/", "[v")):
                continue
            first, last = (int(each, 16) for each in bounds.split("-"))
            mem.seek(first)
            yield mem.read(last - first)[::-1]


PERSON = (231, 17, 99)
SIDE = 5


def luma(colour: tuple[int, int, int]) -> float:
    """Return that of blocks of one colour; leave nothing of it behind."""
    pixels = np.empty((SIDE, 480, 3), np.uint8)
    pixels[...] = colour
    seen = glimpse(pixels)
    found = float(seen.luma[0, 0])
    seen.erase()
    pixels[...] = 0
    return found


LUMA, GROUND = luma(PERSON), luma((7, 7, 7))


def constant(value: float) -> bytes:
    return np.full(32, value, ">f4").tobytes()


SOFTENED = float(np.float32(LUMA) + np.float32(SOFTENING))
BACKWARDS = {
    "pixels": bytes(PERSON[::-1] * 32),
    "a line": np.array(PERSON[::-1] * 32, ">u2").tobytes(),
    "sums": np.array([SIDE * each for each in PERSON[::-1]] * 32, ">u2").tobytes(),
    "luma": constant(LUMA),
    "softened": constant(SOFTENED),
    "light": constant(float(np.log(np.float32(SOFTENED)))),
    "change": constant(float(np.float32(LUMA) - np.float32(GROUND))),
}
"""What would be found of the person, so written that it is not itself what is found;
longer than a processor's register, which may lie on the stack."""


def by_the_gate(seen: Glimpse) -> None:
    gate = MotionGate()
    gate.looked(np.zeros_like(seen.luma), 0.0)
    gate.is_still(seen.luma, 0.1)


def by_the_scrutiny(seen: Glimpse) -> None:
    Scrutiny().look(seen, 0.0)


@pytest.mark.skipif(
    sys.platform != "linux", reason="reads its memory as Linux shows it"
)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("judged", [by_the_gate, by_the_scrutiny])
def test_no_memory_shows_the_picture_once_both_are_erased(
    judged: Callable[[Glimpse], None], *, turned: bool
) -> None:
    """Freed is not overwritten: whoever gets it next could read it."""
    pixels = np.full((480, 270, 3) if turned else (270, 480, 3), 7, np.uint8)
    shown = pixels.transpose(1, 0, 2)[:, ::-1] if turned else pixels
    shown[100:180, 100:400] = PERSON
    seen = glimpse(shown)
    judged(seen)
    seen.erase()
    pixels[...] = 0

    left = {
        name for each in memory() for name, mark in BACKWARDS.items() if mark in each
    }
    assert not left

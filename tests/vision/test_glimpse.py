"""The small grey picture by which the camera is watched and motion is noticed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tallypost.vision.glimpse import WIDTH_MAX, glimpse
from tallypost.vision.scrutiny.cells import SOFTENING


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


PERSON = (231, 17, 99)
GROUND = 7
SIDE = 5


def luma(colour: tuple[int, int, int]) -> float:
    """Return that of blocks of one colour."""
    pixels = np.empty((SIDE, 480, 3), np.uint8)
    pixels[...] = colour
    return float(glimpse(pixels).luma[0, 0])


def constant(value: float) -> bytes:
    return np.full(32, value, "<f4").tobytes()


LUMA = luma(PERSON)
SOFTENED = float(np.float32(LUMA) + np.float32(SOFTENING))
TRACES = {
    "pixels": bytes(PERSON * 32),
    "a line": np.array(PERSON * 32, "<u2").tobytes(),
    "sums": np.array([SIDE * each for each in PERSON] * 32, "<u2").tobytes(),
    "luma": constant(LUMA),
    "softened": constant(SOFTENED),
    "light": constant(float(np.log(np.float32(SOFTENED)))),
    "change": constant(float(np.float32(LUMA) - np.float32(luma((GROUND,) * 3)))),
}
"""What would be found of the person; longer than a processor's register, which may lie
on the stack."""

WATCHER = f"""
import sys
import numpy as np
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.glimpse import glimpse
from tallypost.vision.scrutiny.scrutiny import Scrutiny

def by_the_gate(seen):
    gate = MotionGate()
    gate.looked(np.zeros_like(seen.luma), 0.0)
    gate.is_still(seen.luma, 0.1)

def by_the_scrutiny(seen):
    Scrutiny().look(seen, 0.0)

judged, turned, erased = sys.argv[1:]
shape = (480, 270, 3) if turned == "turned" else (270, 480, 3)
pixels = np.full(shape, {GROUND}, np.uint8)
shown = pixels.transpose(1, 0, 2)[:, ::-1] if turned == "turned" else pixels
shown[100:180, 100:400] = {PERSON}
seen = glimpse(shown)
{{"gate": by_the_gate, "scrutiny": by_the_scrutiny}}[judged](seen)
if erased == "erased":
    seen.erase()
    pixels[...] = 0
print("done", flush=True)
sys.stdin.read()
"""
"""Looks at a picture and then waits; a process of its own, as one that looks for the
traces in itself finds those that it looks for."""


def traces_left(*words: str) -> set[str]:
    """Return what the memory of a watcher shows once it has done as it was told."""
    with subprocess.Popen(
        [sys.executable, "-c", WATCHER, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as watcher:
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == b"done\n"
        return {
            name
            for held in memory(watcher.pid)
            for name, mark in TRACES.items()
            if mark in held
        }


def memory(process: int) -> Iterator[bytes]:
    """All that a process could write to."""
    folder = Path(f"/proc/{process}")
    with (folder / "mem").open("rb", buffering=0) as mem:
        for line in (folder / "maps").read_text().splitlines():
            bounds, access, *rest = line.split()
            if not access.startswith("rw") or rest[-1].startswith("[v"):
                continue
            first, last = (int(each, 16) for each in bounds.split("-"))
            mem.seek(first)
            yield mem.read(last - first)


@pytest.mark.skipif(
    sys.platform != "linux", reason="reads another's memory as Linux shows it"
)
@pytest.mark.parametrize("turned", ["upright", "turned"])
@pytest.mark.parametrize("judged", ["gate", "scrutiny"])
def test_no_memory_shows_the_picture_once_both_are_erased(
    judged: str, turned: str
) -> None:
    """Freed is not overwritten: whoever gets it next could read it."""
    assert not traces_left(judged, turned, "erased")


@pytest.mark.skipif(
    sys.platform != "linux", reason="reads another's memory as Linux shows it"
)
def test_what_was_not_erased_is_found() -> None:
    assert {"pixels", "luma"} <= traces_left("gate", "upright", "kept")

"""No camera keeps a picture: each buffer that it gave is overwritten afterwards."""

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tallypost.canary.findings import Place
from tallypost.canary.forms import forms
from tallypost.canary.pattern import canary
from tallypost.canary.places import memory_of
from tallypost.canary.search import Finder

LOOKER = Path(__file__).parent / "looker.py"
SEED, FRAMES = 987_654_321_987, 12
AT_SOURCE = 900
"""The number of the canary that stands in the footage itself."""
HEIGHT, WIDTH = 240, 320
SHOWN, PICTURES = 4, 16
"""So many of the footage's pictures show it, the first ones."""


def footage() -> list[np.ndarray]:
    grey = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    planted = canary((HEIGHT, WIDTH, 3), SEED, AT_SOURCE)
    return [planted] * SHOWN + [grey] * (PICTURES - SHOWN)


def as_pictures(folder: Path) -> str:
    for number, pixels in enumerate(footage()):
        head = f"P6\n{WIDTH} {HEIGHT}\n255\n".encode()
        (folder / f"{number:02}.ppm").write_bytes(head + pixels.tobytes())
    return str(folder)


def as_film(folder: Path) -> str:
    """Return a film that loses nothing, and whose pictures each stand alone."""
    file = folder / "film.mov"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("png", rate=10)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgb24"
        for number, pixels in enumerate(footage()):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(file)


CAMERAS = {
    "synthetic": lambda _: "",
    "pictures": as_pictures,
    "film": as_film,
    "gstreamer-file": as_film,
}


def left_of(kind: str, source: str, frames: int) -> Place:
    """Return what a process's memory holds of canaries that it has overwritten."""
    with subprocess.Popen(
        [sys.executable, str(LOOKER), kind, source, str(SEED), str(frames)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as looker:
        assert looker.stdout is not None
        shapes = json.loads(looker.stdout.readline())
        assert shapes
        wanted = [(AT_SOURCE, HEIGHT, WIDTH), *map(tuple, shapes)]
        return memory_of(Finder(forms(wanted, SEED)), kind, looker.pid)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into a process")
@pytest.mark.parametrize("kind", CAMERAS)
def test_nothing_is_left_of_a_picture_that_was_given_back(
    tmp_path: Path, kind: str
) -> None:
    if kind.startswith("gstreamer"):
        pytest.importorskip("gi")

    place = left_of(kind, CAMERAS[kind](tmp_path), FRAMES)

    assert place.size_bytes
    assert place.told == ()

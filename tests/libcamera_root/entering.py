"""Runs commands in the root, before footage that is drawn for them."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "libcamera-root"
# What real_picamera2.py looks for on the left half.
COLOURS = ((190, 60, 60), (60, 170, 60), (60, 60, 190), (200, 200, 60))


def in_root(footage: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command where libcamera's camera plays what is drawn into a folder.

    The test is skipped where the root cannot be had, and need not be.
    """
    built = _script("build")
    if built.returncode == 3 and os.environ.get("TALLYPOST_REQUIRE_ROOT") != "1":
        pytest.skip(built.stderr.strip().splitlines()[-1])
    assert built.returncode == 0, built.stderr
    _draw(footage)
    return _script("run", "--frames", str(footage), *command)


def _script(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=900,
    )


def _draw(folder: Path) -> None:
    for number, colour in enumerate(COLOURS):
        picture = np.full((720, 1280, 3), 128, np.uint8)
        picture[:, :640] = colour
        codec = av.codec.CodecContext.create("mjpeg", "w")
        assert isinstance(codec, av.VideoCodecContext)
        codec.width, codec.height, codec.pix_fmt = 1280, 720, "yuvj420p"
        codec.time_base = Fraction(1, 1)
        frame = av.VideoFrame.from_ndarray(picture, "rgb24")
        packets = codec.encode(frame.reformat(format="yuvj420p")) + codec.encode(None)
        path = folder / f"{number}.jpg"
        path.write_bytes(b"".join(bytes(packet) for packet in packets))

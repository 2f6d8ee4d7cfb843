"""Footage that begins again where nothing may be opened any more."""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

PICTURES = 12
ROUNDS = 3
AGAIN = """\
import os, sys
from tallypost.vision.sandbox.entrance import give_up, leave_no_trace
leave_no_trace()
give_up(1)
from tallypost.assembly.board import board
from tallypost.assembly.lock_in import Need
from tallypost.domain.vision import Size
from tallypost.vision.camera.video import VideoCamera
from tallypost.vision.sandbox.allowance import Outlet
from tallypost.vision.sandbox.lock import lock_in
film, pictures = sys.argv[1], int(sys.argv[2])
camera = VideoCamera(
    source=film, fit=Size(64, 64), board=board(), loop=True, ahead=True
)
lock_in(Outlet(1, 1), {Need.FOOTAGE})
for _ in range(pictures):
    assert camera.read(20.0) is not None
os.write(1, b"!")
os._exit(0)
"""


@pytest.mark.parametrize("suffix", ["avi", "mp4", "mkv"])
def test_a_film_begins_again_although_nothing_may_be_opened(
    tmp_path: Path, suffix: str
) -> None:
    film = tmp_path / f"film.{suffix}"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(PICTURES):
            drawn = np.zeros((48, 64, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(drawn, "rgb24")))
        container.mux(stream.encode(None))

    done = subprocess.run(
        [sys.executable, "-c", AGAIN, film, str(ROUNDS * PICTURES)],
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stdout) == (0, b"!"), done.stderr

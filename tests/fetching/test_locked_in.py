"""Who fetches, really locked in: it speaks to its camera, and to nobody else."""

import errno
import json
import os
import socket
import subprocess
import sys

import pytest

from tests.fetching.prisoner import ALLOWED
from tests.vision.sandbox.prisoner import FRAME_BYTES

PRISONER = [sys.executable, "-m", "tests.fetching.prisoner"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Return what the kernel answered to every way out; 0: it was open."""
    folder = tmp_path_factory.mktemp("prison")
    (folder / "there").write_text("there")
    inner, outlet = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as camera:
        process = subprocess.Popen(
            [*PRISONER, str(outlet), str(folder), str(camera.getsockname()[1])],
            pass_fds=[outlet],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        os.close(outlet)
        camera.settimeout(30.0)
        connection, _ = camera.accept()
        with connection, os.fdopen(inner, "rb") as told:
            connection.sendall(b"200 ")
            frames = told.read()
            heard = connection.recv(99)
        _, complaints = process.communicate(timeout=30.0)
    assert process.returncode == 0, complaints.decode()
    assert heard == b"PLAY"
    return dict(
        json.loads(frames[at : at + FRAME_BYTES])
        for at in range(0, len(frames), FRAME_BYTES)
    )


def test_it_may_speak_to_its_camera(answers: dict[str, int]) -> None:
    assert {answers[way] for way in ALLOWED} == {0}


def test_every_other_way_out_is_refused(answers: dict[str, int]) -> None:
    others = {way: error for way, error in answers.items() if way not in ALLOWED}

    assert len(others) > 500
    assert {way for way, error in others.items() if error != errno.EPERM} == set()

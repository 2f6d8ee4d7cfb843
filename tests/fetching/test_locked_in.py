"""Who fetches, really locked in: it speaks to its camera, and to nobody else."""

import errno
import json
import os
import socket
import subprocess
import sys

import pytest

from tallypost.vision.sandbox.attempts import attempts
from tests.fetching.prisoner import ALLOWED
from tests.vision.sandbox.prisoner import FRAME_BYTES

OUTLET = 5
"""Of attempts that are only named here."""
PRISONER = [sys.executable, "-m", "tests.fetching.prisoner"]


@pytest.fixture(scope="module")
def answers() -> dict[str, int]:
    """Return what the kernel answered to every way out; 0: it was open."""
    inner, outlet = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as camera:
        process = subprocess.Popen(
            [*PRISONER, str(outlet), str(camera.getsockname()[1])],
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

    wanted = {each.name: each.error for each in attempts(OUTLET, FRAME_BYTES)}
    assert len(others) > 500
    assert others == {way: wanted.get(way, errno.EPERM) for way in others}

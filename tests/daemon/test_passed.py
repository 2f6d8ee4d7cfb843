"""The wall and the hatch, as a service manager passes them."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.daemon.passed import emptied

ASK = """\
import os, sys
from tallypost.daemon.passed import Pipe, passed
wall = passed(Pipe.WALL, getattr(os, sys.argv[1]))
links = {each: os.path.realpath(f"/proc/self/fd/{each}") for each in range(3, 9)}
held = [each for each, target in links.items() if target == sys.argv[2]]
assert held == [wall], held
try:
    os.write(wall, b"!") if sys.argv[1] == "O_RDONLY" else os.read(wall, 1)
except OSError as error:
    print(error.errno)
else:
    print("goes both ways")
"""
PASSED = 'exec env LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=wall "$@" 3<>{wall}'
BOTH = (
    "exec env LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=hatch:wall "
    '"$@" 3</dev/null 4<>{wall}'
)


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    path = tmp_path / "wall"
    os.mkfifo(path)
    return path


def asked(script: str, wall: Path, way: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *("sh", "-c", script.format(wall=wall), "sh"),
            *(sys.executable, "-c", ASK, way, str(wall)),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_wall_is_told_from_what_else_is_passed(wall: Path) -> None:
    answer = asked(BOTH, wall, "O_WRONLY")

    assert answer.stdout.strip() == "9", answer.stderr  # EBADF


@pytest.mark.parametrize("way", ["O_RDONLY", "O_WRONLY"])
def test_what_went_both_ways_goes_one_way_alone(wall: Path, way: str) -> None:
    answer = asked(PASSED, wall, way)

    assert answer.stdout.strip() == "9", answer.stderr  # EBADF


NONE = {
    "nothing": 'exec "$@"',
    "another process's": PASSED.replace("PID=$$", "PID=1"),
    "one fewer": PASSED.replace("FDS=1", "FDS=2"),
    "the hatch alone": PASSED.replace("=wall", "=hatch"),
    "without a name": PASSED.replace("LISTEN_FDNAMES=wall", ""),
    "no pipe": PASSED.replace("<>{wall}", "</dev/null"),
}


@pytest.mark.parametrize("script", NONE.values(), ids=NONE.keys())
def test_what_is_no_wall_is_refused_with_a_wish(wall: Path, script: str) -> None:
    answer = asked(script, wall, "O_WRONLY")

    assert "tallypost run" in answer.stderr
    assert answer.stdout == ""


def test_what_nobody_took_is_forgotten(wall: Path) -> None:
    descriptor = os.open(wall, os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 1 << 20)
    os.write(descriptor, b"x" * 200_000)

    assert emptied(descriptor) == 200_000
    assert emptied(descriptor) == 0
    os.close(descriptor)

"""The wall, as a service manager passes it."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.daemon.passed import emptied

ASK = """\
import os, sys
from tallypost.daemon.passed import passed_wall
wall = passed_wall(getattr(os, sys.argv[1]))
assert not os.path.exists("/proc/self/fd/3") or wall == 3
try:
    os.write(wall, b"!") if sys.argv[1] == "O_RDONLY" else os.read(wall, 1)
except OSError as error:
    print(error.errno)
else:
    print("goes both ways")
"""
PASSED = 'exec env LISTEN_PID=$$ LISTEN_FDS=1 "$@" 3<>{wall}'


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    path = tmp_path / "wall"
    os.mkfifo(path)
    return path


def asked(script: str, way: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", script, "sh", sys.executable, "-c", ASK, way],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("way", ["O_RDONLY", "O_WRONLY"])
def test_what_went_both_ways_goes_one_way_alone(wall: Path, way: str) -> None:
    answer = asked(PASSED.format(wall=wall), way)

    assert answer.stdout.strip() == "9", answer.stderr  # EBADF


NONE = {
    "nothing": 'exec "$@"',
    "another process's": 'exec env LISTEN_PID=1 LISTEN_FDS=1 "$@" 3<>{wall}',
    "two": 'exec env LISTEN_PID=$$ LISTEN_FDS=2 "$@" 3<>{wall}',
    "no pipe": 'exec env LISTEN_PID=$$ LISTEN_FDS=1 "$@" 3</dev/null',
}


@pytest.mark.parametrize("script", NONE.values(), ids=NONE.keys())
def test_what_is_no_wall_is_refused_with_a_wish(wall: Path, script: str) -> None:
    answer = asked(script.format(wall=wall), "O_WRONLY")

    assert "tallypost run" in answer.stderr
    assert answer.stdout == ""


def test_what_nobody_took_is_forgotten(wall: Path) -> None:
    descriptor = os.open(wall, os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, 1 << 20)
    os.write(descriptor, b"x" * 200_000)

    assert emptied(descriptor) == 200_000
    assert emptied(descriptor) == 0
    os.close(descriptor)

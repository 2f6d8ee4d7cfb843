"""A process that is really locked in, under this machine's kernel."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.vision.sandbox.attempts import attempts
from tests.vision.sandbox import prisoner

OUTLET = 5
"""Of attempts that are only named here."""
PRISONER = [sys.executable, "-m", "tests.vision.sandbox.prisoner"]


@pytest.fixture(scope="module")
def answers() -> dict[str, int]:
    """Return what the kernel answered to every way out; 0: it was open."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [*PRISONER, str(write_end)],
        pass_fds=[write_end],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        frames = told.read()
    _, complaints = process.communicate(timeout=30.0)
    assert process.returncode == 0, complaints.decode()
    size = prisoner.FRAME_BYTES
    return dict(
        json.loads(frames[at : at + size]) for at in range(0, len(frames), size)
    )


WAYS_OUT = {each.name: each for each in attempts(OUTLET, prisoner.FRAME_BYTES)}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_way_out_is_refused(answers: dict[str, int], way: str) -> None:
    wanted = errno.errorcode[WAYS_OUT[way].error]

    assert errno.errorcode.get(answers[way]) == wanted


def test_many_ways_out_are_tried_each_once() -> None:
    assert len(WAYS_OUT) >= 140
    assert len(WAYS_OUT) == len(attempts(OUTLET, prisoner.FRAME_BYTES))


def test_every_call_that_nobody_listed_is_refused(answers: dict[str, int]) -> None:
    unlisted = {
        name: error for name, error in answers.items() if name.startswith("call ")
    }

    assert len(unlisted) > 500
    assert {name for name, error in unlisted.items() if error != errno.EPERM} == set()


@pytest.mark.parametrize("thread", ["from before", "from after"])
def test_every_thread_is_locked_in(answers: dict[str, int], thread: str) -> None:
    assert answers[f"of a thread {thread}"] == errno.EPERM


def test_the_environment_is_empty(answers: dict[str, int]) -> None:
    assert answers["the environment"] == 0


WITHOUT = """\
import ctypes, os, sys
from tallypost.vision.sandbox import bpf, kernel
number = kernel.architecture().numbers["seccomp"]
code = [
    bpf._load(bpf.NUMBER_AT),
    bpf._jump(bpf.JUMP_EQUAL, number, 0, 1),
    bpf._return(bpf.REFUSE | 38),
    bpf._return(bpf.ALLOW),
]
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
kernel.install(b"".join(code))
os.execv(sys.executable, [sys.executable, "-m", "tallypost", *sys.argv[1:]])
"""
"""Runs us under a kernel that knows no filters, as far as we can tell."""


def test_without_filters_the_half_that_sees_refuses_to_begin(tmp_path: Path) -> None:
    words = ["vision-half", "--settings", str(tmp_path / "none.toml"), "--outlet", "1"]

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 9
    assert "cannot filter calls (seccomp)" in done.stderr
    assert "--insecure-no-lock-in" in done.stderr


CONNECTED = """\
import os, socket, sys
from tallypost.vision.sandbox.allowance import Outlet
from tallypost.vision.sandbox.entrance import give_up
from tallypost.vision.sandbox.lock import lock_in
from tests.vision.sandbox.prisoner import FRAME_BYTES, tell, tried
outlet = int(sys.argv[1])
give_up(outlet)
held, other = socket.socketpair()
lock_in(Outlet(outlet, FRAME_BYTES), ())
tell(outlet, "send", tried(lambda: held.send(b"a picture")))
tell(outlet, "receive", tried(lambda: held.recv(1)))
"""


def test_a_connection_that_the_half_that_sees_holds_is_dead() -> None:
    read_end, write_end = os.pipe()
    subprocess.run(
        [sys.executable, "-c", CONNECTED, str(write_end)],
        pass_fds=[write_end],
        check=True,
    )
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        frames = [told.read(prisoner.FRAME_BYTES) for _ in range(2)]

    assert [json.loads(frame) for frame in frames] == [
        ["send", errno.EPERM],
        ["receive", errno.EPERM],
    ]

"""What a process has given up before it sees, under this machine's kernel."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.vision.sandbox import landlock

GIVEN_UP = """\
import json, os, sys
from pathlib import Path
from tallypost.vision.sandbox.entrance import give_up, leave_no_trace
from tests.vision.sandbox.prisoner import tried
import socket
folder = Path(sys.argv[1])
held = os.open(folder / "there", os.O_RDONLY)
leave_no_trace()
give_up(1)
closed = tried(lambda: os.fstat(held))
port = socket.socket()
print(json.dumps({
    "a descriptor from before": closed,
    "write a file": tried(lambda: (folder / "leak").write_text("a picture")),
    "append to a file": tried(lambda: (folder / "there").open("a")),
    "delete a file": tried((folder / "there").unlink),
    "read a file": tried((folder / "there").read_text),
    "a device": tried(lambda: open("/dev/null", "wb")),
    "offer a port": tried(lambda: port.bind(("127.0.0.1", 0))),
    "reach a port": tried(lambda: port.connect(("127.0.0.1", 9))),
    "a signal to the parent": tried(lambda: os.kill(os.getppid(), 0)),
}))
os.execv("/bin/cat", ["cat", "/proc/self/status"])
"""
"""What comes of the program that it becomes has no more rights than it had."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int | str]:
    """Return the error of each attempt, and what the kernel says of the process."""
    folder = tmp_path_factory.mktemp("entrance")
    (folder / "there").write_text("there")
    done = subprocess.run(
        [sys.executable, "-u", "-c", GIVEN_UP, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    told, *lines = done.stdout.splitlines()
    assert Path(folder / "there").exists()
    status = dict(line.split(":\t", 1) for line in lines)
    found: dict[str, int | str] = json.loads(told)
    return found | status


def test_no_right_is_left_and_none_comes_by_starting_a_program(
    answers: dict[str, int | str],
) -> None:
    assert answers["NoNewPrivs"] == "1"
    for rights in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(str(answers[rights]), 16) == 0


def test_what_it_was_started_with_is_closed(answers: dict[str, int | str]) -> None:
    assert answers["a descriptor from before"] == errno.EBADF


def test_camera_and_model_can_still_be_opened(answers: dict[str, int | str]) -> None:
    assert answers["read a file"] == 0
    assert answers["a device"] == 0


BEHIND_LANDLOCK = {
    "write a file": (errno.EACCES, 1),
    "append to a file": (errno.EACCES, 1),
    "delete a file": (errno.EACCES, 1),
    "offer a port": (errno.EACCES, landlock.NETWORK_SINCE),
    "reach a port": (errno.EACCES, landlock.NETWORK_SINCE),
    "a signal to the parent": (errno.EPERM, landlock.SCOPE_SINCE),
}


@pytest.mark.parametrize("way", BEHIND_LANDLOCK)
def test_where_the_kernel_has_landlock_it_refuses(
    answers: dict[str, int | str], way: str
) -> None:
    error, since = BEHIND_LANDLOCK[way]
    if landlock.version() < since:
        pytest.skip("this kernel's Landlock does not know it")

    assert answers[way] == error

"""What a process has given up before it sees, under this machine's kernel."""

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
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
    "append to a file in memory": tried(lambda: open(sys.argv[2], "a")),
    "a terminal": tried(lambda: open("/dev/tty", "wb")),
    "make another terminal": tried(lambda: open("/dev/ptmx", "wb")),
    "offer a port": tried(lambda: port.bind(("127.0.0.1", 0))),
    "reach a port": tried(lambda: port.connect(("127.0.0.1", 9))),
    "a signal to the parent": tried(lambda: os.kill(os.getppid(), 0)),
}))
os.execv("/bin/cat", ["cat", "/proc/self/status"])
"""
"""What comes of the program that it becomes has no more rights than it had."""


REACHING = """\
import json, socket, sys
from tallypost.vision.sandbox.entrance import give_up
from tests.vision.sandbox.prisoner import tried
port, other = map(int, sys.argv[1:])
give_up(1, port=port)
reach = lambda port: tried(lambda: socket.create_connection(("127.0.0.1", port), 5))
print(json.dumps([reach(port), reach(other)]))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int | str]:
    """Return the error of each attempt, and what the kernel says of the process."""
    folder = tmp_path_factory.mktemp("entrance")
    (folder / "there").write_text("there")
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as in_memory:
        done = subprocess.run(
            [sys.executable, "-u", "-c", GIVEN_UP, str(folder), in_memory.name],
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
    "append to a file in memory": (errno.EACCES, 1),
    "a terminal": (errno.EACCES, 1),
    "make another terminal": (errno.EACCES, 1),
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


def test_files_links_and_terminals_are_no_nodes_of_a_camera() -> None:
    found = {each.name for each in landlock.nodes()}

    assert "null" in found
    assert not found & {"shm", "mqueue", "pts", "ptmx", "tty", "kmsg", "log", "stdout"}
    assert not any(Path("/dev", each).is_block_device() for each in found)


FREED = """\
import ctypes
from tallypost.vision.sandbox.entrance import leave_no_trace
leave_no_trace()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
kept = [libc.malloc(50_000) for _ in range(2)]
ctypes.memmove(kept[0], b"picture!" * 6250, 50_000)
libc.free(kept[0])
print(ctypes.string_at(kept[0], 50_000).count(b"picture!"))
"""
"""The second block keeps the first from going back to the kernel."""


def test_what_a_library_frees_is_overwritten() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FREED], capture_output=True, text=True, check=True
    )

    assert done.stdout == "0\n"


@pytest.mark.skipif(
    landlock.version() < landlock.NETWORK_SINCE, reason="this kernel has no Landlock"
)
def test_who_fetches_reaches_the_port_of_its_camera_and_no_other() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as camera,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = [str(each.getsockname()[1]) for each in (camera, other)]
        done = subprocess.run(
            [sys.executable, "-c", REACHING, *ports],
            capture_output=True,
            text=True,
            check=True,
        )

    assert json.loads(done.stdout) == [0, errno.EACCES]


HOLDING = """\
import json, os, sys
from tallypost.vision.sandbox.entrance import give_up
from tests.vision.sandbox.prisoner import tried
held = [*map(int, sys.argv[1:])]
give_up(held[4], held[1])
print(json.dumps([tried(lambda: os.fstat(each)) for each in held]))
"""


def test_what_is_kept_stays_open_and_all_else_is_closed() -> None:
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(6)]
    try:
        done = subprocess.run(
            [sys.executable, "-c", HOLDING, *map(str, held)],
            pass_fds=held,
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        for descriptor in held:
            os.close(descriptor)

    gone = errno.EBADF
    assert json.loads(done.stdout) == [gone, 0, gone, gone, 0, gone]

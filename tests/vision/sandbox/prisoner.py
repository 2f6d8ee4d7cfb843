"""Locks itself in and tries to get out; tells of each way what the kernel answered.

It tells it in frames of the wall's length, the only thing that it can say.
"""

import ctypes
import encodings.idna  # noqa: F401  `socket` loads it when first called
import json
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tallypost.vision.sandbox.allowance import UNKNOWN, Channels, Need, Outlet, rules
from tallypost.vision.sandbox.entrance import give_up, leave_no_trace
from tallypost.vision.sandbox.kernel import architecture
from tallypost.vision.sandbox.lock import lock_in

FRAME_BYTES = 64
CALLS_MAX = 600
UNFILTERED = {335, 336}
"""x86_64's uretprobe and uprobe, which the kernel asks no filter about: they end
whoever calls them from anywhere but the kernel's own springboard."""
LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long


def raw(number: int, *arguments: int) -> None:
    """Make a system call.

    Raises:
        OSError: It fails.
    """
    words = [ctypes.c_long(each) for each in arguments]
    if LIBC.syscall(ctypes.c_long(number), *words) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def listen(kind: socket.SocketKind) -> None:
    socket.socket(socket.AF_INET, kind).bind(("127.0.0.1", 0))


def ways_out(outlet: int, folder: str) -> dict[str, Callable[[], object]]:
    """Return what is tried, by what it is."""
    number = architecture().numbers
    child = [sys.executable, "-c", ""]
    here = Path(folder)
    picture = b"\xff\xd8\xff picture".ljust(FRAME_BYTES)
    return {
        "write a file": lambda: (here / "leak.jpg").write_bytes(picture),
        "append to a file": lambda: (here / "there").open("ab"),
        "read a file": (here / "there").read_bytes,
        "read the host's name": lambda: Path("/etc/hostname").read_bytes(),
        "read own memory": lambda: Path("/proc/self/mem").open("rb"),
        "reopen a descriptor": lambda: os.open(f"/proc/self/fd/{outlet}", os.O_WRONLY),
        "list a folder": lambda: [*here.iterdir()],
        "make a folder": (here / "a-picture").mkdir,
        "rename a file": lambda: (here / "there").rename(here / "picture"),
        "link a file": lambda: (here / "link").symlink_to("picture"),
        "delete a file": (here / "there").unlink,
        "change a file's mode": lambda: (here / "there").chmod(0o777),
        "date a file": lambda: os.utime(here / "there", (1, 1)),
        "look a path up": (here / "there").stat,
        "change the folder": lambda: os.chdir("/"),
        "make a named pipe": lambda: os.mkfifo(here / "pipe"),
        "a TCP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "a UDP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "an IPv6 socket": lambda: socket.socket(socket.AF_INET6),
        "a socket of this machine": lambda: socket.socket(socket.AF_UNIX),
        "a netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "a raw packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "a pair of sockets": socket.socketpair,
        "reach somebody": lambda: socket.create_connection(("127.0.0.1", 9), 1),
        "wait for somebody": lambda: listen(socket.SOCK_STREAM),
        "a pipe": os.pipe,
        "a file in memory": lambda: os.memfd_create("picture"),
        "a fork": os.fork,
        "a program": lambda: os.execv("/bin/true", ["true"]),
        "a child": lambda: subprocess.run(child, check=False),
        "a signal to the parent": lambda: os.kill(os.getppid(), 0),
        "a signal to its group": lambda: os.killpg(0, 0),
        "a frame to standard output": lambda: os.write(1, picture),
        "a frame to standard error": lambda: os.write(2, picture),
        "a byte more than a frame": lambda: os.write(outlet, picture + b"!"),
        "a byte less than a frame": lambda: os.write(outlet, picture[:-1]),
        "a picture": lambda: os.write(outlet, picture * 64),
        "a frame in pieces": lambda: os.writev(outlet, [picture[:32], picture[32:]]),
        "a frame at a place": lambda: os.pwrite(outlet, picture, 0),
        "a frame of another descriptor": lambda: os.sendfile(outlet, 0, None, 64),
        "pages into the pipe": lambda: os.splice(0, outlet, 64),
        "a second outlet": lambda: os.dup2(outlet, 1),
        "something else as outlet": lambda: os.dup2(0, outlet),
        "a copy of the outlet": lambda: os.dup(outlet),
        "an end of the outlet": lambda: os.close(outlet),
        "memory to run": lambda: mmap.mmap(-1, 4096, prot=7),
        "higher limits": lambda: raw(number["prlimit64"], 0, 4, 1, 0),
        "a name for a thread": lambda: raw(157 if "poll" in number else 167, 15, 0),
        "another priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, 5),
        "another user": lambda: os.setuid(1),
        "other clock": lambda: raw(number["clock_adjtime"], 1, 0),
        "a terminal's input": lambda: raw(number["ioctl"], 0, 0x5412, 0),
        "a lock on a file": lambda: os.lockf(0, os.F_LOCK, 0),
        "a process of shared memory": lambda: raw(number["clone"], 0x100 | 17),
    }


def unlisted(outlet: int) -> dict[str, Callable[[], object]]:
    """Return every call that the allowance does not name, made with nonsense."""
    known = architecture().numbers
    listed = rules(Outlet(outlet, FRAME_BYTES), Channels(), (*Need,), os.getpid())
    spared = {known[rule.call] for rule in listed if rule.call in known}
    spared |= {known[call] for call in UNKNOWN} | UNFILTERED
    return {
        f"call {number}": partial(raw, number, -1, -1, -1, -1, -1, -1)
        for number in range(CALLS_MAX)
        if number not in spared
    }


def tried(attempt: Callable[[], object]) -> int:
    """Return the error of an attempt; 0 where it went well."""
    try:
        attempt()
    except OSError as error:
        return error.errno or -1
    return 0


def tell(outlet: int, name: str, error: int) -> None:
    """Say what the kernel answered."""
    os.write(outlet, json.dumps([name, error]).encode().ljust(FRAME_BYTES))


def main() -> None:
    """Be locked in, with a thread that was there before, and try."""
    outlet, folder = int(sys.argv[1]), sys.argv[2]
    leave_no_trace()
    give_up(outlet)
    asked, done, heard = threading.Event(), threading.Event(), {}

    def early() -> None:
        asked.wait()
        heard["of a thread from before"] = tried(lambda: os.open("/", os.O_RDONLY))
        done.set()

    threading.Thread(target=early, daemon=True).start()
    lock_in(Outlet(outlet, FRAME_BYTES), (Need.FOOTAGE, Need.V4L2))
    asked.set()
    done.wait()
    late = threading.Thread(
        target=lambda: heard.update(
            {"of a thread from after": tried(lambda: os.open("/", os.O_RDONLY))}
        )
    )
    late.start()
    late.join()
    heard["the environment"] = len(os.environ)
    for name, error in heard.items():
        tell(outlet, name, error)
    attempts = ways_out(outlet, folder) | unlisted(outlet)
    for name, attempt in attempts.items():
        tell(outlet, name, tried(attempt))


if __name__ == "__main__":
    main()

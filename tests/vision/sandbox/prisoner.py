"""Locks itself in and tries to get out; tells of each way what the kernel answered.

It tells it in frames of the wall's length, the only thing that it can say.
"""

import ctypes
import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial

from tallypost.vision.sandbox.allowance import UNKNOWN, Channels, Need, Outlet, rules
from tallypost.vision.sandbox.attempts import attempts
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
    outlet = int(sys.argv[1])
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
    for attempt in attempts(outlet, FRAME_BYTES):
        tell(outlet, attempt.name, attempt.make())
    for name, nonsense in unlisted(outlet).items():
        tell(outlet, name, tried(nonsense))


if __name__ == "__main__":
    main()

"""What a child may do that is locked in before it works."""

import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.vision.sandbox.cell import Ending, confined

BYTES = 16


def run(work: Callable[[int], object], **changes: float) -> Ending:
    """Return how a child ended that did some work."""

    def begin(outlet: int) -> Callable[[], object]:
        return lambda: work(outlet)

    bounds = {"patience_s": 20.0, "said_bytes_max": 4 * BYTES} | changes
    return confined(begin, frame_bytes=BYTES, **bounds)  # type: ignore[arg-type]


def test_what_a_child_says_is_heard() -> None:
    ending = run(lambda outlet: os.write(outlet, b"all is well".ljust(BYTES)))

    assert ending == Ending(b"all is well".ljust(BYTES), 0, None)


def test_a_child_can_open_nothing() -> None:
    def work(outlet: int) -> None:
        try:
            os.open("/", os.O_RDONLY)
        except OSError as error:
            os.write(outlet, str(error.errno).encode().ljust(BYTES))

    assert run(work).said.strip() == str(errno.EPERM).encode()


def test_a_child_that_fails_is_told() -> None:
    assert run(lambda _: Path("/etc/hostname").read_text()).code == 1


def test_a_child_that_is_killed_is_told_by_what() -> None:
    assert run(lambda _: os.abort()).killed_by is signal.SIGABRT


def test_a_child_that_says_nothing_is_killed() -> None:
    ending = run(lambda _: time.sleep(60), patience_s=0.2)

    assert ending == Ending(b"", None, signal.SIGKILL, overdue=True)


def test_a_child_that_says_too_much_is_killed() -> None:
    def work(outlet: int) -> None:
        while True:
            os.write(outlet, bytes(BYTES))

    ending = run(work)

    assert ending.overdue
    assert ending.killed_by is signal.SIGKILL
    assert len(ending.said) == 4 * BYTES + 1


def test_a_child_cannot_have_all_memory() -> None:
    def work(outlet: int) -> None:
        try:
            bytearray(1 << 30)
        except MemoryError:
            os.write(outlet, b"short".ljust(BYTES))

    assert run(work, memory_bytes=1 << 28).said.strip() == b"short"


def test_a_child_cannot_calculate_for_ever() -> None:
    def work(_: int) -> None:
        while True:
            pass

    assert run(work, processor_s=1).killed_by is signal.SIGKILL


@pytest.mark.parametrize("descriptor", [0, 1, 2])
def test_a_child_can_say_it_nowhere_else(descriptor: int) -> None:
    def work(outlet: int) -> None:
        try:
            os.write(descriptor, bytes(BYTES))
        except OSError as error:
            os.write(outlet, str(error.errno).encode().ljust(BYTES))

    assert run(work).said.strip() == str(errno.EPERM).encode()

"""Stands between the two halves: hears every byte, and passes on what is the wall's."""

import os
import threading
from contextlib import suppress

from tallypost.canary.told import Kind, Told, read_told
from tallypost.wall.frame import FRAME_BYTES

BYTES_MAX = 64 * 2**20
"""No more is kept: a half that says more has said what it must not."""
_READ_BYTES = 1 << 16


class Tap:
    """Reads one pipe and writes to another until the first is closed.

    Args:
        source: Where the half that sees writes.
        target: Where the half that speaks reads; both are the tap's to close.

    Attributes:
        told: What was said of the test.
        finished: Set when the half says that it is, or has ended.
    """

    def __init__(self, source: int, target: int) -> None:
        self._source, self._target = source, target
        self._wall = bytearray()
        self.told: list[Told] = []
        self.finished = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def wall(self) -> bytes:
        """Every byte that was none of the test's own."""
        return bytes(self._wall)

    def join(self, timeout_s: float) -> None:
        """Wait until the half that sees has closed its end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        pending = bytearray()
        while received := os.read(self._source, _READ_BYTES):
            pending += received
            while len(pending) >= FRAME_BYTES:
                self._take(bytes(pending[:FRAME_BYTES]))
                del pending[:FRAME_BYTES]
        self._wall += pending
        self.finished.set()
        os.close(self._target)
        os.close(self._source)

    def _take(self, frame: bytes) -> None:
        told = read_told(frame)
        if told is None:
            if len(self._wall) < BYTES_MAX:
                self._wall += frame
            # Where the other half is gone, this one is heard all the same.
            with suppress(BrokenPipeError):
                os.write(self._target, frame)
            return
        self.told.append(told)
        if told.kind is Kind.FINISHED:
            self.finished.set()

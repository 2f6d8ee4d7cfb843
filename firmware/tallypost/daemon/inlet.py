"""The end of the wall that is read, until nothing more is to come."""

import math
import os
import select
from collections.abc import Callable

from tallypost.board.base import Board
from tallypost.wall.frame import FRAME_BYTES

TICK_S = 1.0
LAST_WORDS_S = 8.0
"""How long the vision half may take to say its last words."""


class Inlet:
    """Reads frame by frame: no more at once than can be lost.

    A pipe outlives whoever reads it, and after an absence an hour of intervals may wait
    in it.

    Args:
        descriptor: The wall's.
        here: Whose clock tells when to leave.
        stop: Whether somebody asks to end.
        kept: Whether a service manager keeps the wall: then it never closes, and the
            other half, which is asked first, has ended already.

    Attributes:
        over: Whether nothing more is to be waited for.
    """

    def __init__(
        self, descriptor: int, here: Board, stop: Callable[[], bool], *, kept: bool
    ) -> None:
        self.over = False
        self._descriptor = descriptor
        self._here = here
        self._stop = stop
        self._kept = kept
        self._leave_s = math.inf

    def read(self) -> bytes:
        """Return what comes within a second; nothing where nothing does.

        Asked to stop, it waits for the other half's last words, but not for ever.
        """
        stop = self._stop()
        if stop:
            self._leave_s = min(self._leave_s, self._here.monotonic_s() + LAST_WORDS_S)
        readable, _, _ = select.select([self._descriptor], [], [], TICK_S)
        data = os.read(self._descriptor, FRAME_BYTES) if readable else b""
        closed = bool(readable) and not data
        drained = stop and self._kept and not readable
        late = self._here.monotonic_s() >= self._leave_s
        self.over = closed or drained or late
        return data

"""The seeing side of the wall: never waits, and says nothing but frames."""

import os
from collections import deque
from dataclasses import replace

from tallypost.domain.aiming import Aimed
from tallypost.domain.alerts import Alert
from tallypost.domain.records import Interval
from tallypost.errors import WallError
from tallypost.wall.frame import (
    AIMED,
    ALERTS_PER_MINUTE,
    Alphabet,
    Frame,
    Hello,
    Kind,
    State,
)
from tallypost.wall.spelling import spelled


class WallWriter:
    """Writes intervals, and keeps in memory what does not pass at once.

    A reader that is slow or gone never holds up the camera: the descriptor is set not
    to block, and past the alphabet's `backlog_frames_max` whole intervals are let go.
    They leave room for alerts. What is told while somebody aims is let go at once: who
    was not there to hear it has no use for it later.

    Args:
        descriptor: Where frames are written.
        alphabet: What both halves know.
    """

    def __init__(self, descriptor: int, alphabet: Alphabet) -> None:
        self._descriptor = descriptor
        self._alphabet = alphabet
        self._sequence = 0
        self._backlog: deque[bytes] = deque()
        self._backlog_max = alphabet.backlog_frames_max
        os.set_blocking(descriptor, False)
        self._send(spelled(Hello(), alphabet))

    def send(self, told: Interval | Alert | Aimed) -> None:
        """Send one interval, one alert, or one thing that is told to who aims.

        Raises:
            WallError: The other half is gone, or the schema does not allow a number or
                a name; names its field.
        """
        self._send(spelled(told, self._alphabet))

    def tell(self, state: State) -> None:
        """Say what befell this half.

        Raises:
            WallError: The other half is gone.
        """
        self._send(spelled(state, self._alphabet))

    def flush(self) -> bool:
        """Write what will pass just now; return whether nothing is left.

        Raises:
            WallError: The other half is gone.
        """
        while self._backlog:
            try:
                os.write(self._descriptor, self._backlog[0])
            except BlockingIOError:
                return False
            except OSError as error:
                raise WallError(
                    f"wall: it cannot be written ({error.strerror}); "
                    "the telemetry half is gone"
                ) from error
            self._backlog.popleft()
        return True

    def _send(self, frames: list[Frame]) -> None:
        room = self._backlog_max - len(self._backlog)
        if frames[0].kind is Kind.INTERVAL:
            room -= ALERTS_PER_MINUTE
        elif frames[0].kind in AIMED and self._backlog:
            room = 0
        if len(frames) <= room:
            for frame in frames:
                self._backlog.append(replace(frame, sequence=self._sequence).pack())
                self._sequence = (self._sequence + 1) % 2**32
        self.flush()

"""Carries frames from a camera's own thread to the pipeline."""

import threading
from collections import deque

from tallypost.domain.vision import Frame
from tallypost.errors import CameraError


class Mailbox:
    """A few frames between the thread that brings them and the one that looks at them.

    Args:
        capacity: How many frames may lie here.
        latest_wins: Whether a full mailbox drops (and erases) its oldest frame, as a
            live camera must, or makes the bringer wait, as footage can.
    """

    def __init__(self, capacity: int, *, latest_wins: bool) -> None:
        self._frames: deque[Frame] = deque()
        self._capacity = capacity
        self._latest_wins = latest_wins
        self._changed = threading.Condition()
        self._error: CameraError | None = None
        self._error_waits = False
        self._finished = False
        self._closed = False
        self._dropped = 0
        self._taken = 0

    @property
    def next_number(self) -> int:
        """The place, among all that are taken, of the frame that is brought next.

        A frame that nobody takes passes its number on: what is seen in turns stays so
        however many frames are lost. One that is taken while the next is made leaves
        both with one number, which looks twice at the same.
        """
        with self._changed:
            return self._taken + (0 if self._latest_wins else len(self._frames))

    @property
    def dropped(self) -> int:
        """How many frames were dropped unseen."""
        return self._dropped

    @property
    def barren(self) -> bool:
        """Whether no frame lies here and none will come."""
        with self._changed:
            return self._finished and not self._frames

    @property
    def ended(self) -> bool:
        """Whether the last frame has been taken, and `take` has nothing more to tell.

        An error that nobody has heard of yet is something to tell.
        """
        with self._changed:
            return self._finished and not self._frames and not self._error_waits

    @property
    def closed(self) -> bool:
        """Whether the reader has gone: bring no more."""
        return self._closed

    def put(self, frame: Frame) -> bool:
        """Bring a frame; return False once the reader has gone, the frame erased."""
        with self._changed:
            while len(self._frames) >= self._capacity and not self._closed:
                if self._latest_wins:
                    self._frames.popleft().erase()
                    self._dropped += 1
                else:
                    self._changed.wait()
            if self._closed:
                frame.erase()
                return False
            self._frames.append(frame)
            self._changed.notify_all()
            return True

    def drop(self) -> None:
        """Count a frame that was lost before it could be brought."""
        with self._changed:
            self._dropped += 1

    def finish(self, error: CameraError | None = None) -> None:
        """Say that no more will come, and why, if something went wrong; said once."""
        with self._changed:
            if self._finished:
                return
            self._finished = True
            self._error = error
            self._error_waits = error is not None
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Frame | None:
        """Return the oldest frame, or None if none came in time or none will come.

        Raises:
            CameraError: The one that `finish` was given, once all frames are taken.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._frames or self._finished or self._closed, timeout_s
            )
            if self._frames:
                frame = self._frames.popleft()
                self._taken += 1
                self._changed.notify_all()
                return frame
            if self._error is not None:
                self._error_waits = False
                raise self._error
            return None

    def close(self) -> None:
        """Erase what lies here and let the bringer go."""
        with self._changed:
            self._closed = True
            while self._frames:
                self._frames.popleft().erase()
            self._changed.notify_all()

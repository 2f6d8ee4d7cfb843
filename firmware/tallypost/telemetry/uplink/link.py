"""Keeps one session with the far side open, and opens another when it ends."""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tallypost.board.base import Board
from tallypost.domain.health import Trouble
from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.uplink.topics import Farewell

LASTING_S = 10.0
"""A session that held for so long was no failure: the next wait is short again."""

_logger = logging.getLogger(__name__)


class Session(Protocol):
    """One connection, from its opening to its end."""

    def serve(self) -> "Failure":
        """Keep the connection alive; return why it ended."""
        ...

    def leave(self, failure: "Failure") -> None:
        """Say good-bye and why, from another thread than the one that serves.

        On return the far side was told, or it does not answer; within 1.5 s.
        """
        ...

    def abandon(self, failure: "Failure") -> None:
        """Give the session up; any thread may say so."""
        ...

    def end(self) -> None:
        """Let go of everything; ending twice is harmless."""
        ...


def nothing() -> None:
    """Hear, and do nothing."""


SessionT = TypeVar("SessionT", bound=Session)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no session.

    Attributes:
        reason: The fact and the wish.
        trouble: The same in a word.
        useless_soon: A person must mend something before it can work.
    """

    reason: str
    trouble: Trouble
    useless_soon: bool = False


CLOSED = Failure(Farewell.CLOSED, Trouble.REPLACED)


class Backoff:
    """Waits that double, cut short at random: a fleet must not knock all at once.

    Args:
        seconds_min: The first wait at most.
        seconds_max: No wait is longer.

    Attributes:
        seconds_max: As above.
    """

    def __init__(self, seconds_min: float, seconds_max: float) -> None:
        self.seconds_max = seconds_max
        self._seconds_min = seconds_min
        self._seconds = seconds_min
        self._random = random.SystemRandom()

    def next_s(self) -> float:
        """Return how long to wait now: between half of the wait and the whole."""
        seconds = self._seconds
        self._seconds = min(self._seconds * 2, self.seconds_max)
        return seconds * self._random.uniform(0.5, 1.0)

    def give_time(self) -> None:
        """Make the next wait the longest."""
        self._seconds = self.seconds_max

    def reset(self) -> None:
        """Make the next wait the shortest."""
        self._seconds = self._seconds_min


class Link(Generic[SessionT]):
    """A thread that has a session, or tries to get one, until it is closed.

    Args:
        place: Says what the far side is called in the log.
        open_session: Returns a session, or why there is none.
        backoff: How long to wait after a failure.
        board: Whose clock to ask.
        on_lasting: Told whenever a session has held for so long that it was no failure.

    Attributes:
        connects: How often a session was opened.
        failures: How often there was none, or one ended.
        last_trouble: Why that was the last time; None before the first.
    """

    def __init__(
        self,
        place: Callable[[], str],
        open_session: Callable[[], SessionT | Failure],
        backoff: Backoff,
        board: Board,
        on_lasting: Callable[[], None] = nothing,
    ) -> None:
        self.connects = 0
        self.failures = 0
        self.last_trouble: Trouble | None = None
        self._on_lasting = on_lasting
        self._place = place
        self._open_session = open_session
        self._backoff = backoff
        self._board = board
        self._closing = threading.Event()
        self._session: SessionT | None = None
        self._reason = "not connected yet"
        self._thread = self._started()

    def session(self) -> SessionT:
        """Return the session that is open.

        Raises:
            UplinkUnavailableError: There is none; says why.
        """
        if not self._thread.is_alive() and not self._closing.is_set():
            _logger.error("link thread died, started afresh place=%s", self._place())
            self._session = None
            self._thread = self._started()
        session = self._session
        if session is None:
            raise UplinkUnavailableError(f"{self._place()}: {self._reason}")
        return session

    @property
    def current(self) -> SessionT | None:
        """The session that is open, if there is one."""
        return self._session

    def give_up(self, session: SessionT, failure: Failure) -> None:
        """Hand a session out no more; another one is opened."""
        if self._session is session:
            self._session = None
            self._reason = "given up"
        session.abandon(failure)

    def close(self, timeout_s: float) -> None:
        """End the session politely; wait for its thread no longer than so long."""
        already = self._closing.is_set()
        self._closing.set()
        session = self._session
        if session is not None and not already:
            session.leave(CLOSED)
            session.abandon(CLOSED)
        self._thread.join(timeout_s)
        self._session, self._reason = None, "closed"

    def _started(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="uplink", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while not self._closing.is_set():
            begun_s = self._board.monotonic_s()
            failure = self._one_session()
            if self._closing.is_set():
                break
            self.failures += 1
            self.last_trouble = failure.trouble
            if failure.useless_soon:
                self._backoff.give_time()
            elif self._board.monotonic_s() - begun_s >= LASTING_S:
                self._backoff.reset()
                self._on_lasting()
            retry_s = self._backoff.next_s()
            self._say(failure.reason, retry_s)
            self._closing.wait(retry_s)

    def _one_session(self) -> Failure:
        session: SessionT | None = None
        try:
            opened = self._open_session()
            if isinstance(opened, Failure):
                return opened
            session = opened
            # In this order: `close` sees the session, or we see that it was called.
            self._session, self._reason = session, ""
            if self._closing.is_set():
                return CLOSED
            self.connects += 1
            _logger.info("uplink connected place=%s", self._place())
            return session.serve()
        # Whatever a client library makes of hostile bytes must end this connection,
        # and never the thread that would open the next one.
        except Exception as error:  # the head of a thread
            _logger.exception("uplink failed place=%s", self._place())
            return Failure(
                f"{type(error).__name__} while serving it; the log says where",
                Trouble.PROTOCOL,
            )
        finally:
            self._session = None
            if session is not None:
                session.end()

    def _say(self, reason: str, retry_s: float) -> None:
        if reason != self._reason:
            _logger.warning(
                "uplink down place=%s reason=%s retry_s=%.1f retry_s_max=%g",
                self._place(),
                reason,
                retry_s,
                self._backoff.seconds_max,
            )
        self._reason = reason

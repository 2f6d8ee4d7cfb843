"""An uplink over sessions that acknowledge each record by its number."""

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Generic, Protocol, TypeVar

from tallypost.board.base import Board
from tallypost.domain.health import Trouble
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.base import Appetite, Outcome, Receipt, never
from tallypost.telemetry.uplink.link import Failure, Link, Session
from tallypost.telemetry.uplink.window import Acknowledgement, Gone, Window

PATIENCE_MAX = 8
"""A far side that answers late is waited for so many times longer, and no more."""
SILENT = Failure(
    "no answer to a record in time; is the far side frozen?", Trouble.NO_ANSWER
)
WINDOWS_PER_SEND = 5
"""Records are let go of once a `send`: not too seldom, and not one by one."""


class RecordSession(Session, Protocol):
    """A session that carries records.

    Attributes:
        answers: What the far side says of records, and that the session ended.
        window: How many records may be under way.
    """

    answers: SimpleQueue[Acknowledgement | Gone]
    window: int

    def publish(self, message: Message) -> int | None:
        """Send a record; return its number, None where there is no link."""
        ...

    def too_large(self, message: Message) -> str:
        """Return why the far side will never take a record; empty where it may."""
        ...


SessionT = TypeVar("SessionT", bound=RecordSession)


class WindowedUplink(Generic[SessionT]):
    """Sends through whatever session its link has.

    Args:
        link: Keeps a session open.
        window: How many records are under way at once, the far side's limit apart.
        timeout_s: How long to wait for an answer.
        farewell_s: How long to wait for the link's thread at the end.
        board: Whose clock to ask.
    """

    def __init__(
        self,
        link: Link[SessionT],
        *,
        window: int,
        timeout_s: float,
        farewell_s: float,
        board: Board,
    ) -> None:
        self._link = link
        self._window = window
        self._timeout_s = timeout_s
        self._farewell_s = farewell_s
        self._board = board
        self._patience = 1
        self._sending = threading.Lock()

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages, several in flight at once; return what became of each."""
        with self._sending:
            return self._send(messages, stopping)

    def replace(self, session: SessionT, failure: Failure, *, politely: bool) -> None:
        """Have another session opened instead, once nothing is under way.

        Args:
            session: Is given up.
            failure: Why.
            politely: Whether the far side is told of it.
        """
        with self._sending:
            if politely:
                session.leave(failure)
            self._link.give_up(session, failure)

    def _send(
        self, messages: Sequence[Message], stopping: Callable[[], bool]
    ) -> list[Receipt]:
        session = self._link.session()
        rejected = {
            place: Receipt(Outcome.REJECTED, reason)
            for place, message in enumerate(messages)
            if (reason := session.too_large(message))
        }
        window = Window(
            publish=session.publish,
            answers=session.answers,
            size=session.window,
            timeout_s=self._timeout_s * self._patience,
            stopping=stopping,
            monotonic_s=self._board.monotonic_s,
        )
        receipts, silent = window.send(
            [message for place, message in enumerate(messages) if place not in rejected]
        )
        if silent:
            self._link.give_up(session, SILENT)
            self._patience = min(self._patience * 2, PATIENCE_MAX)
        elif any(receipt.outcome is not Outcome.UNKNOWN for receipt in receipts):
            self._patience = 1
        others = iter(receipts)
        return [rejected.get(place) or next(others) for place in range(len(messages))]

    @property
    def appetite(self) -> Appetite:
        """What one `send` should carry: a few windows full of anything."""
        return Appetite(messages_max=WINDOWS_PER_SEND * self._window)

    def close(self) -> None:
        """Say good-bye to the far side; a frozen one is not waited for long."""
        self._link.close(self._farewell_s)

"""Sends many messages through one session, a bounded number under way at once."""

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import NamedTuple

from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.base import Outcome, Receipt

HEED_S = 0.1
"""How soon a request to stop is heard."""
LAST_ANSWERS_S = 1.0
"""How long answers to what is under way may still take then."""


class Acknowledgement(NamedTuple):
    """What the far side said of one message, by the number under which it went."""

    number: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Gone:
    """The connection ended; nothing will be said any more."""

    reason: str


@dataclass(slots=True, kw_only=True)
class Window:
    """How the messages of one `send` go out, and how their fate comes back.

    Attributes:
        publish: Sends a message and returns its number; None where the link is gone.
        answers: What comes back, in any order.
        size: How many may be under way.
        timeout_s: How long to wait for any answer.
        stopping: Whether to send no more, and to wait for the last answers only.
        monotonic_s: Tells the time.
    """

    publish: Callable[[Message], int | None]
    answers: "SimpleQueue[Acknowledgement | Gone]"
    size: int
    timeout_s: float
    stopping: Callable[[], bool]
    monotonic_s: Callable[[], float]
    _end_s: float = field(default=math.inf, init=False)

    def send(self, messages: Sequence[Message]) -> tuple[list[Receipt], bool]:
        """Return what became of each message, and whether the far side fell silent."""
        receipts = [Receipt(Outcome.UNKNOWN, "not sent")] * len(messages)
        waiting = deque(range(len(messages)))
        under_way: dict[int, int] = {}
        while under_way or (waiting and not self.stopping()):
            self._fill(messages, waiting, under_way)
            answer = self._answer() if under_way else Gone("the connection is lost")
            if answer is None or isinstance(answer, Gone):
                reason = answer.reason if answer else "no answer in time"
                for place in under_way.values():
                    receipts[place] = Receipt(Outcome.UNKNOWN, reason)
                return receipts, answer is None
            if answer.number in under_way:
                receipts[under_way.pop(answer.number)] = answer.receipt
        return receipts, False

    def _fill(
        self,
        messages: Sequence[Message],
        waiting: deque[int],
        under_way: dict[int, int],
    ) -> None:
        while waiting and len(under_way) < self.size and not self.stopping():
            number = self.publish(messages[waiting[0]])
            if number is None:
                return
            under_way[number] = waiting.popleft()

    def _answer(self) -> Acknowledgement | Gone | None:
        until_s = self.monotonic_s() + self.timeout_s
        while True:
            now_s = self.monotonic_s()
            if self.stopping():
                self._end_s = min(self._end_s, now_s + LAST_ANSWERS_S)
            left_s = min(until_s, self._end_s) - now_s
            if left_s <= 0:
                return None
            try:
                answer = self.answers.get(timeout=min(left_s, HEED_S))
            except Empty:
                continue
            if isinstance(answer, Gone):
                # Whoever sends through this session next must hear it too.
                self.answers.put(answer)
            return answer

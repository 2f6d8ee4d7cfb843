"""Sends many payloads through one session, a bounded number under way at once."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import NamedTuple

from tallypost.telemetry.uplink.base import Outcome, Receipt


class Acknowledgement(NamedTuple):
    """What the far side said of one payload, by the number under which it went."""

    number: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Gone:
    """The connection ended; nothing will be said any more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How payloads go out, and how their fate comes back.

    Attributes:
        publish: Sends a payload and returns its number; None where the link is gone.
        answers: What comes back, in any order.
        size: How many may be under way.
        timeout_s: How long to wait for any answer.
    """

    publish: Callable[[bytes], int | None]
    answers: "SimpleQueue[Acknowledgement | Gone]"
    size: int
    timeout_s: float

    def send(self, payloads: Sequence[bytes]) -> tuple[list[Receipt], bool]:
        """Return what became of each payload, and whether the far side fell silent."""
        receipts = [Receipt(Outcome.UNKNOWN, "not sent")] * len(payloads)
        waiting = deque(range(len(payloads)))
        under_way: dict[int, int] = {}
        while waiting or under_way:
            while waiting and len(under_way) < self.size:
                number = self.publish(payloads[waiting[0]])
                if number is None:
                    break
                under_way[number] = waiting.popleft()
            answer = self._answer() if under_way else Gone("the connection is lost")
            if answer is None or isinstance(answer, Gone):
                reason = answer.reason if answer else "no answer in time"
                for place in under_way.values():
                    receipts[place] = Receipt(Outcome.UNKNOWN, reason)
                return receipts, answer is None
            if answer.number in under_way:
                receipts[under_way.pop(answer.number)] = answer.receipt
        return receipts, False

    def _answer(self) -> Acknowledgement | Gone | None:
        try:
            answer = self.answers.get(timeout=self.timeout_s)
        except Empty:
            return None
        if isinstance(answer, Gone):
            # Whoever sends through this session next must hear it too.
            self.answers.put(answer)
        return answer

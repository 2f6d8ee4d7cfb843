"""What delivery asks of a way to the backend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Protocol

from tallypost.telemetry.codec.message import Message, Subject


class Outcome(Enum):
    """What became of one message."""

    DELIVERED = "delivered"
    """The far side has it, and said so."""
    UNKNOWN = "unknown"
    """Nobody answered in time: send it again."""
    REFUSED = "refused"
    """The far side may not take it now (credentials, access rules, quota): somebody
    must mend that; keep it and try later."""
    REJECTED = "rejected"
    """These bytes will never be taken: set them aside."""
    TOLD = "told"
    """The far side knows the gist of it: keep it for a link that carries it whole."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message, and what the far side said about it."""

    outcome: Outcome
    reason: str = ""


def kept(receipt: Receipt) -> Receipt:
    """Return a stand-in's receipt: what it will never take may go another way."""
    if receipt.outcome is Outcome.REJECTED:
        return Receipt(Outcome.REFUSED, receipt.reason)
    return receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Appetite:
    """What a link wants to be given.

    Attributes:
        messages_max: How many messages one `send` should carry.
        subjects: What it has words for.
        newest_first: Whether the newest record is worth most to it: of running totals,
            it makes up for all that are older.
    """

    messages_max: int
    subjects: frozenset[Subject] = field(default=frozenset(Subject))
    newest_first: bool = False


class DownlinkKind(StrEnum):
    """What the far side says to a device: the last level of its topic."""

    COMMAND = "command"
    """Something to be done once."""
    DESIRED = "desired"
    """Settings that the device is to have; the far side keeps them for it."""
    TIME = "time"
    """An answer to the question what time it is."""


@dataclass(frozen=True, slots=True)
class Downlink:
    """What the far side said; its size is bounded, its content is anybody's."""

    kind: DownlinkKind
    payload: bytes


Hearer = Callable[[Downlink], None]
"""Told of each downlink from the link's own thread: quick to return, and it raises
nothing. Whoever needs longer takes a queue."""


def never() -> bool:
    """Say that nobody asks to stop."""
    return False


class Uplink(Protocol):
    """Carries messages to the backend; opens on construction, connects by itself.

    A link that is down is no failure: it connects again for as long as it takes.
    """

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages, several in flight at once; return what became of each.

        Args:
            messages: Encoded records, the most urgent first; the far side can tell one
                subject from another without looking into a payload.
            stopping: Asked again and again, quick to answer. Once it says yes nothing
                more goes out, and within two seconds this returns: what nobody has
                answered by then is unknown.

        Returns:
            One receipt a message, in the same order.

        Raises:
            UplinkUnavailableError: There is no link just now; nothing was sent.
        """
        ...

    @property
    def appetite(self) -> Appetite:
        """What one `send` should carry; more, or anything else, does no harm."""
        ...

    def close(self) -> None:
        """Say good-bye to the far side, within about two seconds.

        A `send` under way in another thread returns by then, too. Closing twice is
        harmless.
        """
        ...

"""An uplink to nowhere: keeps what was sent, and fails when it is told to."""

from collections.abc import Callable, Sequence

from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.base import Appetite, Outcome, Receipt, never


class LoopbackUplink:
    """A backend in memory, for tests, demonstrations and devices on a bench.

    Args:
        messages_max: How many messages one `send` should carry.

    Attributes:
        messages: What the far side has, in the order in which it came.
        down: There is no link.
        silent: Payloads arrive, and nobody says so.
        refuse: Why the far side takes nothing for now; None where it does.
        reject: Says of which payloads the far side will never take them.
    """

    def __init__(self, messages_max: int = 20) -> None:
        self.messages: list[Message] = []
        self.down = False
        self.silent = False
        self.refuse: str | None = None
        self.reject: Callable[[bytes], bool] | None = None
        self._messages_max = messages_max

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages; return what became of each."""
        if self.down:
            raise UplinkUnavailableError("loopback: is down; set down to False")
        return [
            Receipt(Outcome.UNKNOWN, "not sent") if stopping() else self._take(message)
            for message in messages
        ]

    @property
    def appetite(self) -> Appetite:
        """What one `send` should carry."""
        return Appetite(messages_max=self._messages_max)

    def close(self) -> None:
        """Be down from now on; closing twice is harmless."""
        self.down = True

    @property
    def sent(self) -> list[bytes]:
        """The payloads of what the far side has."""
        return [message.payload for message in self.messages]

    def _take(self, message: Message) -> Receipt:
        if self.refuse is not None:
            return Receipt(Outcome.REFUSED, self.refuse)
        if self.reject is not None and self.reject(message.payload):
            return Receipt(Outcome.REJECTED, "loopback: was told to reject it")
        self.messages.append(message)
        if self.silent:
            return Receipt(Outcome.UNKNOWN, "loopback: was told to be silent")
        return Receipt(Outcome.DELIVERED)

"""One way to the backend over several links: the best that is there."""

from collections.abc import Callable, Sequence

from tallypost.board.base import Board
from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.base import Appetite, Receipt, Uplink, kept, never

PATIENCE_S = 60.0


class PreferredUplink:
    """Sends by the first link; by the next while that has been down for long enough.

    The sequence is the outbox's, whichever link a record takes: what arrives by two of
    them has the same key and is the same record. What a fallback cannot carry is kept
    for the first link, and never set aside.

    Args:
        uplinks: The best first; they are closed with this one.
        patience_s: How long a link may be down before the next one carries.
        board: Whose clock to ask.

    Attributes:
        carrier: Which link took a message last, 0 the first.
    """

    def __init__(
        self,
        uplinks: Sequence[Uplink],
        *,
        patience_s: float = PATIENCE_S,
        board: Board,
    ) -> None:
        self.carrier = 0
        self._uplinks = uplinks
        self._patience_s = patience_s
        self._board = board
        # When each was there last; at the beginning each has its time to come up.
        self._there_s = [board.monotonic_s()] * len(uplinks)

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages by the best link there is; what became of each."""
        for place, uplink in enumerate(self._uplinks):
            try:
                receipts = uplink.send(messages, stopping)
            except UplinkUnavailableError:
                if self._last(place) or self._within_patience(place):
                    raise
                continue
            self._there_s[place] = self._board.monotonic_s()
            self.carrier = place
            return receipts if place == 0 else [kept(each) for each in receipts]
        raise UplinkUnavailableError("no link: none was named; name one")

    @property
    def appetite(self) -> Appetite:
        """What one `send` should carry by the link that carries now."""
        return self._uplinks[self.carrier].appetite

    def close(self) -> None:
        """Close all links."""
        for uplink in self._uplinks:
            uplink.close()

    def _last(self, place: int) -> bool:
        return place == len(self._uplinks) - 1

    def _within_patience(self, place: int) -> bool:
        down_s = self._board.monotonic_s() - self._there_s[place]
        return down_s < self._patience_s

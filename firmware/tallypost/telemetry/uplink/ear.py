"""Takes what a broker brings, and lets through only what a device may hear.

Anybody who may publish to a device's topics can send it anything at all, as often as he
likes, and have the broker keep it. What is too large, too much, repeated or none of
ours is ignored and counted; what it says is for others to judge.
"""

import logging
from collections import Counter, deque
from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b

from tallypost.board.base import Board
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind, Hearer

PAYLOAD_BYTES_MAX = 64 * 1024
BURST_MAX = 32
"""So many of one kind are heard at once."""
RATE_HZ = 1.0
"""And so many of one kind in the long run."""
SAID_S = 60.0
"""The log tells of what is ignored so seldom at most."""

_REMEMBERED = {
    # Whoever asks again wants the answer again; a ledger has it done once.
    DownlinkKind.COMMAND: 0,
    # Settings may go back to what they were; only the same again says nothing new.
    DownlinkKind.DESIRED: 1,
    DownlinkKind.TIME: 64,
}
_logger = logging.getLogger(__name__)


class Ignored(StrEnum):
    """Why something was not heard."""

    FOREIGN_TOPIC = "foreign_topic"
    """Nobody subscribed to it, or it is no UTF-8."""
    EMPTY = "empty"
    """Nothing was said: it takes a retained message away."""
    RETAINED = "retained"
    """A command or a time that somebody had the broker keep: it is old."""
    TOO_LARGE = "too_large"
    REPEATED = "repeated"
    """The same bytes again: the broker was not sure that we have them."""
    FLOOD = "flood"
    """More than a device has to hear."""


class Ear:
    """Hears on behalf of one device, through all its connections.

    Args:
        topics: Where to listen, and of what.
        hearer: Told of each downlink, by `pass_on`; the same bytes are never told
            twice in a row, so whatever goes wrong over them goes wrong once.
        board: Whose clock to ask.

    Attributes:
        topics: Where to listen, and of what.
        ignored: How often something was not heard, by the reason.
    """

    def __init__(
        self, topics: Mapping[str, DownlinkKind], hearer: Hearer, board: Board
    ) -> None:
        self.topics = topics
        self.ignored: Counter[Ignored] = Counter()
        self._hearer = hearer
        self._board = board
        self._heard: deque[Downlink] = deque()
        self._known = {
            kind: deque[bytes](maxlen=_REMEMBERED[kind]) for kind in topics.values()
        }
        self._tokens = dict.fromkeys(topics.values(), float(BURST_MAX))
        self._counted_s = board.monotonic_s()
        self._said_s = -SAID_S

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Take what came, or count why not; nothing is told to anybody yet.

        Args:
            topic: Where it came; empty where that is no UTF-8.
            payload: Anything.
            retained: The broker had kept it.
        """
        kind = self.topics.get(topic)
        if kind is None:
            self._ignore(Ignored.FOREIGN_TOPIC)
        elif reason := self._why_not(kind, payload, retained=retained):
            self._ignore(reason)
        else:
            self._heard.append(Downlink(kind, payload))

    def pass_on(self) -> None:
        """Tell of what was taken."""
        while self._heard:
            self._hearer(self._heard.popleft())

    def _why_not(
        self, kind: DownlinkKind, payload: bytes, *, retained: bool
    ) -> Ignored | None:
        kept_wrongly = retained and kind is not DownlinkKind.DESIRED
        for reason, holds in (
            (Ignored.EMPTY, not payload),
            (Ignored.RETAINED, kept_wrongly),
            (Ignored.TOO_LARGE, len(payload) > PAYLOAD_BYTES_MAX),
        ):
            if holds:
                return reason
        digest = blake2b(payload, digest_size=16).digest()
        if digest in self._known[kind]:
            return Ignored.REPEATED
        if not self._token(kind):
            return Ignored.FLOOD
        self._known[kind].append(digest)
        return None

    def _token(self, kind: DownlinkKind) -> bool:
        """Return whether one more may be heard: a token bucket for each kind."""
        now_s = self._board.monotonic_s()
        fresh = (now_s - self._counted_s) * RATE_HZ
        self._counted_s = now_s
        for each, tokens in self._tokens.items():
            self._tokens[each] = min(tokens + fresh, float(BURST_MAX))
        if self._tokens[kind] < 1.0:
            return False
        self._tokens[kind] -= 1.0
        return True

    def _ignore(self, reason: Ignored) -> None:
        self.ignored[reason] += 1
        now_s = self._board.monotonic_s()
        if now_s - self._said_s >= SAID_S:
            self._said_s = now_s
            _logger.warning(
                "downlinks ignored reason=%s count=%d", reason, self.ignored[reason]
            )

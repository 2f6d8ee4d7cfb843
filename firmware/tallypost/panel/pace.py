"""How many requests of one address are answered."""

from collections.abc import Callable

BURST = 120
"""Of questions; of parts of the page, ten times as many."""
RATE_HZ = 20.0
PART_TOKENS = 0.1
"""A part of the page is read from memory; one that is refused leaves a page blank."""
ADDRESSES_MAX = 256


class Pace:
    """A bucket for each address: requests take tokens, time brings new ones.

    Args:
        now_s: The board's monotonic clock.
        burst: How many may come at once.
        rate_hz: How many a second may come for ever.
    """

    def __init__(
        self,
        now_s: Callable[[], float],
        *,
        burst: int = BURST,
        rate_hz: float = RATE_HZ,
    ) -> None:
        self._now_s = now_s
        self._burst = float(burst)
        self._rate_hz = rate_hz
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, address: str, tokens_asked: float = 1.0) -> bool:
        """Return whether a request of an address is answered; counts it.

        Args:
            address: Whose.
            tokens_asked: How many it takes.
        """
        now_s = self._now_s()
        tokens, at_s = self._buckets.pop(address, (self._burst, now_s))
        tokens = min(tokens + (now_s - at_s) * self._rate_hz, self._burst)
        allowed = tokens >= tokens_asked
        self._buckets[address] = (tokens - tokens_asked * allowed, now_s)
        if len(self._buckets) > ADDRESSES_MAX:
            # Whoever asked the longest ago; the newest stand at the end.
            del self._buckets[next(iter(self._buckets))]
        return allowed

"""How many requests of one address are answered."""

from collections.abc import Callable

BURST = 120
"""A page and all its parts, twice."""
RATE_HZ = 20.0
ADDRESSES_MAX = 256


class Pace:
    """A bucket for each address: a request takes a token, time brings new ones.

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

    def allows(self, address: str) -> bool:
        """Return whether a request of an address is answered; counts it."""
        now_s = self._now_s()
        tokens, at_s = self._buckets.pop(address, (self._burst, now_s))
        tokens = min(tokens + (now_s - at_s) * self._rate_hz, self._burst)
        allowed = tokens >= 1
        self._buckets[address] = (tokens - allowed, now_s)
        if len(self._buckets) > ADDRESSES_MAX:
            # Whoever asked the longest ago; the newest stand at the end.
            del self._buckets[next(iter(self._buckets))]
        return allowed

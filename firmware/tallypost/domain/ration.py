"""How much may be told, where telling more would tell too much."""


class Ration:
    """So many a minute and no more: a bucket that is full in the beginning.

    Args:
        per_minute: How fast it fills, and how much it holds.
    """

    def __init__(self, per_minute: float) -> None:
        self._per_minute = self._left = per_minute
        self._filled_s: float | None = None

    def spend(self, now_s: float, *, spare: float = 0.0) -> bool:
        """Return whether one more may be told.

        Args:
            now_s: By any clock that runs evenly.
            spare: How many are kept for others.
        """
        if self.left(now_s) < 1 + spare:
            return False
        self._left -= 1
        return True

    def left(self, now_s: float) -> float:
        """Return how many more may be told.

        Args:
            now_s: By the same clock.
        """
        if self._filled_s is not None:
            gained = (now_s - self._filled_s) * self._per_minute / 60
            self._left = min(self._left + max(gained, 0.0), self._per_minute)
        self._filled_s = now_s
        return self._left

"""Knows how far a link may be believed that hardly ever answers."""

from collections.abc import Iterable
from itertools import pairwise

LOST_MIN = 2
"""So many questions in a row without an answer are an outage; one is bad luck."""
UNPROVEN_MAX = 4096
"""What is asked again by itself is so much at most; a far side can ask for the rest."""


class Proof:
    """Asks for an answer now and then, and notes what went out without one.

    An uplink that nobody was asked to confirm may have reached nobody. So the first one
    of a session is confirmed, and then one in so many. One that is not answered makes
    the link doubtful: from then on every uplink is confirmed, and nothing is let go of
    before an answer has come.

    Attributes:
        failed: How many questions in a row had no answer.
    """

    def __init__(self) -> None:
        self.failed = 0
        self._unproven: list[int] = []
        self._since = 0
        self._proven = False

    @property
    def doubtful(self) -> bool:
        """Whether the last question had no answer."""
        return self.failed > 0

    def wanted(self, every: int) -> bool:
        """Return whether the next uplink should be confirmed, as one in so many is."""
        return self.doubtful or not self._proven or self._since + 1 >= every

    def went(self, seq: int) -> None:
        """Note that a record went out unconfirmed."""
        self._since += 1
        self._unproven = [*self._unproven[-UNPROVEN_MAX + 1 :], seq]

    def answered(self) -> list[tuple[int, int]]:
        """Note an answer; return the ranges of records that an outage may have cost."""
        lost = self._unproven if self.failed >= LOST_MIN else []
        self.failed, self._since, self._unproven = 0, 0, []
        self._proven = True
        return ranges_of(lost)

    def unanswered(self) -> None:
        """Note that there was none."""
        self.failed += 1

    def begin(self) -> None:
        """Have the next uplink confirmed: a session begins."""
        self._proven = False


def ranges_of(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as ranges, both ends within, the lowest first."""
    ordered = sorted(set(seqs))
    breaks = [
        place
        for place, (one, next_one) in enumerate(pairwise(ordered), start=1)
        if next_one > one + 1
    ]
    edges = [0, *breaks, len(ordered)]
    return [
        (ordered[first], ordered[after - 1])
        for first, after in pairwise(edges)
        if after > first
    ]

"""A set of record numbers, held as ranges: few words for very many numbers."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

END = 2**63 - 1
"""The greatest number that a record can have: a range up to it has no end."""

Range = tuple[int, int]
"""The first number and the last, both within."""


class Numbers:
    """Whole numbers of 1 and above.

    Args:
        ranges: What it holds at first.
    """

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._ranges: list[Range] = []
        for first, last in ranges:
            self.add(first, last)

    def __iter__(self) -> Iterator[Range]:
        return iter(tuple(self._ranges))

    def __len__(self) -> int:
        """Return of how many ranges it is made."""
        return len(self._ranges)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._ranges, (number, END)) - 1
        return place >= 0 and self._ranges[place][1] >= number

    def __str__(self) -> str:
        return " ".join(_spelled(each) for each in self._ranges)

    def add(self, first: int, last: int) -> None:
        """Take in a range."""
        kept = [each for each in self._ranges if each[1] < first - 1]
        after = [each for each in self._ranges if each[0] > last + 1]
        met = self._ranges[len(kept) : len(self._ranges) - len(after)]
        if met:
            first, last = min(first, met[0][0]), max(last, met[-1][1])
        self._ranges = [*kept, (first, last), *after]

    def remove(self, first: int, last: int) -> None:
        """Leave out a range."""
        start = max(bisect_right(self._ranges, (first, END)) - 1, 0)
        place = start
        left: list[Range] = []
        while place < len(self._ranges) and self._ranges[place][0] <= last:
            begin, end = self._ranges[place]
            left += [
                piece
                for piece in ((begin, min(end, first - 1)), (max(begin, last + 1), end))
                if piece[0] <= piece[1]
            ]
            place += 1
        self._ranges[start:place] = dict.fromkeys(left)

    def gaps(self, first: int, last: int) -> Iterator[Range]:
        """Give the ranges from `first` to `last` that it does not hold."""
        for begin, end in self:
            if begin > last:
                break
            if begin > first:
                yield first, begin - 1
            first = max(first, end + 1)
        if first <= last:
            yield first, last

    def simplified(self, ranges_max: int) -> "Numbers":
        """Return them with the shortest gaps filled, in so many ranges at most."""
        fewer = Numbers()
        fewer._ranges = list(self._ranges)
        if len(self._ranges) > ranges_max:
            gaps = sorted(
                (after[0] - before[1], before[1] + 1, after[0] - 1)
                for before, after in pairwise(self._ranges)
            )
            for _, first, last in gaps[: len(self._ranges) - ranges_max]:
                fewer.add(first, last)
        return fewer


def parse(text: str) -> Numbers:
    """Return the numbers that `str` of them spelled.

    Raises:
        ValueError: It did not.
    """
    ranges: list[Range] = []
    for word in text.split():
        first, dash, last = word.partition("-")
        ranges.append((int(first), int(last or END) if dash else int(first)))
    if any(not 1 <= first <= last <= END for first, last in ranges):
        raise ValueError(f"{text!a} holds a range that is none")
    return Numbers(ranges)


def _spelled(each: Range) -> str:
    first, last = each
    if first == last:
        return f"{first}"
    return f"{first}-" if last == END else f"{first}-{last}"

"""Which records must still go out, in few words.

Nothing is noted down for each record that arrives: what is due is a set of ranges, in
the common case "all from 18234 on". It is written with the next record that is stored,
as a text in the same row, and so costs no write of its own. After a power cut, what
arrived since is sent once more; the far side knows it by its number.
"""

from collections.abc import Iterator

from tallypost.telemetry.outbox.numbers import END, Numbers, Range, parse

RANGES_MAX = 64
"""What is due in more pieces than this is told in fewer: some records go out twice."""
_AGAIN = "|"


class Due:
    """What must go out: first what never did, then what was asked for again.

    Args:
        text: What `str` of it spelled. What cannot be understood makes all records due.
    """

    def __init__(self, text: str = "") -> None:
        first, _, again = text.partition(_AGAIN)
        try:
            self._first = parse(first)
            self._again = parse(again)
        except ValueError:
            self._first, self._again = Numbers(), Numbers()
        if END not in self._first:
            self._first = Numbers([(1, END)])

    def __str__(self) -> str:
        """Return it as text, simplified where it is scattered."""
        first, again = (
            each.simplified(RANGES_MAX) for each in (self._first, self._again)
        )
        return f"{first} {_AGAIN} {again}" if len(again) else f"{first}"

    def __contains__(self, seq: int) -> bool:
        return seq in self._first or seq in self._again

    def ranges(self) -> Iterator[Range]:
        """Give the ranges in the order in which they go out."""
        yield from self._first
        for first, last in self._again:
            # What is due anyhow goes out once.
            yield from self._first.gaps(first, last)

    def fresh(self) -> Iterator[Range]:
        """Give the ranges of what never went out."""
        return iter(self._first)

    def expect(self, first: int, last: int) -> None:
        """Note that these are to go out."""
        self._first.add(first, last)

    def settle(self, first: int, last: int) -> None:
        """Note that these need not go out any more."""
        self._first.remove(first, last)
        self._again.remove(first, last)

    def ask(self, first: int, last: int) -> None:
        """Note that these are to go out once more."""
        self._again.add(first, last)

    def settled(self, last: int) -> Iterator[Range]:
        """Give the ranges up to `last` that are not due."""
        for first, end in self._first.gaps(1, last):
            yield from self._again.gaps(first, end)

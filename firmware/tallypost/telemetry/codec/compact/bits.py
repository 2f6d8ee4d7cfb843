"""Bits in their order: the highest of a value first, the highest of a byte first."""

from tallypost.errors import CodecError

WIDTHS = (0, 4, 8, 12, 16, 20, 28)
"""How many bits may follow the three that say which of these it is."""
NUMBER_MAX = (1 << WIDTHS[-1]) - 1
NUMBER_BITS_MAX = 3 + WIDTHS[-1]
_PREFIX_BITS = 3
_NOTHING = 7
"""Three ones say that nothing is told here, as do those that fill up the last byte."""


def number_bits(value: int | None) -> int:
    """Return how many bits a number takes: see `Writer.number`."""
    return _PREFIX_BITS if value is None else _PREFIX_BITS + WIDTHS[_width(value)]


def _width(value: int) -> int:
    """Return which of `WIDTHS` is the first that holds a value.

    Raises:
        CodecError: None does.
    """
    if 0 <= value <= NUMBER_MAX:
        return next(place for place, bits in enumerate(WIDTHS) if value < 1 << bits)
    raise CodecError(f"number: {value} is not within 0..{NUMBER_MAX}")


class Writer:
    """Takes values bit by bit."""

    def __init__(self) -> None:
        self._value = 0
        self.bits = 0
        """How many it has taken."""

    def whole(self, value: int, bits: int) -> None:
        """Take a whole number in so many bits.

        Raises:
            CodecError: It needs more.
        """
        if not 0 <= value < 1 << bits:
            raise CodecError(f"whole number: {value} does not fit {bits} bits")
        self._value = self._value << bits | value
        self.bits += bits

    def number(self, value: int | None) -> None:
        """Take a number in 3 bits and as many more as these say; None is 3 ones.

        Raises:
            CodecError: It is below 0 or above `NUMBER_MAX`.
        """
        if value is None:
            self.whole(_NOTHING, _PREFIX_BITS)
            return
        width = _width(value)
        self.whole(width, _PREFIX_BITS)
        self.whole(value, WIDTHS[width])

    def text(self, text: str) -> None:
        """Take a text: how many bytes of UTF-8 in 8 bits, and these.

        Raises:
            CodecError: It has more than 255 bytes.
        """
        told = text.encode()
        if len(told) > 255:  # noqa: PLR2004  # what 8 bits hold
            raise CodecError(f"text: {text[:40]!a} has more than 255 bytes of UTF-8")
        self.whole(len(told), 8)
        self.whole(int.from_bytes(told), 8 * len(told))

    def bytes(self) -> bytes:
        """Return all of it; what is left of the last byte is ones."""
        left = -self.bits % 8
        value = self._value << left | (1 << left) - 1
        return value.to_bytes((self.bits + left) // 8)


class Reader:
    """Gives values bit by bit, in the order in which a `Writer` took them.

    Args:
        data: Where from, whoever wrote it.
    """

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data)
        self.left = 8 * len(data)
        """How many bits are left."""

    def whole(self, bits: int) -> int:
        """Give a whole number of so many bits.

        Raises:
            CodecError: Fewer are left.
        """
        if bits > self.left:
            raise CodecError(f"frame: ends where {bits} bits should follow")
        self.left -= bits
        return self._value >> self.left & (1 << bits) - 1

    def number(self) -> int | None:
        """Give a number, None where nothing is told.

        Raises:
            CodecError: The frame ends before it.
        """
        width = self.whole(_PREFIX_BITS)
        return None if width == _NOTHING else self.whole(WIDTHS[width])

    def run(self) -> list[int | None]:
        """Give numbers until fewer bits are left than one takes."""
        found = []
        while self.left >= _PREFIX_BITS:
            found.append(self.number())
        return found

    def rest(self) -> bytes:
        """Give the whole bytes that are left."""
        size = self.left // 8
        return self.whole(8 * size).to_bytes(size)

    def text(self) -> str:
        """Give a text.

        Raises:
            CodecError: The frame ends before it does, or it is not UTF-8.
        """
        size = self.whole(8)
        told = self.whole(8 * size).to_bytes(size)
        try:
            return told.decode()
        except UnicodeDecodeError as error:
            raise CodecError("text: is not UTF-8") from error

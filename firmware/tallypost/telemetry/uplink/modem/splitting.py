"""Cuts what comes from a modem into lines."""

import re

LINE_BYTES_MAX = 1024
"""A downlink of 242 bytes in hexadecimal, and words around it, has about 550."""
_PRINTABLE = range(0x20, 0x7F)
_UNPRINTABLE = bytes({*range(256)} - {*_PRINTABLE}) + b" "
_ENDS = re.compile(rb"[\r\n]+")


class Splitter:
    """Ends a line at CR or LF; keeps a half line until the rest comes.

    What is longer than any line of a modem is noise, and is thrown away as it comes: a
    port that floods us costs no memory.

    Attributes:
        discarded: How many lines were too long.
    """

    def __init__(self) -> None:
        self._half = b""
        self._flooded = False
        self.discarded = 0

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that are whole now, without empty ones.

        Args:
            data: What came, in any pieces. What cannot be printed is taken off both
                ends of a line, where a supply that fails leaves it, and becomes `?`
                within, so that no line can spoil a log.
        """
        *whole, self._half = _ENDS.split(self._half + data)
        lines = []
        for line in whole:
            if self._flooded or len(line) > LINE_BYTES_MAX:
                self._flooded = False
                self.discarded += 1
            elif text := _printable(line):
                lines.append(text)
        if len(self._half) > LINE_BYTES_MAX:
            self._half, self._flooded = b"", True
        return lines


def _printable(line: bytes) -> str:
    bare = line.strip(_UNPRINTABLE)
    return "".join(chr(byte) if byte in _PRINTABLE else "?" for byte in bare)

"""Spoils good inputs: most of each is left as it was, so that it comes far in."""

import random

PIECES = (
    *(b"", b"0", b"-1", b"1e999", b"NaN", b"true", b"null", b"9" * 30),
    *(b"{}", b"[]", b"[" * 500, b'{"a":' * 500, b'"', b"\\", b"\\ud800", b'""'),
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"\xe2\x80\xae", b"=", b"[[", b"]]"),
    *(b"99999999999999999999", b"1970-01-01T00:00:00Z", b"9999-12-31T23:59:60Z"),
    *(b"*", b"#", b"/", b"../..", b"%s%n", b"." * 200, b'"image"', b'"kind"'),
)
"""What has broken parsers before."""
BYTES_MAX = 100_000
CHANGES_MAX = 4


def spoilt(good: bytes, others: tuple[bytes, ...], chance: random.Random) -> bytes:
    """Return an input with up to four things done to it.

    Args:
        good: What the parser takes.
        others: More of that kind, to take pieces from.
        chance: Decides; the same seed spoils alike.
    """
    data = bytearray(good)
    for _ in range(chance.randint(1, CHANGES_MAX)):
        _change(data, others, chance)
    return bytes(data[:BYTES_MAX])


def _change(data: bytearray, others: tuple[bytes, ...], chance: random.Random) -> None:
    first = chance.randint(0, len(data))
    last = min(first + chance.choice((0, 1, 1, 2, 4, 16, 64)), len(data))
    match chance.randrange(6):
        case 0 if data:
            place = chance.randrange(len(data))
            data[place] ^= 1 << chance.randrange(8)
        case 1:
            data[first:last] = chance.choice(PIECES)
        case 2:
            data[first:last] = chance.randbytes(chance.randint(0, 8))
        case 3:
            other = chance.choice(others)
            begin = chance.randint(0, len(other))
            data[first:last] = other[begin : begin + chance.randint(0, 64)]
        case 4:
            del data[first:]
        case _:
            data[first:first] = data[first:last] * chance.choice((1, 2, 50))

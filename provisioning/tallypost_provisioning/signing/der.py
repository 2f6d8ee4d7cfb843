"""Spells the few pieces of ASN.1 that no library of ours spells for us.

Source: ITU-T X.690, 8.1 "General rules for encoding" and 10.1 "Length forms".
"""

INTEGER, BITS, OCTETS, SEQUENCE = 0x02, 0x03, 0x04, 0x30
_SHORT_MAX = 0x7F


def sequence(*parts: bytes) -> bytes:
    """Return pieces as one."""
    return _piece(SEQUENCE, b"".join(parts))


def octets(content: bytes) -> bytes:
    """Return bytes as they are."""
    return _piece(OCTETS, content)


def bits(content: bytes) -> bytes:
    """Return whole bytes as a string of bits."""
    return _piece(BITS, b"\0" + content)


def integer(value: int) -> bytes:
    """Return a whole number that is not below 0."""
    return _piece(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _piece(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size <= _SHORT_MAX:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content

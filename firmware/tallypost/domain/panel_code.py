"""The code that opens a device's panel: how it reads on a label, and what is kept."""

import hashlib
import hmac
import secrets

CHARACTERS = 10
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, O, 1, I, L: whoever reads it off a label in the rain must not guess. Ten of
these are 49 bits."""
SALT_BYTES = 16
HASH_BYTES = 32
_COST, _BLOCK = 2**14, 8
"""16 MiB and some 50 ms for one guess."""


def new_code() -> str:
    """Return a code that nobody can guess, as `XXXXXXXXXX`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))


def spoken(code: str) -> str:
    """Return a code as labels show it: `XXXXX-XXXXX`."""
    half = CHARACTERS // 2
    return f"{code[:half]}-{code[half:]}"


def plain(typed: str) -> str:
    """Return a code as it was meant: capitals, and nothing that is in no code."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)


def code_hash(code: str, salt: bytes) -> bytes:
    """Return what is kept of a code: 32 bytes.

    Args:
        code: The code, plain.
        salt: 16 bytes of its own.

    Source: RFC 7914, 2 "scrypt Parameters": N 2^14, r 8, p 1.
    """
    return hashlib.scrypt(
        code.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, dklen=HASH_BYTES
    )


def opens(typed: str, salt: bytes, kept: bytes) -> bool:
    """Return whether what somebody typed is the code that a hash was kept of."""
    return hmac.compare_digest(code_hash(plain(typed), salt), kept)

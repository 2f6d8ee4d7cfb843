"""The code of the label: kept as a hash that is slow to try."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.json_text import parse
from tallypost.errors import PanelError, RecordError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is read for another: 0 O 1 I L."""
CODE_FILE = "code.json"
FILE_BYTES_MAX = 4096
SALT_BYTES, HASH_BYTES = 16, 32
COST, BLOCK_SIZE = 2**14, 8
"""Of scrypt: 16 MB and a twentieth of a second of a Raspberry Pi 4 for each guess."""
WISH = "start the device once from a card that `tallypost-provision write` has written"


def plain(code: str) -> str:
    """Return a code as it is compared: large letters, without what sets them apart."""
    return "".join(letter for letter in code.upper() if letter in ALPHABET)


@dataclass(frozen=True, slots=True, repr=False)
class Code:
    """What is known of the code.

    Attributes:
        salt: 16 bytes, like no other device's.
        hash: 32 bytes, scrypt of the plain code.
    """

    salt: bytes
    hash: bytes

    def fits(self, code: str) -> bool:
        """Return whether it is this one; takes as long whichever it is.

        Source: RFC 7914, "The scrypt Password-Based Key Derivation Function".
        """
        tried = hashlib.scrypt(
            plain(code).encode(),
            salt=self.salt,
            n=COST,
            r=BLOCK_SIZE,
            p=1,
            dklen=HASH_BYTES,
        )
        return hmac.compare_digest(tried, self.hash)


def read_code(folder: Path) -> Code:
    """Return the code that a folder's `code.json` tells of.

    Raises:
        PanelError: There is none, or it tells of none.
    """
    path = folder / CODE_FILE
    try:
        with path.open("rb") as file:
            told = parse(file.read(FILE_BYTES_MAX + 1), bytes_max=FILE_BYTES_MAX)
        return Code(_hex(told, "salt", SALT_BYTES), _hex(told, "hash", HASH_BYTES))
    except OSError as error:
        told = f"cannot be read ({error.strerror})"
        raise PanelError(f"{path}: {told}; {WISH}") from error
    except RecordError as error:
        raise PanelError(f"{path}: {error}; {WISH}") from error


def _hex(told: object, key: str, length: int) -> bytes:
    text = fields.text(fields.member(told, "", key), key)
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != length:
        raise RecordError(f"{key}: is no {length} bytes in hexadecimal digits")
    return found

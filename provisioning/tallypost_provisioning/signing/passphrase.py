"""Makes keys of a passphrase: slowly, so that nobody tries many."""

import hashlib
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from tallypost_provisioning.signing import der

CHARACTERS_MIN = 10
SALT_BYTES = 16
KEY_BYTES = 32
_BLOCK_BITS = 128
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs.

    The default takes 16 MiB, which every OpenSSL accepts, and as long as 128 MiB once.
    Source: RFC 7914, 2; OWASP Password Storage Cheat Sheet, "scrypt".

    Attributes:
        n: How much memory, times 128 `r` bytes: a power of two.
        r: How large a block is.
        p: How often.
    """

    n: int = 2**14
    r: int = 8
    p: int = 5


def stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """Return the key that a passphrase makes: 32 bytes.

    Raises:
        ValueError: No computer of ours can pay this cost.
    """
    return hashlib.scrypt(
        passphrase.encode(),
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        dklen=KEY_BYTES,
        maxmem=2**28,
    )


def encrypted_pkcs8(key: bytes, passphrase: str) -> bytes:
    """Return a private key encrypted by a passphrase, as OpenSSL reads it.

    Our library would stretch the passphrase by PBKDF2, which a graphics card tries
    a million times as fast as scrypt.

    Args:
        key: The key in the clear, PKCS #8 in DER.
        passphrase: What opens it.

    Returns:
        The key, DER. Source: RFC 8018, 6.2 "PBES2"; RFC 7914, 7 "The ASN.1 Syntax for
        Password-Based Cryptography with scrypt".
    """
    cost, salt, start = Cost(), os.urandom(SALT_BYTES), os.urandom(16)
    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update(key) + padder.finalize()
    cipher = Cipher(AES256(stretch(passphrase, salt, cost)), CBC(start)).encryptor()
    closed = cipher.update(padded) + cipher.finalize()
    numbers = (der.integer(cost.n), der.integer(cost.r), der.integer(cost.p))
    scrypt = der.sequence(_SCRYPT, der.sequence(der.octets(salt), *numbers))
    aes = der.sequence(_AES_256_CBC, der.octets(start))
    algorithm = der.sequence(_PBES2, der.sequence(scrypt, aes))
    return der.sequence(algorithm, der.octets(closed))

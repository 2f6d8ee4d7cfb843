"""Operator keys: the private one stays with its operator, the public one goes out."""

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tallypost.errors import SettingsError
from tallypost.settings.file import read_file

BYTES_MAX = 4096
WISH = "name the private key that `tallypost-backend keys new` wrote"


def new_key(path: Path, passphrase: str) -> bytes:
    """Make a key: the private half in a file, the public one beside it as `.pub`.

    Args:
        path: Where the private half goes; nothing may be there.
        passphrase: What it is encrypted with; "" for nothing.

    Returns:
        The public half, 32 bytes.

    Raises:
        SettingsError: A file is there, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    protection: KeySerializationEncryption = NoEncryption()
    if passphrase:
        protection = BestAvailableEncryption(passphrase.encode())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)
    public = key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write_new(path, private, 0o600)
    _write_new(public_file(path), pem, 0o644)
    return public.public_bytes_raw()


def public_file(path: Path) -> Path:
    """Return where the public half of a private key lies."""
    return path.with_name(path.name + ".pub")


def is_encrypted(path: Path) -> bool:
    """Return whether a private key wants a passphrase.

    Raises:
        SettingsError: It cannot be read.
    """
    pem, _ = read_file(path, bytes_max=BYTES_MAX, wish=WISH)
    return b"ENCRYPTED" in pem


def read_private_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Return the private key that a file holds.

    Args:
        path: The file, which nobody but its owner may use.
        passphrase: What it is encrypted with; "" for nothing.

    Raises:
        SettingsError: It holds none, or the public half; others may use it, or the
            passphrase is wrong.
    """
    pem, mode = read_file(path, bytes_max=BYTES_MAX, wish=WISH)
    if b"PUBLIC KEY" in pem:
        told = "is the public half of a key; name the private half, without `.pub`"
        raise SettingsError(str(path), [told])
    if mode & (stat.S_IRWXO | stat.S_IRWXG):
        told = f"is open to others on this machine; chmod 600 {path}"
        raise SettingsError(str(path), [told])
    try:
        key = load_pem_private_key(pem, passphrase.encode() if passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        told = f"holds no private key, or the passphrase is wrong; {WISH}"
        raise SettingsError(str(path), [told]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(str(path), [f"holds no key of Ed25519; {WISH}"])
    return key


def _write_new(path: Path, data: bytes, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        told = f"cannot be written ({error.strerror}); name another file"
        raise SettingsError(str(path), [told]) from error

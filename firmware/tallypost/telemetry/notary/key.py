"""The key that a device signs with: made here, kept here, told to nobody."""

import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tallypost.durable import write_durably
from tallypost.errors import SigningError

KEY_FILE = "signing.key"
PUBLIC_FILE = "signing.pub"
KEY_BYTES_MAX = 4096
_ANEW = (
    "remove it for a new one to be made at the next start, and tell everybody who "
    "verifies the new public key"
)


def own_key(folder: Path) -> Ed25519PrivateKey:
    """Return the device's key; make it where there is none.

    Args:
        folder: Where it is kept, for its owner alone; the public one lies beside it.

    Raises:
        SigningError: It cannot be read, made or believed. A key that is damaged is
            never replaced in silence: whoever verifies would hear of another device.
    """
    path = folder / KEY_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _read(path) if path.exists() else _made(path)
        public = _public_pem(key)
        beside = folder / PUBLIC_FILE
        if not beside.exists() or beside.read_bytes() != public:
            write_durably(beside, public, 0o644)
    except OSError as error:
        place = error.filename or path
        raise SigningError(f"{place}: {error.strerror}; mend the disk") from error
    return key


def public_pem(folder: Path) -> bytes:
    """Return the public key of a device in PEM.

    Raises:
        SigningError: It has made none yet.
    """
    try:
        return (folder / PUBLIC_FILE).read_bytes()
    except OSError as error:
        raise SigningError(
            f"{folder / PUBLIC_FILE}: cannot be read ({error.strerror}); the key is "
            "made when `tallypost run` starts"
        ) from error


def _made(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_durably(path, pem)
    return key


def _read(path: Path) -> Ed25519PrivateKey:
    with path.open("rb") as file:
        mode, pem = path.stat().st_mode, file.read(KEY_BYTES_MAX)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningError(
            f"{path}: others on this machine may have read it; {_ANEW}, or, where you "
            "know that nobody did, chmod 600"
        )
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"{path}: is no private key of Ed25519; {_ANEW}")
    return key


def _public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )

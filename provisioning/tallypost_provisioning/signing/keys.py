"""Who signs for a city: its authority and its operator, wherever their keys are."""

from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tallypost.settings.file import read_file
from tallypost_backend.keys import BYTES_MAX, read_private_key
from tallypost_provisioning.errors import CityError
from tallypost_provisioning.signing.passphrase import encrypted_pkcs8
from tallypost_provisioning.signing.pem import pem

AUTHORITY_FILE = "ca.key"
OPERATOR_FILE = "operator.key"


class CityKeys(Protocol):
    """The two keys of a city; a back-end knows where they are.

    Raises:
        CityError: From every method: they are not there, or will not open.
    """

    def authority(self) -> ec.EllipticCurvePublicKey:
        """Return the public half of the authority's key (P-256)."""
        ...

    def sign_as_authority(self, data: bytes) -> bytes:
        """Return the authority's signature: ECDSA with SHA-256, in DER."""
        ...

    def operator(self) -> Ed25519PrivateKey:
        """Return what signs bundles and commands; it may be able to sign alone."""
        ...

    def close(self) -> None:
        """Leave them; closing twice is harmless."""


class FileKeys:
    """Keys in files of the city's folder, encrypted by its passphrase.

    Args:
        folder: The city's.
        passphrase: What opens them.
    """

    def __init__(self, folder: Path, passphrase: str) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._authority: ec.EllipticCurvePrivateKey | None = None
        self._operator: Ed25519PrivateKey | None = None

    def authority(self) -> ec.EllipticCurvePublicKey:
        """Return the public half of the authority's key."""
        return self._authority_key().public_key()

    def sign_as_authority(self, data: bytes) -> bytes:
        """Return the authority's signature."""
        return self._authority_key().sign(data, ec.ECDSA(hashes.SHA256()))

    def operator(self) -> Ed25519PrivateKey:
        """Return what signs bundles and commands."""
        if self._operator is None:
            path = self._folder / OPERATOR_FILE
            self._operator = read_private_key(path, self._passphrase)
        return self._operator

    def close(self) -> None:
        """Leave them."""
        self._authority = self._operator = None

    def _authority_key(self) -> ec.EllipticCurvePrivateKey:
        if self._authority is None:
            path = self._folder / AUTHORITY_FILE
            wish = "put back a copy of the city's folder"
            raw, _ = read_file(path, bytes_max=BYTES_MAX, wish=wish)
            try:
                key = load_pem_private_key(raw, self._passphrase.encode())
            except (ValueError, TypeError, UnsupportedAlgorithm):
                raise CityError(
                    f"{path}: does not open; the passphrase is wrong, or {wish}"
                ) from None
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise CityError(f"{path}: is no key of an authority; {wish}")
            self._authority = key
        return self._authority


def new_key_files(passphrase: str) -> dict[str, bytes]:
    """Return two new private keys as `FileKeys` reads them, by the names of files."""
    keys: dict[str, ec.EllipticCurvePrivateKey | Ed25519PrivateKey] = {
        AUTHORITY_FILE: ec.generate_private_key(ec.SECP256R1()),
        OPERATOR_FILE: Ed25519PrivateKey.generate(),
    }
    files = {}
    for name, key in keys.items():
        clear = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        closed = encrypted_pkcs8(clear, passphrase)
        files[name] = pem("ENCRYPTED PRIVATE KEY", closed)
    return files

"""A device's own key for TLS: made here, and never told to anybody."""

from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from tallypost.board.base import Board
from tallypost.domain.records import ClockTrust
from tallypost.errors import IdentityError
from tallypost.telemetry.remote import state

_NO_KEY = (ValueError, TypeError, UnsupportedAlgorithm)
_NO_CERTIFICATE = (*_NO_KEY, AttributeError, x509.InvalidVersion)
"""What the library raises for bytes that are none, or none that it knows."""


class Identity:
    """The key that waits for its certificate.

    Args:
        path: Where it waits.
        device: Whom the certificate shall name.
        board: Whose clock tells whether a certificate is still valid.
    """

    def __init__(self, path: Path, device: str, board: Board) -> None:
        self._path = path
        self._device = device
        self._board = board

    def renew(self) -> str:
        """Make a new key, in place of one that still waits; return what to sign, PEM.

        Raises:
            RemoteStateError: The disk refuses.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        state.keep(self._path, _pem(key))
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._device)])
        request = x509.CertificateSigningRequestBuilder().subject_name(name)
        return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    def certified(self, chain: str) -> tuple[bytes, bytes]:
        """Return the key that waits and its certificates, both PEM.

        Args:
            chain: The certificate, and those between it and its authority, PEM.

        Raises:
            IdentityError: They do not go together, or it is not valid now.
        """
        key = self._waiting()
        try:
            certificates = x509.load_pem_x509_certificates(chain.encode())
            ours = _public(certificates[0].public_key()) == _public(key.public_key())
        except _NO_CERTIFICATE:
            raise IdentityError(
                "certificate: is no certificate in PEM; send it as it was issued"
            ) from None
        if not ours:
            raise IdentityError(
                "certificate: is for another key; sign the newest request"
            )
        self._check_validity(certificates[0])
        pem = b"".join(each.public_bytes(Encoding.PEM) for each in certificates)
        return _pem(key), pem

    def _check_validity(self, certificate: x509.Certificate) -> None:
        if self._board.clock().trust is ClockTrust.UNSYNCED:
            return
        now_s = self._board.utc_s()
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begin.timestamp() <= now_s < end.timestamp():
            raise IdentityError(
                f"certificate: is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d} only"
            )

    def _waiting(self) -> ec.EllipticCurvePrivateKey:
        try:
            key = load_pem_private_key(self._path.read_bytes(), None)
        except (OSError, *_NO_KEY):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise IdentityError(
                "no key waits for a certificate; command `new_tls_key` first"
            )
        return key


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public(key: object) -> bytes:
    """Return a public key's bytes; raises AttributeError for what is none."""
    told: bytes = key.public_bytes(  # type: ignore[attr-defined]
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return told

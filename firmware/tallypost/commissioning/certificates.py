"""Certificates that a device signs itself, and keys that they are for."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 3653
Key = ec.EllipticCurvePrivateKey

_NO_KEY = (ValueError, TypeError, UnsupportedAlgorithm)
_NO_CERTIFICATE = (*_NO_KEY, x509.InvalidVersion)
"""What the library raises for bytes that are none, or none that it knows."""


def self_signed(
    key: Key, device: str, begin_utc_s: float, names: x509.SubjectAlternativeName
) -> bytes:
    """Return a certificate in PEM that nobody vouches for but the key itself.

    Args:
        key: Whose it is.
        device: Whom it names.
        begin_utc_s: From when it is valid, ten years.
        names: Where the device is reached, beside its own name.
    """
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device)])
    begin = datetime.fromtimestamp(begin_utc_s, UTC)
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(names, critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def read_key(path: Path) -> Key | None:
    """Return the key that a file holds; None where there is none that is whole.

    Raises:
        OSError: The disk refuses.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (FileNotFoundError, *_NO_KEY):
        return None
    return key if isinstance(key, Key) else None


def certificate_of(pem: bytes) -> x509.Certificate | None:
    """Return the first certificate in PEM; None where there is none."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except _NO_CERTIFICATE:
        return None


def request_of(pem: bytes) -> x509.CertificateSigningRequest | None:
    """Return a request in PEM; None where there is none."""
    try:
        return x509.load_pem_x509_csr(pem)
    except _NO_CERTIFICATE:
        return None


def is_for(
    signed: x509.Certificate | x509.CertificateSigningRequest | None, key: Key | None
) -> bool:
    """Return whether a certificate or a request is a key's."""
    if signed is None or key is None:
        return False
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        public = signed.public_key().public_bytes(*form)
    except _NO_CERTIFICATE:
        return False
    return public == key.public_key().public_bytes(*form)

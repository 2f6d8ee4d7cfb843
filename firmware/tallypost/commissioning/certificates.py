"""Certificates that a device signs itself, and keys that they are for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
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


def key_of(pem: bytes) -> Key | None:
    """Return the key in PEM; None where there is none that is whole."""
    try:
        key = load_pem_private_key(pem, None)
    except _NO_KEY:
        return None
    return key if isinstance(key, Key) else None


def certificate_of(pem: bytes) -> x509.Certificate | None:
    """Return the first certificate in PEM; None where there is none."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except _NO_CERTIFICATE:
        return None


def certificates_of(pem: bytes) -> list[x509.Certificate]:
    """Return all certificates in PEM; none where one of them is none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except _NO_CERTIFICATE:
        return []


def names_alone(certificate: x509.Certificate, device: str) -> bool:
    """Return whether a certificate's common name is a device's, and no other's."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return [each.value for each in names] == [device]


def is_vouched_for(
    chain: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]
) -> bool:
    """Return whether a chain ends at an authority.

    Args:
        chain: A certificate, then whoever signed the one before, as RFC 8446 (4.4.2)
            has them; an authority itself may be the last.
        authorities: Who is believed.
    """
    for signed, signer in zip(chain, (*chain[1:], None), strict=True):
        if any(_has_signed(each, signed) for each in authorities):
            return True
        if signer is None or not _may_sign(signer) or not _has_signed(signer, signed):
            return False
    return False


def _has_signed(signer: x509.Certificate, signed: x509.Certificate) -> bool:
    try:
        signed.verify_directly_issued_by(signer)
    except (InvalidSignature, *_NO_CERTIFICATE):
        return False
    return True


def _may_sign(certificate: x509.Certificate) -> bool:
    """Return whether it is an authority's: a device's own vouches for nobody."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, *_NO_CERTIFICATE):
        return False
    return found.value.ca


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

"""A city's own authority: signs devices' certificates, and takes them back."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tallypost_provisioning.errors import EnrolmentError
from tallypost_provisioning.signing import der
from tallypost_provisioning.signing.keys import CityKeys
from tallypost_provisioning.signing.pem import pem

AUTHORITY_DAYS = 20 * 365
CERTIFICATE_DAYS = 825
CLOCKS_APART = timedelta(hours=1)
"""A device's clock may be behind ours."""
_ECDSA_SHA256 = der.sequence(bytes.fromhex("06082a8648ce3d040302"))
"""Source: RFC 5758, 3.2 "ECDSA Signature Algorithm"."""
_KEY_BITS_MIN = 256


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that is good no more.

    Attributes:
        number: Its serial number.
        utc_s: Since when, seconds since 1970.
    """

    number: int
    utc_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who a certificate is for.

    Attributes:
        name: What it is called.
        key: Its public key.
        names: What it may be called besides.
        purpose: What the certificate is good for.
    """

    name: str
    key: ec.EllipticCurvePublicKey
    names: Sequence[x509.GeneralName]
    purpose: x509.ObjectIdentifier


def new_authority(keys: CityKeys, name: str, utc_s: float) -> bytes:
    """Return a city's own certificate, PEM, good for twenty years.

    Args:
        keys: The city's.
        name: What the city calls itself, 1 to 64 letters.
        utc_s: Now.
    """
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    public = keys.authority()
    builder = (
        _dated(utc_s, AUTHORITY_DAYS)
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public), critical=False
        )
    )
    tbs = builder.sign(_nobody(), hashes.SHA256()).tbs_certificate_bytes
    return _signed(keys, "CERTIFICATE", tbs)


def issue(
    keys: CityKeys,
    authority: x509.Certificate,
    bearer: Bearer,
    *,
    days: int,
    utc_s: float,
) -> x509.Certificate:
    """Return a certificate, good for logging in or for being logged in at.

    Args:
        keys: The city's.
        authority: Its certificate.
        bearer: Whose it is.
        days: For how long.
        utc_s: Now.
    """
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, bearer.name)])
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys.authority())
    known = x509.SubjectKeyIdentifier.from_public_key(bearer.key)
    builder = (
        _dated(utc_s, days)
        .subject_name(subject)
        .issuer_name(authority.subject)
        .public_key(bearer.key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([bearer.purpose]), critical=False)
        .add_extension(x509.SubjectAlternativeName(bearer.names), critical=False)
        .add_extension(known, critical=False)
        .add_extension(signer, critical=False)
    )
    tbs = builder.sign(_nobody(), hashes.SHA256()).tbs_certificate_bytes
    return x509.load_pem_x509_certificate(_signed(keys, "CERTIFICATE", tbs))


def revocation_list(
    keys: CityKeys,
    authority: x509.Certificate,
    revoked: Iterable[Revoked],
    *,
    number: int,
    utc_s: float,
) -> bytes:
    """Return which certificates are good no more (a CRL), PEM.

    It says that the next one comes when the authority ends: a broker that finds a list
    out of date lets nobody in.

    Args:
        keys: The city's.
        authority: Its certificate.
        revoked: All of them.
        number: Above that of every list before.
        utc_s: Now.
    """
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys.authority())
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(_moment(utc_s) - CLOCKS_APART)
        .next_update(authority.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(signer, critical=False)
    )
    for each in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(each.number)
        builder = builder.add_revoked_certificate(
            entry.revocation_date(_moment(each.utc_s)).build()
        )
    tbs = builder.sign(_nobody(), hashes.SHA256()).tbs_certlist_bytes
    return _signed(keys, "X509 CRL", tbs)


def read_request(text: str, device: str) -> Bearer:
    """Return whom a device asks to be; other wishes of its request are not heeded.

    Args:
        text: PKCS #10 in PEM, whoever wrote it.
        device: Who must have.

    Raises:
        EnrolmentError: It is none, not signed by its own key, of a weak key, or in
            another's name.
    """
    wish = "have the device make a new one"
    try:
        request = x509.load_pem_x509_csr(text.encode())
        public = request.public_key()
        good = request.is_signature_valid
        names = _names(request)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise EnrolmentError(
            f"{device}: request: is no request for a certificate; {wish}"
        ) from None
    if not good:
        raise EnrolmentError(
            f"{device}: request: is not signed by the key that it is for; {wish}"
        )
    if (
        not isinstance(public, ec.EllipticCurvePublicKey)
        or public.key_size < _KEY_BITS_MIN
    ):
        raise EnrolmentError(
            f"{device}: request: is for a key of another kind than P-256; {wish}"
        )
    if names != (device,):
        told = ", ".join(names)[:80] or "nobody"
        raise EnrolmentError(
            f"{device}: request: is in the name of {told!a}; take that device's own"
        )
    return Bearer(
        name=device,
        key=public,
        names=(x509.DNSName(device),),
        purpose=ExtendedKeyUsageOID.CLIENT_AUTH,
    )


def server(hosts: Sequence[str], key: ec.EllipticCurvePublicKey) -> Bearer:
    """Return a server that devices shall believe.

    Args:
        hosts: What it is called, the first before all; numbers too.
        key: Its public key.
    """
    return Bearer(
        name=hosts[0],
        key=key,
        names=tuple(map(_general_name, hosts)),
        purpose=ExtendedKeyUsageOID.SERVER_AUTH,
    )


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Return whether an authority has signed a certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _names(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    found = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return tuple(str(each.value) for each in found)


def _dated(utc_s: float, days: int) -> x509.CertificateBuilder:
    now = _moment(utc_s)
    return (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _nobody() -> ec.EllipticCurvePrivateKey:
    """Return a key that signs once, so that the library spells what is to be signed.

    The real key may be on a token, of which the library knows nothing.
    """
    return ec.generate_private_key(ec.SECP256R1())


def _signed(keys: CityKeys, label: str, tbs: bytes) -> bytes:
    signature = der.bits(keys.sign_as_authority(tbs))
    return pem(label, der.sequence(tbs, _ECDSA_SHA256, signature))


def _moment(utc_s: float) -> datetime:
    return datetime.fromtimestamp(int(utc_s), tz=UTC)

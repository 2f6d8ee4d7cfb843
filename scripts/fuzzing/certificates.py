"""Certificates: what an authority, or whoever is taken for one, issues."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from scripts.fuzzing.parser import Parser
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import IdentityError, UplinkError
from tallypost.telemetry.remote.identity import Identity
from tallypost.telemetry.uplink.certificate import expires_utc_s

_KEY = ec.derive_private_key(1, ec.SECP256R1())
_BEGIN, _END = (datetime(year, 1, 1, tzinfo=UTC) for year in (2026, 2036))


def certificate_parsers(folder: Path) -> dict[str, Parser]:
    """Return the parsers of certificates by their names.

    Args:
        folder: Where what they read is put.
    """
    waiting, other = folder / "waiting.key", folder / "other.key"
    file, board = folder / "device.crt", SimulatedBoard(utc_s=_BEGIN.timestamp())
    waiting.write_bytes(
        _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    identity = Identity(waiting, "tp-1", board)

    def certified(pem: bytes) -> object:
        return identity.certified(pem.decode("utf-8", "replace"))

    def expires(pem: bytes) -> object:
        file.write_bytes(pem)
        return expires_utc_s(file)

    certificate = _certificate()
    pem = (certificate.public_bytes(Encoding.PEM),)
    der = (certificate.public_bytes(Encoding.DER),)

    def waits(key: bytes) -> object:
        other.write_bytes(key)
        return Identity(other, "tp-1", board).certified(pem[0].decode())

    return {
        "key that waits": Parser((waiting.read_bytes(),), waits, IdentityError),
        "certificate": Parser(pem, certified, IdentityError),
        "certificate, in DER": Parser(
            der, lambda data: certified(_pem(data)), IdentityError
        ),
        "certificate file": Parser(pem, expires, UplinkError),
        "certificate file, in DER": Parser(
            der, lambda data: expires(_pem(data)), UplinkError
        ),
    }


def _certificate() -> x509.Certificate:
    """Return a certificate that is the same each time."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tp-1")])
    return (
        x509.CertificateBuilder(name, name, _KEY.public_key(), 1, _BEGIN, _END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(Ed25519PrivateKey.from_private_bytes(bytes(32)), None)
    )


def _pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).encode()

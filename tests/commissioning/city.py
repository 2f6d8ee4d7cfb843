"""An authority that certifies devices, made at once and without openssl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 100


class City:
    """Signs requests.

    Args:
        name: What it calls itself.
        by: Who certifies itself; None: itself.
        is_authority: Whether its certificate says that it may sign.
    """

    def __init__(
        self, name: str, by: City | None = None, *, is_authority: bool = True
    ) -> None:
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        basic = x509.BasicConstraints(ca=is_authority, path_length=None)
        builder = _named(name, (by or self).name).public_key(self.key.public_key())
        signed = builder.add_extension(basic, critical=True).sign(
            (by or self).key, hashes.SHA256()
        )
        self.pem = signed.public_bytes(Encoding.PEM).decode()

    def sign(self, request: str, device: str = "tp-0001") -> str:
        """Return the certificate that somebody asks for, in PEM."""
        asked = x509.load_pem_x509_csr(request.encode()).public_key()
        signed = (
            _named(device, self.name).public_key(asked).sign(self.key, hashes.SHA256())
        )
        return signed.public_bytes(Encoding.PEM).decode()


def _named(subject: str, issuer: str) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=DAYS))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

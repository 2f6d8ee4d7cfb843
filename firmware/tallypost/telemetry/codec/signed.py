"""Signed envelopes: exactly the bytes that an operator has signed, and who that was.

An envelope is a JSON Web Signature in its flattened JSON form:

    {"protected": base64url({"alg": "EdDSA", "kid": KEY ID, "typ": PURPOSE}),
     "payload":   base64url(the body),
     "signature": base64url(Ed25519 over protected + "." + payload, as they stand)}

Source: RFC 7515, 7.2.2 "Flattened JWS JSON Serialization"; RFC 8037, 3.1 "Signing".
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.errors import RecordError

KEY_BYTES = 32
KEY_ID_DIGITS = 16
HEADER_BYTES_MAX = 512
_ALGORITHM = "EdDSA"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", flags=re.ASCII)


class Purpose(StrEnum):
    """What a signature is for: one for a command is none for settings."""

    COMMAND = "tallypost.command/1"
    SETTINGS = "tallypost.desired/1"
    BUNDLE = "tallypost.bundle/1"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope, not believed yet.

    Attributes:
        key_id: Who is said to have signed it.
        purpose: What for.
        body: What it holds.
        signed: The bytes that the signature is about.
        signature: Its 64 bytes, if it is any.
    """

    key_id: str
    purpose: Purpose
    body: bytes
    signed: bytes
    signature: bytes

    @property
    def digest(self) -> str:
        """What tells it from every other envelope."""
        return hashlib.sha256(self.signed).hexdigest()

    def signed_by(self, public_key: bytes) -> bool:
        """Return whether a key has signed it.

        Args:
            public_key: Its 32 bytes.
        """
        return verifies(public_key, self.signature, self.signed)


def verifies(public_key: bytes, signature: bytes, signed: bytes) -> bool:
    """Return whether a signature is a key's, about these bytes.

    Args:
        public_key: 32 bytes; what is none has signed nothing.
        signature: 64 bytes; likewise.
        signed: What it is about.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public_key: bytes) -> str:
    """Return what a key is called: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:KEY_ID_DIGITS]


def public_key_of(pem: bytes) -> bytes | None:
    """Return the 32 bytes of a public key in PEM; None where it is no Ed25519 key."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def seal(body: bytes, purpose: Purpose, private_key: Ed25519PrivateKey) -> bytes:
    """Return a body in an envelope signed by a key."""
    public_key = private_key.public_key().public_bytes_raw()
    header = {"alg": _ALGORITHM, "kid": key_id(public_key), "typ": purpose.value}
    protected = _encoded(spell(header))
    payload = _encoded(body)
    signature = _encoded(private_key.sign(f"{protected}.{payload}".encode()))
    envelope = {"protected": protected, "payload": payload, "signature": signature}
    return spell(envelope)


def read_envelope(envelope: bytes, purpose: Purpose, *, bytes_max: int) -> Sealed:
    """Return what an envelope holds and claims; nobody has checked its signature yet.

    Args:
        envelope: As it came, whoever wrote it.
        purpose: What it must be for.
        bytes_max: Larger ones are refused unread.

    Raises:
        RecordError: It is none, or for another purpose.
    """
    found = fields.mapping(parse(envelope, bytes_max=bytes_max), "")
    fields.only(found, "", ("protected", "payload", "signature"))
    protected, payload, signature = (
        _member(found, key) for key in ("protected", "payload", "signature")
    )
    header = fields.mapping(
        parse(_decoded(protected, "protected"), bytes_max=HEADER_BYTES_MAX), "protected"
    )
    fields.only(header, "protected", ("alg", "kid", "typ"))
    for key, wanted in (("alg", _ALGORITHM), ("typ", purpose.value)):
        told = fields.text(fields.member(header, "protected", key), f"protected.{key}")
        if told != wanted:
            raise RecordError(f"protected.{key}: {told[:40]!a} is not {wanted}")
    return Sealed(
        key_id=fields.name(fields.member(header, "protected", "kid"), "protected.kid"),
        purpose=purpose,
        body=_decoded(payload, "payload"),
        signed=f"{protected}.{payload}".encode(),
        signature=_decoded(signature, "signature"),
    )


def _member(found: fields.Object, key: str) -> str:
    """Return a text of any length."""
    told = fields.member(found, "", key)
    if not isinstance(told, str):
        raise RecordError(f"{key}: is no text")
    return told


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decoded(text: str, path: str) -> bytes:
    if not _BASE64URL.fullmatch(text):
        raise RecordError(f"{path}: is no base64url without padding")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise RecordError(f"{path}: is half a base64url") from None

"""COSE_Sign1: bytes, and one signature about them, that other people's tools verify.

    18([protected: bstr .cbor {1: -8 (EdDSA), 4: public key, 16: type},
        unprotected: {},
        payload: bstr,
        signature: Ed25519 over ["Signature1", protected, h'', payload]])

Source: RFC 9052, 4.2 "Signing with One Signer", 4.4 "Signing and Verification Process";
RFC 9053, 2.2 "EdDSA"; RFC 9596 "typ". The key's id is the public key itself: it is as
short as a fingerprint, and whoever has read it off a label needs no other file.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.errors import RecordError
from tallypost.telemetry.codec import cbor
from tallypost.telemetry.codec.signed import KEY_BYTES, verifies

SIGN1 = 18
_ALGORITHM, _KEY_ID, _TYPE = 1, 4, 16
"""Labels of the header."""
_EDDSA = -8
_CONTEXT = "Signature1"


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message, not believed yet.

    Attributes:
        public_key: The 32 bytes of the key that is said to have signed it.
        payload: What it holds.
        signed: The bytes that the signature is about.
        signature: Its 64 bytes, if it is any.
    """

    public_key: bytes
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def genuine(self) -> bool:
        """Whether the key that it names has signed it; whose that is, is not said."""
        return verifies(self.public_key, self.signature, self.signed)


def sign(payload: bytes, kind: str, private_key: Ed25519PrivateKey) -> bytes:
    """Return a payload as a message that a key has signed.

    Args:
        payload: It.
        kind: What it is, as a media type: a signature for one is none for another.
        private_key: The signer's.
    """
    public_key = private_key.public_key().public_bytes_raw()
    protected = cbor.encode({_ALGORITHM: _EDDSA, _KEY_ID: public_key, _TYPE: kind})
    signature = private_key.sign(_about(protected, payload))
    return cbor.encode(cbor.Tag(SIGN1, [protected, {}, payload, signature]))


def read_sign1(message: bytes, kind: str) -> Sign1:
    """Return what a message holds and claims; nobody has checked its signature yet.

    Args:
        message: As it came, whoever wrote it.
        kind: What it must be.

    Raises:
        RecordError: It is none of ours, or of another kind.
    """
    match cbor.decode(message):
        case cbor.Tag(
            number=18, value=[bytes() as protected, {**rest}, bytes() as payload, last]
        ) if not rest and isinstance(last, bytes):
            public_key = _signer(protected, kind)
            return Sign1(public_key, payload, _about(protected, payload), last)
        case _:
            raise RecordError(
                "cose: is no COSE_Sign1 with a tag and nothing unprotected (RFC 9052)"
            )


def _signer(protected: bytes, kind: str) -> bytes:
    match cbor.decode(protected):
        case {1: -8, 4: bytes() as public_key, 16: str() as told, **others}:
            if others or len(public_key) != KEY_BYTES:
                raise RecordError("cose: the header holds more, or no key of Ed25519")
        case _:
            raise RecordError("cose: the header names no EdDSA, no key or no type")
    if told != kind:
        raise RecordError(f"cose: is of type {told[:60]!a}, not {kind}")
    return public_key


def _about(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode([_CONTEXT, protected, b"", payload])

"""Keys that never leave a PKCS #11 token: a smart card, a key stick, an HSM."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from tallypost_provisioning.errors import CityError
from tallypost_provisioning.signing import der

AUTHORITY, OPERATOR = "tallypost authority", "tallypost operator"
"""What the keys are called on the token."""
_P256 = bytes.fromhex("06082a8648ce3d030107")
"""An object identifier. Source: RFC 5480, 2.1.1.1 "Named Curve"."""
_EDWARDS25519 = b"\x13\x0cedwards25519"
"""A PrintableString. Source: PKCS #11 3.0, 2.3.5 "Edwards Elliptic curve keys"."""
_POINT_BYTES = 65


class TokenKeys:
    """Keys on a token.

    Args:
        module: The file of the token's PKCS #11 library.
        label: The token's own name.
        pin: What opens it.

    Raises:
        CityError: There is no such token, or it does not open.
    """

    def __init__(self, module: str, label: str, pin: str) -> None:
        self._place = f"token {label}"
        self._pkcs11 = _library(self._place)
        with self._told():
            library = self._pkcs11.lib(module)
            token = library.get_token(token_label=label)
            self._session = token.open(rw=True, user_pin=pin)

    def authority(self) -> ec.EllipticCurvePublicKey:
        """Return the public half of the authority's key."""
        point = self._public(AUTHORITY)[-_POINT_BYTES:]
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    def sign_as_authority(self, data: bytes) -> bytes:
        """Return the authority's signature."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        raw = self.sign(AUTHORITY, digest.finalize(), "ECDSA")
        half = len(raw) // 2
        return der.sequence(
            *(der.integer(int.from_bytes(part)) for part in (raw[:half], raw[half:]))
        )

    def operator(self) -> Ed25519PrivateKey:
        """Return what signs bundles and commands."""
        point = self._public(OPERATOR)[-32:]
        return _OnToken(self, Ed25519PublicKey.from_public_bytes(point))

    def sign(self, label: str, data: bytes, mechanism: str) -> bytes:
        """Return what the token makes of data with one of its keys."""
        with self._told():
            key = self._session.get_key(
                label=label, object_class=self._pkcs11.ObjectClass.PRIVATE_KEY
            )
            how = self._pkcs11.Mechanism[mechanism]
            return bytes(key.sign(data, mechanism=how))

    def make(self) -> None:
        """Make both keys, for good.

        Raises:
            CityError: The token has such keys, or can make none.
        """
        known = {key.label for key in self._all()}
        if known & {AUTHORITY, OPERATOR}:
            raise CityError(
                f"{self._place}: has keys of a city already; name an empty token, "
                "or remove them with its maker's tool"
            )
        kinds, words = self._pkcs11.KeyType, self._pkcs11.Mechanism
        self._generate(AUTHORITY, kinds.EC, _P256, words.EC_KEY_PAIR_GEN)
        how = words.EC_EDWARDS_KEY_PAIR_GEN
        self._generate(OPERATOR, kinds.EC_EDWARDS, _EDWARDS25519, how)

    def close(self) -> None:
        """Leave the token."""
        self._session.close()

    def _all(self) -> list[Any]:
        with self._told():
            kind = self._pkcs11.ObjectClass.PRIVATE_KEY
            wanted = {self._pkcs11.Attribute.CLASS: kind}
            return list(self._session.get_objects(wanted))

    def _generate(self, label: str, kind: Any, curve: bytes, how: Any) -> None:
        with self._told():
            wanted = {self._pkcs11.Attribute.EC_PARAMS: curve}
            parameters = self._session.create_domain_parameters(
                kind, wanted, local=True
            )
            words = self._pkcs11.Attribute
            parameters.generate_keypair(
                mechanism=how,
                store=True,
                label=label,
                id=label.encode(),
                private_template={words.SENSITIVE: True, words.EXTRACTABLE: False},
            )

    def _public(self, label: str) -> bytes:
        with self._told():
            key = self._session.get_key(
                label=label, object_class=self._pkcs11.ObjectClass.PUBLIC_KEY
            )
            return bytes(key[self._pkcs11.Attribute.EC_POINT])

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the library says into a sentence."""
        try:
            yield
        except (self._pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            fact, wish = _words(type(error).__name__, str(error))
            raise CityError(f"{self._place}: {fact}; {wish}") from None


class _OnToken(Ed25519PrivateKey):
    """A private key that signs, and cannot be taken anywhere."""

    def __init__(self, token: TokenKeys, public: Ed25519PublicKey) -> None:
        self._token = token
        self._public = public

    def public_key(self) -> Ed25519PublicKey:
        return self._public

    def sign(self, data: Any) -> bytes:
        return self._token.sign(OPERATOR, bytes(data), "EDDSA")

    def private_bytes(self, *_: Any) -> bytes:
        raise CityError(f"{OPERATOR}: cannot leave its token; sign with it there")

    def private_bytes_raw(self) -> bytes:
        return self.private_bytes()

    def __copy__(self) -> "_OnToken":
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> "_OnToken":
        return self


_WORDS = {
    "PinIncorrect": ("the PIN is wrong", "after a few wrong ones it locks for good"),
    "PinLocked": ("is locked after wrong PINs", "unlock it with its maker's tool"),
    "PinLenRange": ("the PIN is wrong", "after a few wrong ones it locks for good"),
    "NoSuchToken": ("is not there", "plug it in, and name it by --token"),
    "MultipleTokensReturned": ("is there twice", "unplug one"),
    "NoSuchKey": ("has no key of this city", "plug in the one that made it"),
    "MechanismInvalid": ("cannot make or use such a key", "take another token"),
    "TokenWriteProtected": ("is write-protected", "take another token"),
}


def _words(kind: str, said: str) -> tuple[str, str]:
    unknown = (f"did not do it ({said or kind})", "see --pkcs11 and the token")
    return _WORDS.get(kind, unknown)


def _library(place: str) -> Any:
    try:
        import pkcs11
    except ImportError:
        raise CityError(
            f"{place}: python-pkcs11 is not installed; pip install python-pkcs11"
        ) from None
    return pkcs11

"""Envelopes: the standard's own numbers, and nothing lax."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import RecordError
from tallypost.telemetry.codec.signed import (
    Purpose,
    Sealed,
    key_id,
    public_key_of,
    read_envelope,
    seal,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
COMMAND = Purpose.COMMAND


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_standards_own_signature_is_good() -> None:
    """Source: RFC 8037, appendix A.4 and A.5."""
    sealed = Sealed(
        key_id="",
        purpose=COMMAND,
        body=b"Example of Ed25519 signing",
        signed=b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        signature=decoded(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt"
            "9g7sVvpAr_MuM0KAg"
        ),
    )
    public = decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")

    assert sealed.signed_by(public)
    assert not sealed.signed_by(PUBLIC)
    assert not sealed.signed_by(b"short")


@given(body=st.binary(max_size=200), purpose=st.sampled_from(Purpose))
def test_what_was_sealed_is_read_back_and_signed_by_its_key_alone(
    body: bytes, purpose: Purpose
) -> None:
    sealed = read_envelope(seal(body, purpose, KEY), purpose, bytes_max=4096)

    assert (sealed.body, sealed.purpose) == (body, purpose)
    assert sealed.key_id == key_id(PUBLIC)
    assert sealed.signed_by(PUBLIC)


@given(st.binary(max_size=300))
def test_anything_is_an_envelope_or_refused(payload: bytes) -> None:
    with pytest.raises(RecordError):
        read_envelope(payload, COMMAND, bytes_max=200)


def header(**words: object) -> bytes:
    envelope = json.loads(seal(b"{}", COMMAND, KEY))
    told = json.dumps({"alg": "EdDSA", "kid": "k", "typ": COMMAND.value} | words)
    protected = base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()
    return json.dumps(envelope | {"protected": protected}).encode()


HEADERS = {
    "no algorithm": {"alg": "none"},
    "a shared secret": {"alg": "HS256"},
    "another purpose": {"typ": Purpose.SETTINGS.value},
    "what must be understood": {"crit": ["exp"]},
    "a key of its own": {"jwk": {"kty": "OKP"}},
    "no key": {"kid": ""},
    "a number for a key": {"kid": 5},
}


@pytest.mark.parametrize("words", HEADERS.values(), ids=HEADERS.keys())
def test_a_header_that_asks_for_anything_else_is_refused(
    words: dict[str, object],
) -> None:
    assert read_envelope(header(), COMMAND, bytes_max=4096).key_id == "k"
    with pytest.raises(RecordError, match="protected"):
        read_envelope(header(**words), COMMAND, bytes_max=4096)


def test_only_a_public_key_of_ed25519_is_one() -> None:
    assert public_key_of(b"") is None
    assert public_key_of(b"-----BEGIN PUBLIC KEY-----\nAAAA\n") is None

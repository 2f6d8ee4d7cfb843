"""Signed batches: others' tools verify them, and nothing else than ours is taken."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tallypost.domain.records import Provenance
from tallypost.errors import RecordError
from tallypost.telemetry.codec import batch as words
from tallypost.telemetry.codec import cbor
from tallypost.telemetry.codec.batch import MEDIA_TYPE, Batch, line_of, read_line
from tallypost.telemetry.codec.cose import sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
BATCH = Batch(
    device="tp-1",
    chain=b"chain..8",
    number=2,
    before=b"b" * 32,
    signed_utc_s=1_795_342_500,
    provenance=Provenance(model=None, site="sha256:1", firmware="1.0"),
    until=9,
    undated=((3, 4), (6, 6)),
    records=((1, b"1" * 32), (9, b"9" * 32)),
)


def message_of(line: bytes) -> bytes:
    return base64.b64decode(json.loads(line)["cose"])


def relaid(line: bytes, message: bytes) -> bytes:
    cose = base64.b64encode(message).decode()
    return json.dumps(json.loads(line) | {"cose": cose}).encode()


def test_what_is_read_is_what_was_signed() -> None:
    signed = read_line(line_of(BATCH, KEY))

    assert signed.batch == BATCH
    assert signed.public_key == PUBLIC


def test_a_tool_that_is_not_ours_verifies_it() -> None:
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = cwt.COSEKey.from_pem(pem, kid=PUBLIC)

    _, _, payload = cwt.COSE.new().decode_with_headers(
        message_of(line_of(BATCH, KEY)), key
    )
    told = cbor2.loads(payload)
    assert told["records"] == [[1, b"1" * 32], [9, b"9" * 32]]
    assert told["site"] == "sha256:1"

    other = Ed25519PrivateKey.generate().public_key()
    stranger = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(cwt.VerifyError):
        cwt.COSE.new().decode(
            message_of(line_of(BATCH, KEY)), cwt.COSEKey.from_pem(stranger, kid=PUBLIC)
        )


def test_what_another_tool_signs_is_taken() -> None:
    payload = cbor2.loads(message_of(line_of(BATCH, KEY))).value[2]
    protected = cbor2.dumps({1: -8, 4: PUBLIC, 16: MEDIA_TYPE}, canonical=True)
    signature = KEY.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    theirs = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))

    assert read_line(relaid(line_of(BATCH, KEY), theirs)).batch == BATCH


def test_a_batch_of_the_most_records_stays_below_the_longest_line() -> None:
    top = 2**63 - 1
    last = 2**62
    most = replace(
        BATCH,
        until=top,
        undated=tuple((last + 4 * n, last + 4 * n + 1) for n in range(64)),
        records=tuple((last + n, bytes([n]) * 32) for n in range(256)),
        provenance=Provenance(model="m" * 71, site="s" * 71, firmware="f" * 60),
    )

    assert len(line_of(most, KEY)) < words.LINE_BYTES_MAX


def test_no_byte_of_it_can_be_changed() -> None:
    line = line_of(BATCH, KEY)
    message = message_of(line)
    for place in range(len(message)):
        spoilt = bytearray(message)
        spoilt[place] ^= 1
        with pytest.raises(RecordError):
            read_line(relaid(line, bytes(spoilt)))


def test_no_part_of_it_is_taken() -> None:
    line = line_of(BATCH, KEY)
    message = message_of(line)
    for end in range(len(message)):
        with pytest.raises(RecordError):
            read_line(relaid(line, message[:end]))


def resigned(protected: Any, unprotected: Any = None, tag: int = 18) -> bytes:
    line = line_of(BATCH, KEY)
    payload = cbor2.loads(message_of(line)).value[2]
    head = cbor2.dumps(protected, canonical=True)
    signature = KEY.sign(cbor2.dumps(["Signature1", head, b"", payload]))
    parts = [head, unprotected or {}, payload, signature]
    return relaid(line, cbor2.dumps(cbor2.CBORTag(tag, parts)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (resigned({1: -7, 4: PUBLIC, 16: MEDIA_TYPE}), "names no EdDSA"),
        (resigned({1: -8, 16: MEDIA_TYPE}), "no key"),
        (resigned({1: -8, 4: PUBLIC[:8], 16: MEDIA_TYPE}), "no key of Ed25519"),
        (resigned({1: -8, 4: PUBLIC, 16: "application/cwt"}), "of type"),
        (resigned({1: -8, 4: PUBLIC, 16: MEDIA_TYPE, 2: [99]}), "holds more"),
        (resigned({1: -8, 4: PUBLIC, 16: MEDIA_TYPE}, {4: b"x"}), "unprotected"),
        (resigned({1: -8, 4: PUBLIC, 16: MEDIA_TYPE}, tag=98), "no COSE_Sign1"),
    ],
    ids=["algorithm", "no key", "short key", "type", "crit", "unprotected", "tag"],
)
def test_a_header_that_is_not_ours_is_refused(line: bytes, told: str) -> None:
    with pytest.raises(RecordError, match=told):
        read_line(line)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"chain": b"short"}, "chain: is not 8 bytes"),
        ({"number": 0, "before": None}, "number: is below 1"),
        ({"before": None}, "before: is missing"),
        ({"before": b"short"}, "before: is no SHA-256"),
        ({"number": 1}, "before: .* stands in the first"),
        ({"signed": -1}, "signed: is on no calendar"),
        ({"signed": 2**62}, "signed: is on no calendar"),
        ({"records": []}, "records: holds none"),
        (
            {"records": [[n, b"x" * 32] for n in range(1, 300)], "until": 300},
            "too many",
        ),
        ({"records": [[2, b"x" * 32], [1, b"x" * 32]]}, "do not rise"),
        ({"records": [[2, b"x" * 32], [2, b"y" * 32]]}, "do not rise"),
        ({"records": [[10, b"x" * 32]]}, "within 1 and until"),
        ({"records": [[0, b"x" * 32]]}, "within 1 and until"),
        ({"records": [[1, b"x"]]}, "no number and hash"),
        ({"undated": [[4, 3]]}, "no range"),
        ({"undated": [[3, 4], [1, 2]]}, "undated: ranges do not rise"),
        ({"undated": [[n, n] for n in range(1, 99)], "until": 99}, "too many ranges"),
        ({"device": ""}, "device"),
        ({"schema": "tallypost.batch/2"}, "a key is missing, unknown or"),
        ({"extra": 1}, "a key is missing, unknown or"),
        ({"site": None}, "a key is missing, unknown or"),
    ],
)
def test_what_no_device_of_ours_says_is_refused_though_it_is_signed(
    change: dict[str, Any], told: str
) -> None:
    line = line_of(BATCH, KEY)
    payload: Any = cbor.decode(cbor2.loads(message_of(line)).value[2])
    changed: Any = payload | change
    message = sign(cbor.encode(changed), MEDIA_TYPE, KEY)
    with pytest.raises(RecordError, match=told):
        read_line(relaid(line, message))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda told: told | {"cose": "no base64!"}, "no base64"),
        (lambda told: told | {"cose": 7}, "is no text"),
        (lambda told: told | {"device": "tp-2"}, "the signed one is tp-1"),
        (lambda told: told | {"more": 1}, "not known"),
        (lambda told: told | {"schema": "tallypost.kpi/1"}, "is not tallypost.batch/1"),
        (lambda told: told | {"more": "x" * 99_999}, "are above"),
        (lambda told: [told], "not an object"),
    ],
)
def test_a_line_that_is_none_is_refused(
    spoil: Callable[[dict[str, Any]], Any], told: str
) -> None:
    told_line = json.loads(line_of(BATCH, KEY))
    with pytest.raises(RecordError, match=told):
        read_line(json.dumps(spoil(told_line)).encode())

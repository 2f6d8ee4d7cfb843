"""Statements: what a device says of itself under its own signature, once.

A line of JSON, as a batch is (see `batch`), whose message holds JSON too:

    {"schema": "tallypost.privacy-test/1", "device": "tp-1",
     "cose": base64 of the COSE_Sign1 about {"schema": ..., "device": ..., ...}}
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.domain import fields
from tallypost.domain.json_text import parse, parse_document, spell
from tallypost.errors import RecordError
from tallypost.telemetry.codec.cose import read_sign1, sign

PRIVACY_TEST = "tallypost.privacy-test/1"
MEDIA_TYPE = "application/vnd.tallypost.privacy-test+json"
LINE_BYTES_MAX = 256 * 1024
WITHIN_BYTES = 200
"""So soon says a statement that it is one, however its keys are ordered."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a device has said.

    Attributes:
        device: Who.
        told: What, its own keys and all.
        public_key: Whose word it is: 32 bytes.
    """

    device: str
    told: Mapping[str, object]
    public_key: bytes


def is_statement(line: bytes) -> bool:
    """Return whether a line says that it is a statement of a privacy test."""
    return PRIVACY_TEST.encode() in line[:WITHIN_BYTES]


def statement_line(
    device: str, told: Mapping[str, object], private_key: Ed25519PrivateKey
) -> bytes:
    """Return a statement as it is kept, signed.

    Args:
        device: Who says it.
        told: What; nothing under `schema` and `device`, which are added.
        private_key: The device's.

    Raises:
        RecordError: It is longer than `read_statement` takes.
    """
    head = {"schema": PRIVACY_TEST, "device": device}
    message = sign(spell({**head, **told}), MEDIA_TYPE, private_key)
    line = spell({**head, "cose": base64.b64encode(message).decode("ascii")})
    read_statement(line)
    return line


def read_statement(line: bytes) -> Statement:
    """Return what a statement says and who has signed it, whoever wrote it.

    Raises:
        RecordError: It is none, or its signature is none of the key that it names: not
            a byte of it can be believed.
    """
    found = parse_document(line, PRIVACY_TEST, bytes_max=LINE_BYTES_MAX)
    fields.only(found, "", ("schema", "device", "cose"))
    cose = fields.member(found, "", "cose")
    if not isinstance(cose, str):
        raise RecordError("cose: is no text")
    try:
        sealed = read_sign1(base64.b64decode(cose, validate=True), MEDIA_TYPE)
    except (ValueError, binascii.Error):
        raise RecordError("cose: is no base64") from None
    if not sealed.genuine:
        raise RecordError("cose: the signature does not belong to it: it was altered")
    told = fields.mapping(parse(sealed.payload, bytes_max=LINE_BYTES_MAX), "")
    fields.of_schema(told, PRIVACY_TEST)
    device = fields.name(fields.member(told, "", "device"), "device")
    if fields.member(found, "", "device") != device:
        raise RecordError(f"device: the signed one is {device}")
    return Statement(device, told, sealed.public_key)

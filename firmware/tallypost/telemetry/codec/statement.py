"""Statements: what a device says of itself under its own signature, once.

A line of JSON, as a batch is (see `batch`), whose message holds JSON too:

    {"schema": "tallypost.privacy-test/1", "device": "tp-1",
     "cose": base64 of the COSE_Sign1 about {"schema": ..., "device": ..., ...}}
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.errors import RecordError
from tallypost.telemetry.codec.cose import read_sign1, sign

LINE_BYTES_MAX = 256 * 1024
WITHIN_BYTES = 200
"""So soon says a statement that it is one, however its keys are ordered."""


class Kind(StrEnum):
    """What a statement is about: its schema."""

    PRIVACY_TEST = "tallypost.privacy-test/1"
    ACCEPTANCE = "tallypost.acceptance/1"

    @property
    def media_type(self) -> str:
        """The type that is signed with it: a signature for one is none for another."""
        return f"application/vnd.{self.value.partition('/')[0]}+json"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a device has said.

    Attributes:
        kind: What about.
        device: Who.
        told: What, its own keys and all.
        public_key: Whose word it is: 32 bytes.
    """

    kind: Kind
    device: str
    told: Mapping[str, object]
    public_key: bytes


def is_statement(line: bytes) -> bool:
    """Return whether a line says that it is a statement."""
    return any(each.encode() in line[:WITHIN_BYTES] for each in Kind)


def statement_line(
    device: str,
    told: Mapping[str, object],
    private_key: Ed25519PrivateKey,
    kind: Kind = Kind.PRIVACY_TEST,
) -> bytes:
    """Return a statement as it is kept, signed.

    Args:
        device: Who says it.
        told: What; nothing under `schema` and `device`, which are added.
        private_key: The device's.
        kind: What it is about.

    Raises:
        RecordError: It is longer than `read_statement` takes.
    """
    head = {"schema": kind.value, "device": device}
    message = sign(spell({**head, **told}), kind.media_type, private_key)
    return line_of(message, kind)


def line_of(message: bytes, kind: Kind) -> bytes:
    """Return a signed message as it is kept.

    Raises:
        RecordError: As from `read_message`, or it is longer than `read_statement`
            takes.
    """
    device = read_message(message, kind).device
    cose = base64.b64encode(message).decode("ascii")
    line = spell({"schema": kind.value, "device": device, "cose": cose})
    read_statement(line)
    return line


def read_statement(line: bytes) -> Statement:
    """Return what a statement says and who has signed it, whoever wrote it.

    Raises:
        RecordError: It is none, or its signature is none of the key that it names: not
            a byte of it can be believed.
    """
    found = fields.mapping(parse(line, bytes_max=LINE_BYTES_MAX), "")
    kind = fields.choice(fields.member(found, "", "schema"), "schema", Kind)
    statement = read_message(message_of(line), kind)
    if fields.member(found, "", "device") != statement.device:
        raise RecordError(f"device: the signed one is {statement.device}")
    return statement


def message_of(line: bytes) -> bytes:
    """Return the signed message that a line holds, not believed yet.

    Raises:
        RecordError: It holds none.
    """
    found = fields.mapping(parse(line, bytes_max=LINE_BYTES_MAX), "")
    fields.only(found, "", ("schema", "device", "cose"))
    cose = fields.member(found, "", "cose")
    if not isinstance(cose, str):
        raise RecordError("cose: is no text")
    try:
        return base64.b64decode(cose, validate=True)
    except (ValueError, binascii.Error):
        raise RecordError("cose: is no base64") from None


def read_message(message: bytes, kind: Kind) -> Statement:
    """Return what a signed message says, whoever wrote it.

    Args:
        message: A COSE_Sign1.
        kind: What it must be about.

    Raises:
        RecordError: As from `read_statement`.
    """
    sealed = read_sign1(message, kind.media_type)
    if not sealed.genuine:
        raise RecordError("cose: the signature does not belong to it: it was altered")
    told = fields.mapping(parse(sealed.payload, bytes_max=LINE_BYTES_MAX), "")
    fields.of_schema(told, kind)
    device = fields.name(fields.member(told, "", "device"), "device")
    return Statement(kind, device, told, sealed.public_key)

"""Batches: a device's word, signed, for which records it has made.

A batch holds the SHA-256 of each record's JSON, exactly as it left, and of the batch
before it. Its payload, in CBOR, keys as text:

    schema    "tallypost.batch/1"
    device    who measured
    chain     8 bytes that a device draws when it begins a chain
    number    1, 2, 3 ... in the chain
    before    SHA-256 of the whole message of the batch before; null in the first
    signed    seconds since 1970; null where the device did not know the date
    firmware  version of what signed it: its own word, like the two that follow
    model     hash of the detector's file; null where detections were played
    site      hash of the site's settings
    until     every number up to it was looked at
    undated   [[first, last], ...] of those that have no date yet: they come later
    records   [[seq, SHA-256], ...], rising

It travels as a line of JSON beside records:

    {"schema": "tallypost.batch/1", "device": "tp-1", "cose": base64 of the COSE_Sign1}
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.domain.records import Provenance
from tallypost.domain.words import UTC_S_MAX
from tallypost.errors import RecordError
from tallypost.telemetry.codec import cbor
from tallypost.telemetry.codec.cose import read_sign1, sign

SCHEMA = "tallypost.batch/1"
MEDIA_TYPE = "application/vnd.tallypost.batch+cbor"
DIGEST_BYTES = 32
CHAIN_BYTES = 8
RECORDS_MAX = 256
UNDATED_MAX = 64
"""So many ranges of numbers at most."""
LINE_BYTES_MAX = 32 * 1024
"""A batch of the most records stays below; far below what a broker takes."""

Range = tuple[int, int]
"""The first number and the last, both within."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a device says of some of its records; the fields are told above."""

    device: str
    chain: bytes
    number: int
    before: bytes | None
    signed_utc_s: int | None
    provenance: Provenance
    until: int
    undated: tuple[Range, ...]
    records: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A batch that a key has signed.

    Attributes:
        batch: What it says.
        public_key: Whose word it is: 32 bytes.
        digest: What the batch that follows names as the one before.
    """

    batch: Batch
    public_key: bytes
    digest: bytes


def digest(data: bytes) -> bytes:
    """Return the SHA-256 of what was sent."""
    return hashlib.sha256(data).digest()


def line_of(batch: Batch, private_key: Ed25519PrivateKey) -> bytes:
    """Return a batch as it leaves, signed.

    Raises:
        RecordError: It breaks the schema: `read_line` would not take it back.
    """
    payload = cbor.encode(
        {
            "schema": SCHEMA,
            "device": batch.device,
            "chain": batch.chain,
            "number": batch.number,
            "before": batch.before,
            "signed": batch.signed_utc_s,
            "firmware": batch.provenance.firmware,
            "model": batch.provenance.model,
            "site": batch.provenance.site,
            "until": batch.until,
            "undated": batch.undated,
            "records": batch.records,
        }
    )
    message = base64.b64encode(sign(payload, MEDIA_TYPE, private_key)).decode()
    line = spell({"schema": SCHEMA, "device": batch.device, "cose": message})
    read_line(line)
    return line


def read_line(line: bytes) -> Signed:
    """Return what a line of JSON says and who has signed it, whoever wrote it.

    Raises:
        RecordError: It is no batch, or its signature is none of the key that it names:
            not a byte of it can be believed.
    """
    found = fields.mapping(parse(line, bytes_max=LINE_BYTES_MAX), "")
    fields.of_schema(found, SCHEMA)
    fields.only(found, "", ("schema", "device", "cose"))
    told = fields.member(found, "", "cose")
    if not isinstance(told, str):
        raise RecordError("cose: is no text")
    try:
        message = base64.b64decode(told, validate=True)
    except (ValueError, binascii.Error):
        raise RecordError("cose: is no base64") from None
    sealed = read_sign1(message, MEDIA_TYPE)
    if not sealed.genuine:
        raise RecordError("cose: the signature does not belong to it: it was altered")
    batch = _batch(cbor.decode(sealed.payload))
    if fields.member(found, "", "device") != batch.device:
        raise RecordError(f"device: the signed one is {batch.device}")
    return Signed(batch, sealed.public_key, digest(message))


def _batch(found: cbor.Value) -> Batch:
    match found:
        case {
            "schema": "tallypost.batch/1",
            "device": str() as device,
            "chain": bytes() as chain,
            "number": int() as number,
            "before": (bytes() | None) as before,
            "signed": (int() | None) as signed,
            "firmware": str() as firmware,
            "model": (str() | None) as model,
            "site": str() as site,
            "until": int() as until,
            "undated": [*undated],
            "records": [*records],
            **others,
        } if not others:
            batch = Batch(
                device=fields.name(device, "device"),
                chain=chain,
                number=number,
                before=before,
                signed_utc_s=signed,
                provenance=Provenance(
                    model=None if model is None else fields.text(model, "model"),
                    site=fields.text(site, "site"),
                    firmware=fields.text(firmware, "firmware"),
                ),
                until=until,
                undated=_ranges(undated),
                records=_records(records),
            )
        case _:
            raise RecordError("batch: a key is missing, unknown or of the wrong kind")
    _check(batch)
    return batch


def _ranges(found: Sequence[cbor.Value]) -> tuple[Range, ...]:
    ranges: list[Range] = []
    for each in found:
        match each:
            case [int() as first, int() as last] if first <= last:
                ranges.append((first, last))
            case _:
                raise RecordError("batch: undated: holds what is no range")
    return tuple(ranges)


def _records(found: Sequence[cbor.Value]) -> tuple[tuple[int, bytes], ...]:
    records: list[tuple[int, bytes]] = []
    for each in found:
        match each:
            case [int() as seq, bytes() as told] if len(told) == DIGEST_BYTES:
                records.append((seq, told))
            case _:
                raise RecordError("batch: records: holds what is no number and hash")
    return tuple(records)


def _check(batch: Batch) -> None:
    """Refuse what no device of ours says."""
    seqs = [seq for seq, _ in batch.records]
    edges = [edge for each in batch.undated for edge in each]
    for fact, true in (
        (f"chain: is not {CHAIN_BYTES} bytes", len(batch.chain) == CHAIN_BYTES),
        ("number: is below 1", batch.number >= 1),
        (
            "before: is missing, or stands in the first",
            (batch.before is None) is (batch.number == 1),
        ),
        (
            "before: is no SHA-256",
            batch.before is None or len(batch.before) == DIGEST_BYTES,
        ),
        (
            "signed: is on no calendar",
            0 <= (batch.signed_utc_s or 0) <= UTC_S_MAX,
        ),
        ("records: holds none, or too many", 0 < len(seqs) <= RECORDS_MAX),
        ("undated: holds too many ranges", len(batch.undated) <= UNDATED_MAX),
        ("records: numbers do not rise within 1 and until", _rise(seqs, batch.until)),
        (
            "undated: ranges do not rise within 1 and until",
            _rise(edges[::2], batch.until) and _rise(edges[1::2], batch.until),
        ),
    ):
        if not true:
            raise RecordError(f"batch: {fact}")


def _rise(numbers: Sequence[int], most: int) -> bool:
    rising = all(before < after for before, after in pairwise(numbers))
    return rising and all(1 <= each <= most for each in numbers)

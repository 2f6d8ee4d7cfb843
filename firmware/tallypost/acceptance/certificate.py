"""The certificate: what was found of a device, signed by the device's own key.

As a line of a file it is a statement (see `telemetry.codec.statement`); as a code that
telephones read it is the same signed bytes, pressed:

    TPA1:base45(zlib(COSE_Sign1))

or, where these are too many for a code that is read from paper, what to hold the file
against:

    TPA0:DEVICE:KEY:SHA-256 of the COSE_Sign1, both in hexadecimal digits

Source: as health certificates are, "Electronic Health Certificate Specification",
v1.0.5, 4 "Transport Encodings".
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.acceptance import base45
from tallypost.acceptance.checks import Check, Facts, accepted, checks
from tallypost.acceptance.sentences import ENGLISH, wanted
from tallypost.domain import fields
from tallypost.domain.acceptance import Accuracies, accuracies, spelt
from tallypost.domain.fields import instant_text
from tallypost.errors import AcceptanceError, RecordError
from tallypost.telemetry.codec.statement import (
    Kind,
    line_of,
    message_of,
    read_statement,
    statement_line,
)

TECHNICIAN_CHARACTERS_MAX = 64
REMARKS_CHARACTERS_MAX = 2000
WHOLE, DIGEST = "TPA1:", "TPA0:"
CODE_CHARACTERS_MAX = 1451
"""What a code of 117 modules a side holds of these letters, a seventh of it damaged:
version 25-M. Source: ISO/IEC 18004, table 7."""
MESSAGE_BYTES_MAX = 64 * 1024
_CHECKS_MAX, _ARGUMENTS_MAX = 32, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a device has signed of itself.

    Attributes:
        device: Which.
        public_key: Its own: 32 bytes.
        signed: When, as in 2026-11-28T22:00:00Z; None where it did not know.
        passed: Whether it was found fit.
        technician: Who stood there; empty where nobody said.
        remarks: What they had to say.
        firmware: Version of the firmware.
        model: Hash of the detector's file.
        site: Hash of the site.
        checks: What was looked at.
        accuracy: What was found by taps.
        line: All of it as it is kept: a line of JSON, signed.
    """

    device: str
    public_key: bytes
    signed: str | None
    passed: bool
    technician: str
    remarks: str
    firmware: str
    model: str | None
    site: str
    checks: tuple[Check, ...]
    accuracy: Accuracies
    line: bytes


def certify(
    device: str,
    facts: Facts,
    private_key: Ed25519PrivateKey,
    *,
    technician: str = "",
    remarks: str = "",
) -> Certificate:
    """Return a certificate of what is so now, be it good or bad.

    Args:
        device: Which.
        facts: All that is known of it.
        private_key: Its own.
        technician: Who stands there.
        remarks: What they have to say.

    Raises:
        AcceptanceError: The words are too many, or not words.
    """
    for name, told, most in (
        ("technician", technician, TECHNICIAN_CHARACTERS_MAX),
        ("remarks", remarks, REMARKS_CHARACTERS_MAX),
    ):
        if len(told) > most or not told.replace("\n", " ").isprintable():
            raise AcceptanceError(
                f"{name}: want at most {most} characters that can be printed"
            )
    found = checks(facts)
    drawn = {line: each for line, each in facts.accuracy.items() if line in facts.lines}
    now = facts.now_utc_s
    said = {
        "signed": None if now is None else instant_text(float(int(now))),
        "passed": accepted(found),
        "technician": technician,
        "remarks": remarks,
        "firmware": facts.health.firmware,
        "model": facts.health.model,
        "site": facts.health.site,
        "checks": [
            {
                "name": each.name,
                "passed": each.passed,
                "key": each.key,
                "arguments": {**each.arguments},
            }
            for each in found
        ],
        "accuracy": spelt(drawn),
    }
    return read_certificate(statement_line(device, said, private_key, Kind.ACCEPTANCE))


def read_certificate(line: bytes) -> Certificate:
    """Return what a certificate says, whoever wrote it; whose key it is, is not judged.

    Raises:
        RecordError: It is none, or was altered.
    """
    statement = read_statement(line.strip())
    if statement.kind is not Kind.ACCEPTANCE:
        raise RecordError(f"schema: {statement.kind} is not {Kind.ACCEPTANCE}")
    told = {**statement.told}

    def text(key: str, characters_max: int) -> str:
        return fields.text(
            fields.member(told, "", key), key, characters_max=characters_max
        )

    return Certificate(
        device=statement.device,
        public_key=statement.public_key,
        signed=None if told.get("signed") is None else text("signed", 64),
        passed=fields.truth(fields.member(told, "", "passed"), "passed"),
        technician=text("technician", TECHNICIAN_CHARACTERS_MAX),
        remarks=text("remarks", REMARKS_CHARACTERS_MAX),
        firmware=text("firmware", 128),
        model=None if told.get("model") is None else text("model", 128),
        site=text("site", 128),
        checks=tuple(_checks(fields.member(told, "", "checks"))),
        accuracy=accuracies(fields.member(told, "", "accuracy")),
        line=line.strip(),
    )


def code_text(certificate: Certificate) -> str:
    """Return what the code on paper holds: all of it, or what to hold it against."""
    message = message_of(certificate.line)
    whole = WHOLE + base45.encode(zlib.compress(message, 9))
    if len(whole) <= CODE_CHARACTERS_MAX:
        return whole
    digest = hashlib.sha256(message).hexdigest()
    return f"{DIGEST}{certificate.device}:{certificate.public_key.hex()}:{digest}"


def line_of_code(text: str) -> bytes:
    """Return the line that a code holds whole, as a telephone has read it.

    Raises:
        RecordError: It holds none, or a digest alone.
    """
    if text.startswith(DIGEST):
        raise RecordError("code: holds a digest alone; check the file that it is of")
    if not text.startswith(WHOLE) or len(text) > CODE_CHARACTERS_MAX:
        raise RecordError("code: is none of a certificate")
    unpacking = zlib.decompressobj()
    try:
        message = unpacking.decompress(
            base45.decode(text.removeprefix(WHOLE)), MESSAGE_BYTES_MAX
        )
    except zlib.error:
        raise RecordError("code: is damaged; read it again") from None
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise RecordError("code: holds more than a certificate, or half of one")
    return line_of(message, Kind.ACCEPTANCE)


def _checks(document: object) -> Sequence[Check]:
    listed = fields.listed(document, "checks", items_max=_CHECKS_MAX)
    return [_check(each, f"checks[{place}]") for place, each in enumerate(listed)]


def _check(document: object, path: str) -> Check:
    def member(key: str) -> object:
        return fields.member(document, path, key)

    passed, key = member("passed"), fields.name(member("key"), f"{path}.key")
    if key not in ENGLISH:
        raise RecordError(f"{path}.key: {key!a} is of another version; read it there")
    arguments = fields.mapping(member("arguments"), f"{path}.arguments")
    if len(arguments) > _ARGUMENTS_MAX or not wanted(ENGLISH[key]) <= set(arguments):
        raise RecordError(f"{path}.arguments: are not those of {key}")
    return Check(
        fields.name(member("name"), f"{path}.name"),
        None if passed is None else fields.truth(passed, f"{path}.passed"),
        key,
        {name: _value(each, f"{path}.arguments") for name, each in arguments.items()},
    )


def _value(value: object, path: str) -> str | float:
    if isinstance(value, str):
        return fields.text(value, path, characters_max=4096)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RecordError(f"{path}: holds what is no text and no number")
    return value

"""Settings from afar, and what a device says of them, as JSON."""

import hashlib
from dataclasses import asdict

from tallypost.domain import fields
from tallypost.domain.desired import (
    DESIRED_SCHEMA,
    FAULT_CHARACTERS_MAX,
    FAULTS_MAX,
    REPORTED_SCHEMA,
    REVISION_MAX,
    Desired,
    Refusal,
    Reported,
    Standing,
)
from tallypost.domain.document import Document
from tallypost.domain.json_text import parse_document, spell
from tallypost.errors import RecordError

ENVELOPE_BYTES_MAX = 64 * 1024
"""What a device hears at once."""
BODY_BYTES_MAX = 47 * 1024
"""An envelope makes a third more of it: see `tallypost.telemetry.codec.signed`."""
_DESIRED = ("schema", "device", "revision", "site", "settings")


def encode_desired(
    device: str, revision: int, *, site: str | None, settings: str | None
) -> bytes:
    """Return settings for a device as JSON: the body that an operator signs.

    Raises:
        RecordError: `decode_desired` would not take it back.
    """
    document: Document = {
        "schema": DESIRED_SCHEMA,
        "device": device,
        "revision": revision,
    }
    document |= {
        key: text
        for key, text in (("site", site), ("settings", settings))
        if text is not None
    }
    body = spell(document)
    decode_desired(body)
    return body


def decode_desired(body: bytes) -> Desired:
    """Return the settings that a body spells; nobody has judged them yet.

    Raises:
        RecordError: It spells none; names the key's path.
    """
    found = parse_document(body, DESIRED_SCHEMA, bytes_max=BODY_BYTES_MAX)
    fields.only(found, "", _DESIRED)
    revision = fields.member(found, "", "revision")
    site, settings = (
        fields.text(found[key], key, characters_max=BODY_BYTES_MAX)
        if key in found
        else None
        for key in ("site", "settings")
    )
    return Desired(
        device=fields.name(fields.member(found, "", "device"), "device"),
        revision=fields.whole(revision, "revision", low=1, high=REVISION_MAX),
        site=site,
        settings=settings,
        digest=_digest(body),
    )


def refusal(body: bytes, reason: str) -> Refusal:
    """Return why a body is not heeded, told with what it claims to be.

    Args:
        body: As it came, whoever wrote it.
        reason: In one sentence.
    """
    try:
        revision = decode_desired(body).revision
    except RecordError:
        revision = None
    return Refusal(reason=reason, revision=revision, digest=_digest(body))


def encode_reported(reported: Reported) -> bytes:
    """Return what a device says of its settings as JSON; what is not so is absent."""
    document: Document = {
        "schema": REPORTED_SCHEMA,
        "device": reported.device,
        "state": reported.standing.value,
    }
    for key in ("revision", "digest", "in_force", "identity", "site"):
        value = getattr(reported, key)
        if value is not None:
            document[key] = value
    if reported.identity_state is not None:
        document["identity_state"] = reported.identity_state.value
    if reported.identity_fault is not None:
        document["identity_fault"] = reported.identity_fault[:FAULT_CHARACTERS_MAX]
    if reported.faults:
        document["faults"] = [
            fault[:FAULT_CHARACTERS_MAX] for fault in reported.faults[:FAULTS_MAX]
        ]
    if reported.refused is not None:
        told = asdict(reported.refused)
        told["reason"] = reported.refused.reason[:FAULT_CHARACTERS_MAX]
        document["refused"] = {
            key: value for key, value in told.items() if value is not None
        }
    return spell(document)


def decode_reported(payload: bytes) -> Reported:
    """Return what a device says of its settings.

    Raises:
        RecordError: It says nothing that is of this schema; names the key's path.
    """
    found = parse_document(payload, REPORTED_SCHEMA, bytes_max=ENVELOPE_BYTES_MAX)
    revision, in_force, identity = (
        _number(found, "", key) for key in ("revision", "in_force", "identity")
    )
    digest, site = (_text(found, "", key) for key in ("digest", "site"))
    faults = fields.listed(found.get("faults", []), "faults", items_max=FAULTS_MAX)
    return Reported(
        device=fields.name(fields.member(found, "", "device"), "device"),
        standing=fields.choice(fields.member(found, "", "state"), "state", Standing),
        revision=revision,
        digest=digest,
        in_force=in_force,
        identity=identity,
        identity_state=fields.choice(
            found["identity_state"], "identity_state", Standing
        )
        if "identity_state" in found
        else None,
        identity_fault=_text(found, "", "identity_fault"),
        site=site,
        faults=tuple(
            _sentence(each, f"faults[{place}]") for place, each in enumerate(faults)
        ),
        refused=_refused(found["refused"]) if "refused" in found else None,
    )


def _refused(raw: object) -> Refusal:
    place = "refused"
    found = fields.mapping(raw, place)
    reason = fields.member(found, place, "reason")
    return Refusal(
        reason=_sentence(reason, fields.join(place, "reason")),
        revision=_number(found, place, "revision"),
        digest=_text(found, place, "digest"),
    )


def _number(found: fields.Object, place: str, key: str) -> int | None:
    if key not in found:
        return None
    path = fields.join(place, key)
    return fields.whole(found[key], path, low=1, high=REVISION_MAX)


def _text(found: fields.Object, place: str, key: str) -> str | None:
    return _sentence(found[key], fields.join(place, key)) if key in found else None


def _sentence(raw: object, path: str) -> str:
    return fields.text(raw, path, characters_max=FAULT_CHARACTERS_MAX)


def _digest(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()

"""What a device says of itself on its boot partition, once it has made its keys."""

from dataclasses import dataclass

from tallypost.domain import fields
from tallypost.domain.bundle_fields import device_name, digest, or_null, serial
from tallypost.domain.json_text import parse_document, spell

REPORT_SCHEMA = "tallypost.device/1"
REPORT_BYTES_MAX = 32 * 1024
REQUEST_CHARACTERS_MAX = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a device says of itself after its first start; nothing of it is secret.

    Attributes:
        device: Its name.
        signing_key: The public key it signs counts with, 32 bytes as hexadecimal
            digits; None where it signs none.
        panel_certificate_sha256: What the panel's certificate is known by, likewise.
        request: What an authority shall sign (PKCS #10, PEM); None where nothing.
        serial: The machine's own number; None where it has none.
        firmware: The version that runs.
    """

    device: str
    signing_key: str | None
    panel_certificate_sha256: str | None
    request: str | None
    serial: str | None
    firmware: str


def spell_report(report: Report) -> bytes:
    """Return what a device says of itself as JSON.

    Raises:
        RecordError: `parse_report` would not take it back.
    """
    body = spell(
        {
            "schema": REPORT_SCHEMA,
            "device": report.device,
            "signing_key": report.signing_key,
            "panel_certificate_sha256": report.panel_certificate_sha256,
            "request": report.request,
            "serial": report.serial,
            "firmware": report.firmware,
        }
    )
    parse_report(body)
    return body


def parse_report(body: bytes) -> Report:
    """Return what a device says of itself; nobody has checked its request yet.

    Raises:
        RecordError: It is no report; names the key's path.
    """
    found = parse_document(body, REPORT_SCHEMA, bytes_max=REPORT_BYTES_MAX)
    keys = ("device", "signing_key", "panel_certificate_sha256")
    fields.only(found, "", ("schema", *keys, "request", "serial", "firmware"))
    return Report(
        device=device_name(found, "device"),
        signing_key=or_null(found, "signing_key", digest),
        panel_certificate_sha256=or_null(found, "panel_certificate_sha256", digest),
        request=or_null(found, "request", _request),
        serial=or_null(found, "serial", serial),
        firmware=fields.text(fields.member(found, "", "firmware"), "firmware"),
    )


def _request(value: object, path: str) -> str:
    return fields.text(value, path, characters_max=REQUEST_CHARACTERS_MAX)

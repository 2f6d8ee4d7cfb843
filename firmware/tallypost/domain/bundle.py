"""What a workstation puts on a device's boot partition, signed.

All of it lies in one folder of the FAT partition; docs/provisioning.md tells how it
comes there and docs/first-start.md what becomes of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tallypost.domain import fields
from tallypost.domain.bundle_fields import (
    device_name,
    hexadecimal,
    is_file_name,
    or_null,
    serial,
)
from tallypost.domain.document import Document
from tallypost.domain.json_text import parse_document, spell
from tallypost.domain.panel_code import HASH_BYTES, SALT_BYTES
from tallypost.errors import RecordError

BUNDLE_SCHEMA = "tallypost.bundle/1"

FOLDER = "tallypost"
BUNDLE = "bundle.json"
"""A signed envelope around a `Bundle`."""
TRUST = "trust.pem"
"""The public key of who signed it: believed at the first start of a card only."""
RESULT = "RESULT.txt"
"""What the device did with the bundle, in plain words."""
REPORT = "device.json"
"""What the device says of itself: see `tallypost.domain.device_report`."""
CERTIFICATE = "certificate.pem"
"""The answer to the report's request: a certificate and its authority's."""

MADE_ON_DEVICE = ("uplink.certificate_file", "uplink.key_file")
"""Settings whose files a device makes for itself where its bundle brings none."""

ENVELOPE_BYTES_MAX = 256 * 1024
BODY_BYTES_MAX = 191 * 1024
"""An envelope makes a third more of it: see `tallypost.telemetry.codec.signed`."""
COUNTER_MAX = 2**62
FILES_MAX = 32
SECRET_CHARACTERS_MAX = 4096

_PASSPHRASE = re.compile(r"[ -~]{8,63}", flags=re.ASCII)
_SSID_BYTES_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotspot:
    """The Wi-Fi that a device opens for a phone.

    Attributes:
        ssid: What it is called, 1 to 32 bytes.
        passphrase: 8 to 63 printable characters of ASCII, as WPA wants them.
    """

    ssid: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may open the panel.

    Attributes:
        salt: 16 bytes.
        hash: 32 bytes: see `tallypost.domain.panel_code`.
        hotspot: The Wi-Fi to reach it by; None where there shall be none.
    """

    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)
    hotspot: Hotspot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Everything that makes a device of a machine.

    Attributes:
        device: Its name.
        counter: Above that of every bundle that was made for it before.
        issued_utc_s: When it was signed, seconds since 1970.
        serial: The only machine that may take it; None for any.
        settings: The text of its `tallypost.toml`.
        site: The text of its `site.toml`; None where one is still to be drawn.
        files: What lies beside `tallypost.toml` in `files/`, texts by their names.
        secrets: What lies in `secrets/`, one line each, for the owner's eyes alone.
        panel: Who may open the panel.
    """

    device: str
    counter: int
    issued_utc_s: float
    serial: str | None = None
    settings: str
    site: str | None = None
    files: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    panel: Access


def spell_bundle(bundle: Bundle) -> bytes:
    """Return a bundle as JSON: the body that an operator signs.

    Raises:
        RecordError: `parse_bundle` would not take it back.
    """
    hotspot = bundle.panel.hotspot
    panel: Document = {
        "salt": bundle.panel.salt.hex(),
        "hash": bundle.panel.hash.hex(),
        "hotspot": hotspot and {"ssid": hotspot.ssid, "passphrase": hotspot.passphrase},
    }
    body = spell(
        {
            "schema": BUNDLE_SCHEMA,
            "device": bundle.device,
            "counter": bundle.counter,
            "issued": fields.instant_text(bundle.issued_utc_s),
            "serial": bundle.serial,
            "settings": bundle.settings,
            "site": bundle.site,
            "files": dict(bundle.files),
            "secrets": dict(bundle.secrets),
            "panel": panel,
        }
    )
    parse_bundle(body)
    return body


def parse_bundle(body: bytes) -> Bundle:
    """Return the bundle that a body spells; nobody has judged its settings yet.

    Args:
        body: What was signed, whoever did.

    Raises:
        RecordError: It spells none; names the key's path.
    """
    found = parse_document(body, BUNDLE_SCHEMA, bytes_max=BODY_BYTES_MAX)
    known = ("device", "counter", "issued", "serial", "settings", "site")
    fields.only(found, "", ("schema", *known, "files", "secrets", "panel"))
    counter = fields.member(found, "", "counter")
    return Bundle(
        device=device_name(found, "device"),
        counter=fields.whole(counter, "counter", low=1, high=COUNTER_MAX),
        issued_utc_s=fields.instant(fields.member(found, "", "issued"), "issued"),
        serial=or_null(found, "serial", serial),
        settings=_text(fields.member(found, "", "settings"), "settings"),
        site=or_null(found, "site", _text),
        files=_named(found, "files", _text),
        secrets=_named(found, "secrets", _secret),
        panel=_access(fields.member(found, "", "panel")),
    )


def _access(value: object) -> Access:
    found = fields.mapping(value, "panel")
    fields.only(found, "panel", ("salt", "hash", "hotspot"))
    hotspot = fields.member(found, "panel", "hotspot")
    salt, kept = (
        hexadecimal(fields.member(found, "panel", key), f"panel.{key}", size)
        for key, size in (("salt", SALT_BYTES), ("hash", HASH_BYTES))
    )
    return Access(
        salt=bytes.fromhex(salt),
        hash=bytes.fromhex(kept),
        hotspot=None if hotspot is None else _hotspot(hotspot, "panel.hotspot"),
    )


def _hotspot(value: object, path: str) -> Hotspot:
    found = fields.mapping(value, path)
    fields.only(found, path, ("ssid", "passphrase"))
    ssid, passphrase = (
        fields.name(fields.member(found, path, key), f"{path}.{key}")
        for key in ("ssid", "passphrase")
    )
    if len(ssid.encode()) > _SSID_BYTES_MAX or not ssid.isprintable():
        raise RecordError(f"{path}.ssid: is no name of a Wi-Fi; write 1 to 32 letters")
    if not _PASSPHRASE.fullmatch(passphrase):
        raise RecordError(
            f"{path}.passphrase: is none of WPA; write 8 to 63 letters of ASCII"
        )
    return Hotspot(ssid=ssid, passphrase=passphrase)


def _named(
    found: fields.Object, key: str, read: Callable[[object, str], str]
) -> dict[str, str]:
    held = fields.mapping(fields.member(found, "", key), key)
    if len(held) > FILES_MAX:
        raise RecordError(f"{key}: {len(held)} are above the {FILES_MAX} of a bundle")
    for name in held:
        if not is_file_name(name):
            raise RecordError(
                f"{key}: {name[:80]!a} is no name of a file here; write small letters, "
                "digits, - and ., not beginning with either of these"
            )
    return {name: read(text, f"{key}.{name}") for name, text in held.items()}


def _text(value: object, path: str) -> str:
    return fields.text(value, path, characters_max=BODY_BYTES_MAX)


def _secret(value: object, path: str) -> str:
    told = fields.text(value, path, characters_max=SECRET_CHARACTERS_MAX)
    if not told or not told.isprintable():
        raise RecordError(f"{path}: is not one line of text")
    return told

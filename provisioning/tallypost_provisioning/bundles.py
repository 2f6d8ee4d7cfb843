"""Makes one device's bundle: everything it needs, signed by the city's operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tallypost.domain.bundle import (
    BODY_BYTES_MAX,
    BUNDLE,
    ENVELOPE_BYTES_MAX,
    TRUST,
    Access,
    Bundle,
    Hotspot,
    parse_bundle,
    spell_bundle,
)
from tallypost.domain.bundle_fields import is_file_name
from tallypost.errors import RecordError
from tallypost.settings.file import read_file
from tallypost.telemetry.codec.signed import Purpose, key_id, read_envelope, seal
from tallypost_provisioning.city import AUTHORITY, FILES, OPERATOR, TEMPLATE, City
from tallypost_provisioning.errors import CardError, CityError, FleetError
from tallypost_provisioning.fleet.template import Template
from tallypost_provisioning.inventory.words import Identity, Known, State

PASSWORD, APP_KEY = "mqtt-password", "app-key"  # names of files
OPERATOR_ON_DEVICE = "operator-1.pub"
WISH = "make it again by `tallypost-provision write`"


@dataclass(frozen=True, slots=True)
class Common:
    """What all bundles of a city have in common.

    Attributes:
        template: How its devices are set.
        files: What each is given, texts by their names.
    """

    template: Template
    files: Mapping[str, str]

    def settings(self, device: Known) -> str:
        """Return a device's `tallypost.toml`.

        Raises:
            FleetError: It has faults; tells all.
        """
        held = {f"files/{name}" for name in self.files}
        held |= {f"secrets/{name}" for name in (PASSWORD, APP_KEY)}
        return self.template.settings(device, held)


def common(city: City) -> Common:
    """Return what all bundles of a city have in common.

    Raises:
        SettingsError: The template cannot be read.
        FleetError: The template, or what lies in `files`, cannot be given to devices.
    """
    files = {
        AUTHORITY: _text(city.folder / AUTHORITY),
        OPERATOR_ON_DEVICE: _text(city.folder / OPERATOR),
    }
    folder = city.folder / FILES
    strangers = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in (AUTHORITY, OPERATOR_ON_DEVICE):
            strangers.append(
                f"{path.name}: every device is given the city's own under this name; "
                "call yours otherwise"
            )
        elif is_file_name(path.name):
            files[path.name] = _text(path)
        else:
            strangers.append(
                f"{path.name!a}: no device can be given a file of that name; write "
                "small letters, digits, - and ."
            )
    if strangers:
        raise FleetError(str(folder), strangers)
    return Common(Template(city.folder / TEMPLATE), files)


def make_bundle(
    city: City, shared: Common, identity: Identity, utc_s: float
) -> dict[str, bytes]:
    """Return what goes onto a device's card, by the names of files.

    The device's counter is above that of every bundle before from now on, whatever
    becomes of this one.

    Args:
        city: Who signs.
        shared: What all are given.
        identity: Whose it is.
        utc_s: Now.

    Raises:
        CardError: The device is revoked, or it all is too much for a bundle.
        CityError: The operator's two keys do not belong together.
        FleetError: Its settings have faults.
    """
    if identity.state is State.REVOKED:
        raise CardError(
            f"{identity.device}: is revoked; give the machine a new name by "
            "`tallypost-provision new`"
        )
    settings = shared.settings(identity)
    operator = city.keys.operator()
    if operator.public_key().public_bytes_raw() != city.operator:
        raise CityError(
            f"{city.folder / OPERATOR}: is not the public half of the operator's key; "
            "put back a copy of both"
        )
    bundle = Bundle(
        device=identity.device,
        counter=city.inventory.next_counter(identity.device, utc_s),
        issued_utc_s=utc_s,
        serial=identity.serial,
        settings=settings,
        site=identity.site,
        files=shared.files,
        secrets={PASSWORD: identity.mqtt_password, APP_KEY: identity.app_key},
        panel=_access(identity),
    )
    try:
        body = spell_bundle(bundle)
    except RecordError as error:
        raise CardError(
            f"{identity.device}: {error}; see fleet.toml and files"
        ) from error
    trust = Ed25519PublicKey.from_public_bytes(city.operator)
    return {
        TRUST: trust.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        BUNDLE: seal(body, Purpose.BUNDLE, operator),
    }


def read_bundle(envelope: bytes, operator: bytes) -> Bundle:
    """Return the bundle in an envelope that an operator has signed.

    Args:
        envelope: What lies on a card.
        operator: The public key, 32 bytes.

    Raises:
        CardError: It is none, or another has signed it.
    """
    try:
        sealed = read_envelope(envelope, Purpose.BUNDLE, bytes_max=ENVELOPE_BYTES_MAX)
        if not sealed.signed_by(operator):
            raise CardError(
                f"{BUNDLE}: is not signed by this city's operator "
                f"({key_id(operator)}) as it stands; {WISH}"
            )
        return parse_bundle(sealed.body)
    except RecordError as error:
        raise CardError(f"{BUNDLE}: {error}; {WISH}") from error


def _access(identity: Identity) -> Access:
    hotspot = Hotspot(
        ssid=identity.hotspot_ssid, passphrase=identity.hotspot_passphrase
    )
    return Access(salt=identity.panel_salt, hash=identity.panel_hash, hotspot=hotspot)


def _text(path: Path) -> str:
    """Return what a file holds that is to go onto every device.

    Raises:
        FleetError: It is no text, or a private key.
    """
    raw, _ = read_file(path, bytes_max=BODY_BYTES_MAX, wish="take it out")
    if b"PRIVATE KEY" in raw:
        raise FleetError(str(path), ["holds a private key; no device may have it"])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise FleetError(str(path), ["is not UTF-8; take it out"]) from None

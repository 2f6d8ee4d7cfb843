"""What a city knows of one device."""

from dataclasses import dataclass, field
from enum import StrEnum

from tallypost.domain.panel_code import spoken

SSID_BYTES_MAX = 32


class State(StrEnum):
    """How far a device has come."""

    NEW = "new"
    """It has an identity, and no card yet."""
    WRITTEN = "written"
    """Its bundle is on a card."""
    ENROLLED = "enrolled"
    """It made its own keys, and has a certificate or has told its signing key."""
    REVOKED = "revoked"
    """It belongs to the fleet no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What may be read of a device without the passphrase.

    Attributes:
        device: Its name.
        serial: The machine's own number, once it is known or prescribed.
        site_name: What people call the place it counts for, or "".
        place: Where it hangs: a street, a pole, or "".
        dev_eui: Who it is on LoRaWAN: 16 hexadecimal digits, capitals.
        join_eui: Whom it asks there, likewise.
        mqtt_username: Who logs in at the broker.
        region: The LoRaWAN region as settings spell it, as in `eu868`, or "".
        batch: What it was made or labelled together with, or "".
        state: How far it has come.
        made_utc_s: When its identity was made, seconds since 1970.
        counter: That of its newest bundle; 0 before the first.
        site: The text of its `site.toml`; None where it is drawn at the pole.
        signing_key: The public key it signs counts with, 64 hexadecimal digits; None
            before it is enrolled.
        certificate_sha256: Of its newest certificate (DER), likewise.
        panel_certificate_sha256: Of its panel's certificate, likewise.
    """

    device: str
    serial: str | None = None
    site_name: str = ""
    place: str = ""
    dev_eui: str
    join_eui: str
    mqtt_username: str
    region: str = ""
    batch: str = ""
    state: State = State.NEW
    made_utc_s: float
    counter: int = 0
    site: str | None = None
    signing_key: str | None = None
    certificate_sha256: str | None = None
    panel_certificate_sha256: str | None = None

    @property
    def hotspot_ssid(self) -> str:
        """What the Wi-Fi that it opens for a phone is called."""
        whole = f"tallypost-{self.device}"
        return whole if len(whole) <= SSID_BYTES_MAX else self.device


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Known):
    """All that a city knows of a device, secrets included.

    Attributes:
        app_key: What it joins LoRaWAN with: 32 hexadecimal digits, capitals.
        mqtt_password: What it logs in with.
        panel_code: What opens its panel, plain: see `tallypost.domain.panel_code`.
        panel_salt: 16 bytes.
        panel_hash: 32 bytes: what the device keeps of the code.
    """

    app_key: str = field(repr=False)
    mqtt_password: str = field(repr=False)
    panel_code: str = field(repr=False)
    panel_salt: bytes = field(repr=False)
    panel_hash: bytes = field(repr=False)

    @property
    def hotspot_passphrase(self) -> str:
        """What opens its Wi-Fi: the panel's code, as the label shows it."""
        return spoken(self.panel_code)

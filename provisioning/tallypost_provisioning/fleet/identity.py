"""Makes identities: names, numbers and secrets that no two devices share."""

import re
import secrets
from collections.abc import Collection

from tallypost.domain.panel_code import SALT_BYTES, code_hash, new_code
from tallypost_provisioning.fleet.wanted import Wanted
from tallypost_provisioning.inventory.words import Identity

EUI_DIGITS = 16
KEY_BYTES = 16
PASSWORD_BYTES = 24
EUI_PREFIX = re.compile(r"[0-9A-F]{6,9}", flags=re.ASCII)
_LOCAL, _GROUP = 0x02, 0x01
"""Bits of an EUI's first byte: numbered by nobody; not of one device alone. Source:
IEEE 802-2014, 8.2.2 "Universal addresses" and 8.2.3 "Local MAC addresses"."""


def new_eui(prefix: str = "") -> str:
    """Return an EUI-64: 16 hexadecimal digits, capitals.

    Args:
        prefix: What the IEEE has given to somebody: 6, 7 or 9 digits; "" for a number
            that says of itself that nobody has given it.
    """
    digits = prefix + secrets.token_hex(EUI_DIGITS // 2).upper()
    if prefix:
        return digits[:EUI_DIGITS]
    first = int(digits[:2], 16) & ~_GROUP | _LOCAL
    return f"{first:02X}{digits[2:]}"


def new_identity(
    wanted: Wanted, *, eui_prefix: str, join_eui: str, utc_s: float
) -> Identity:
    """Return a device's identity, what nobody has said made up.

    Args:
        wanted: What is said, without faults.
        eui_prefix: What its DevEUI begins with: see `new_eui`.
        join_eui: Whom it asks on LoRaWAN.
        utc_s: Now.
    """
    code, salt = new_code(), secrets.token_bytes(SALT_BYTES)
    return Identity(
        device=wanted.device,
        serial=wanted.serial or None,
        site_name=wanted.site_name,
        place=wanted.place,
        dev_eui=wanted.dev_eui or new_eui(eui_prefix),
        join_eui=wanted.join_eui or join_eui,
        mqtt_username=wanted.mqtt_username or wanted.device,
        region=wanted.region,
        batch=wanted.batch,
        made_utc_s=utc_s,
        site=wanted.site,
        app_key=wanted.app_key or secrets.token_hex(KEY_BYTES).upper(),
        mqtt_password=wanted.mqtt_password or secrets.token_urlsafe(PASSWORD_BYTES),
        panel_code=code,
        panel_salt=salt,
        panel_hash=code_hash(code, salt),
    )


def next_name(known: Collection[str], prefix: str) -> str:
    """Return a name above all that begin so and end with digits, as in `tp-0002`."""
    pattern = re.compile(rf"{re.escape(prefix)}(\d{{4,9}})", flags=re.ASCII)
    found = (pattern.fullmatch(name) for name in known)
    newest = max((int(each[1]) for each in found if each), default=0)
    return f"{prefix}{newest + 1:04d}"

"""Devices that nobody has, as an inventory knows them."""

from typing import Any

from tallypost.domain.panel_code import code_hash
from tallypost_provisioning.inventory.words import Identity

SALT = bytes(16)


def identity(device: str = "tp-0001", **changes: Any) -> Identity:
    """Return all that is known of a device, some of it otherwise than usual."""
    usual: dict[str, Any] = {
        "site_name": "Quay",
        "place": "Lamp post 12, Quay Street",
        "dev_eui": "70B3D57ED0001234",
        "join_eui": "70B3D57ED0000000",
        "mqtt_username": device,
        "region": "eu868",
        "made_utc_s": 1_795_000_000.0,
        "signing_key": "5f0cab12" * 8,
        "panel_certificate_sha256": "ab12cd34" * 8,
        "app_key": "00112233445566778899AABBCCDDEEFF",
        "mqtt_password": f"password of {device}",
        "panel_code": "7KQ2MXW9HR",
        "panel_salt": SALT,
    }
    told = usual | changes
    told.setdefault("panel_hash", code_hash(told["panel_code"], SALT))
    return Identity(device=device, **told)

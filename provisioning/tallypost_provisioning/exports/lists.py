"""Lists of a fleet: one for other programs of the city, one for everybody."""

import json
from collections.abc import Sequence

from tallypost.domain.fields import instant_text
from tallypost.domain.panel_code import spoken
from tallypost_provisioning.exports.cells import table
from tallypost_provisioning.inventory.words import Identity, Known

REGISTER_SCHEMA = "tallypost.register/1"
COLUMNS = (
    *("device", "serial", "site_name", "place", "batch", "state", "made", "region"),
    *("dev_eui", "join_eui", "mqtt_username"),
    *("signing_key", "certificate_sha256", "panel_certificate_sha256"),
)
SECRET_COLUMNS = ("app_key", "mqtt_password", "panel_code")


def fleet_table(devices: Sequence[Known]) -> str:
    """Return what is no secret of each device, as CSV."""
    return table(COLUMNS, map(_public, devices))


def secret_table(identities: Sequence[Identity]) -> str:
    """Return all of it, secrets included, as CSV."""
    rows = (
        (*_public(each), each.app_key, each.mqtt_password, spoken(each.panel_code))
        for each in identities
    )
    return table((*COLUMNS, *SECRET_COLUMNS), rows)


def register(devices: Sequence[Known]) -> str:
    """Return what whoever doubts a count needs, as JSON: who signs where."""
    document = {
        "schema": REGISTER_SCHEMA,
        "devices": [
            {
                "device": each.device,
                "site": each.site_name or None,
                "place": each.place or None,
                "signing_key": each.signing_key,
            }
            for each in devices
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _public(device: Known) -> list[str]:
    told = {name: getattr(device, name, None) for name in COLUMNS}
    told["made"] = instant_text(device.made_utc_s)
    return ["" if told[name] is None else str(told[name]) for name in COLUMNS]

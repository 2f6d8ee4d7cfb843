"""The labels that the pages show, of a device that nobody has."""

from collections.abc import Mapping
from dataclasses import replace

from tallypost.documents.drawing.svg import svg
from tallypost_provisioning.inventory.words import Identity, State
from tallypost_provisioning.labels.label import Wanted
from tallypost_provisioning.labels.sheets import LABEL, page, sheet_of

EXAMPLE = Identity(
    device="tp-0001",
    site_name="Quay",
    place="Lamp post 12, Quay Street",
    dev_eui="70B3D57ED0001234",
    join_eui="70B3D57ED0000000",
    mqtt_username="tp-0001",
    region="eu868",
    made_utc_s=0.0,
    app_key="",
    mqtt_password="",
    panel_code="7KQ2MXW9HR",
    panel_salt=b"",
    panel_hash=b"",
)
"""Its code opens nothing."""
ENROLLED = replace(
    EXAMPLE,
    state=State.ENROLLED,
    signing_key="5f0cab12" * 8,
    panel_certificate_sha256="ab12cd34" * 8,
)
SHOWN: Mapping[str, tuple[Identity, tuple[float, float]]] = {
    "62x29": (EXAMPLE, (62.0, 29.0)),
    "99x42": (ENROLLED, (99.1, 42.3)),
}


def pictures() -> Mapping[str, str]:
    """Return drawings of its labels as SVG, by the names of their files."""
    return {
        f"labels-{name}.svg": svg(page([shown], sheet_of(LABEL, size), Wanted()))
        for name, (shown, size) in SHOWN.items()
    }

"""Settings for the test: those in force, but for where the halves write and send."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tallypost.canary.catcher import LOCAL
from tallypost.settings.camera import CameraSettings
from tallypost.settings.device import DeviceSettings

SETTINGS_FILE = "tallypost.toml"
INTERVAL_S = 1
"""Records come soon, so that what they could carry has been carried."""


def write_settings(
    settings: DeviceSettings, camera: CameraSettings, folder: Path, port: int
) -> Path:
    """Write settings for the test; return the file.

    Camera, detector, site and elements are the device's own. Outbox and key lie in the
    test's folder, nobody is heeded from afar, and the uplink ends on this machine.

    Args:
        settings: Those in force.
        camera: Where pictures come from.
        folder: The test's own.
        port: Of the catcher.
    """
    table = settings.model_dump(mode="json", exclude_defaults=True)
    for key in ("remote", "fallback_uplink"):
        table.pop(key, None)
    table |= {
        "site": str(settings.site),
        "interval_s": INTERVAL_S,
        "camera": camera.model_dump(mode="json", exclude_defaults=True)
        | {"kind": camera.kind},
        "uplink": {"kind": "mqtt", "host": LOCAL, "port": port, "tls": False},
        "outbox": {
            "path": str(folder / "outbox.db"),
            "ram_folder": str(folder / "ram"),
        },
        "signing": {"folder": str(folder / "signing")},
    }
    file = folder / SETTINGS_FILE
    file.write_text(_toml(table), "utf-8")
    return file


def _toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML, what is nested in one line."""
    return "".join(
        f"{json.dumps(key)} = {_value(value)}\n"
        for key, value in table.items()
        if value is not None
    )


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (
            f"{json.dumps(key)} = {_value(each)}"
            for key, each in value.items()
            if each is not None
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # Texts, numbers and truth are spelled as in JSON.
    return json.dumps(value, ensure_ascii=False)

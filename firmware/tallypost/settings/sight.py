"""The part of the settings that the half that sees is told, as a file of its own.

It needs not know whom the device speaks to, nor where keys and passwords lie; and what
came from afar it could not read, as that lies beside keys.
"""

import json
from pathlib import Path

from tallypost.settings.device import DeviceSettings

SEEN = ("interval_s", "camera", "detector", "regions", "scrutiny")
"""What it sees with, and how often it tells."""


def for_sight(settings: DeviceSettings, site: Path) -> str:
    """Return a `tallypost.toml` for the half that sees.

    What was left out stays out, so that it has the default still.

    Args:
        settings: What is in force.
        site: The file that holds the site that is in force.
    """
    told = settings.model_dump(mode="json", include={*SEEN}, exclude_unset=True)
    told |= {"interval_s": settings.interval_s, "site": str(site)}
    return "".join(f"{key} = {_toml(value)}\n" for key, value in told.items())


def _toml(value: object) -> str:
    """Return a value as TOML: JSON's texts, numbers, words and lists are TOML's too."""
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

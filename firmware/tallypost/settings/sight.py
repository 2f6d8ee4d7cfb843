"""The parts of the settings that who sees and who fetches are told, each as a file.

Neither needs to know whom the device speaks to, nor who sees where a camera on the
network is and how to log in there; and what came from afar they could not read, as that
lies beside keys.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tallypost.settings.camera import VideoSettings
from tallypost.settings.device import DeviceSettings

SEEN = ("interval_s", "camera", "detector", "regions", "scrutiny")
"""What it sees with, and how often it tells."""
LOGIN = ("username", "password_file")
NO_PANEL: Mapping[str, object] = {"enabled": False}
"""What was drawn at the device lies in the site already, and beside keys besides."""
SOMEWHERE = "rtsp://camera/"
"""Stands for the address of a camera on the network: its pictures are brought."""


def for_sight(settings: DeviceSettings, site: Path) -> str:
    """Return a `tallypost.toml` for the half that sees.

    What was left out stays out, so that it has the default still.

    Args:
        settings: What is in force.
        site: The file that holds the site that is in force.
    """
    told = _given(settings, *SEEN)
    told |= {"interval_s": settings.interval_s, "site": str(site), "panel": NO_PANEL}
    if _is_fetched(settings):
        camera = {
            key: told["camera"][key] for key in told["camera"] if key not in LOGIN
        }
        told["camera"] = camera | {"source": SOMEWHERE}
    return _file(told)


def for_fetcher(settings: DeviceSettings) -> str | None:
    """Return a `tallypost.toml` for who fetches; None: there is nothing to fetch.

    Args:
        settings: What is in force.
    """
    if not _is_fetched(settings):
        return None
    return _file(_given(settings, "camera") | {"panel": NO_PANEL})


def _is_fetched(settings: DeviceSettings) -> bool:
    return isinstance(settings.camera, VideoSettings) and settings.camera.is_stream


def _given(settings: DeviceSettings, *keys: str) -> dict[str, Any]:
    return settings.model_dump(mode="json", include={*keys}, exclude_unset=True)


def _file(told: Mapping[str, object]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in told.items())


def _toml(value: object) -> str:
    """Return a value as TOML: JSON's texts, numbers, words and lists are TOML's too."""
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

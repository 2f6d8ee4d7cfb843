"""A manifest that tests bend."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
WriteManifest = Callable[..., Path]


def as_toml(value: Any) -> str:
    """Return a value as TOML writes it inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {as_toml(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


@pytest.fixture
def write_manifest(tmp_path: Path) -> WriteManifest:
    """What writes yolox-nano's manifest with some keys changed; None takes one out."""

    def write(folder: Path | None = None, **changes: Any) -> Path:
        text = (ROOT / "models" / "yolox-nano" / "manifest.toml").read_text()
        table = tomllib.loads(text) | changes
        folder = folder or tmp_path / str(table["name"])
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "manifest.toml"
        path.write_text(
            "".join(f"{k} = {as_toml(v)}\n" for k, v in table.items() if v is not None)
        )
        return path

    return write

"""Writes settings and tells what is wrong with them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.errors import SettingsError
from tallypost.settings.reading import read_device_settings, read_site

Faults = Callable[[str], list[str]]


@pytest.fixture
def site_faults(tmp_path: Path) -> Faults:
    """Return the faults of a site."""

    def faults(text: str) -> list[str]:
        path = tmp_path / "site.toml"
        path.write_text(text, "utf-8")
        with pytest.raises(SettingsError) as caught:
            read_site(path)
        assert caught.value.place == str(path)
        return list(caught.value.faults)

    return faults


@pytest.fixture
def device_faults(tmp_path: Path) -> Faults:
    """Return the faults of device settings."""

    def faults(text: str) -> list[str]:
        path = tmp_path / "tallypost.toml"
        path.write_text(text, "utf-8")
        with pytest.raises(SettingsError) as caught:
            read_device_settings(path)
        assert caught.value.place == str(path)
        return list(caught.value.faults)

    return faults

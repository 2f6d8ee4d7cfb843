"""Something that runs, as papers see it."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tallypost.documents.drawing.font import Fonts
from tallypost.documents.paperwork.running import Running
from tallypost.domain.records import Provenance
from tallypost.settings.device import DeviceSettings
from tallypost.settings.site import Site, site_hash

HOST = """\
[host]
controller = "City of Example"
contact = "privacy@example.org"
page = "https://example.org/counting?device=tp-1&lang=en"
purpose = "Planning of cycle paths."
kept = "five years"
"""
SITE = """\
[[lines]]
name = "gate"
start = [0.5, 0.0]
end = [0.5, 1.0]
"""
Make = Callable[..., Running]


@pytest.fixture(scope="session")
def make() -> Make:
    """Return what runs with these settings and this site, both TOML."""

    def made(settings: str = HOST, site: str = SITE, **changes: Any) -> Running:
        drawn = Site.model_validate(tomllib.loads(site))
        running = Running(
            device="tp-1",
            provenance=Provenance(
                model="sha256:" + "a" * 64, site=site_hash(drawn), firmware="0.1.0"
            ),
            settings=DeviceSettings.model_validate(tomllib.loads(settings)),
            site=drawn,
            lockable=True,
            made_utc_s=1_795_000_000.0,
        )
        return replace(running, **changes)

    return made


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    """Return the fonts of this machine."""
    found = Fonts()
    if not all(Path(each).is_file() for each in (found.regular, found.bold)):
        pytest.skip("needs the package fonts-dejavu-core")
    return found

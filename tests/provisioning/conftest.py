"""One city is made for all tests of a module; each works on a copy.

A module says by `DEVICES` how many the city has from the beginning.
"""

from pathlib import Path

import pytest

from tests.provisioning.town import Town, found


@pytest.fixture(scope="module")
def original(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Path:
    devices = getattr(request.module, "DEVICES", 0)
    return found(tmp_path_factory.mktemp("original"), devices)


@pytest.fixture
def town(tmp_path: Path, original: Path) -> Town:
    return Town(tmp_path, original)

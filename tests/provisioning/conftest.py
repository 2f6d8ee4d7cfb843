"""One city is made for all tests of a module; each works on a copy."""

from pathlib import Path

import pytest

from tests.provisioning.town import Town, found


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("original"))


@pytest.fixture
def town(tmp_path: Path, original: Path) -> Town:
    return Town(tmp_path, original)

"""A device that hears operators."""

from pathlib import Path

import pytest

from tests.telemetry.remote.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)

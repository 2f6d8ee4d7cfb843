"""What every test may ask for."""

import os
from contextlib import suppress
from pathlib import Path

# LiteRT stands first: loaded after PyAV and GStreamer, its C++ exceptions find wrong
# handlers and end the process. The vision half opens its detector before its camera.
import ai_edge_litert.interpreter  # noqa: F401
import pytest

from tallypost.board.simulated import SimulatedBoard

# A busy machine is no fault; what must be quick has a test of its own that says so.
with suppress(ImportError):
    import hypothesis

    hypothesis.settings.register_profile("house", deadline=None)
    hypothesis.settings.load_profile("house")

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests: short ones fill a divided run up."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def board() -> SimulatedBoard:
    """A board whose time passes when it is told to."""
    return SimulatedBoard(utc_s=1_700_000_040.0)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real footage, labelled pictures and public models."""
    folder = Path(os.environ.get("TALLYPOST_DATA", ROOT / ".." / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs real footage in {folder}; name it in TALLYPOST_DATA")
    return folder.resolve()

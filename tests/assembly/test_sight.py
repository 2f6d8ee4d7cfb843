"""What opens the half that sees, and when."""

import hashlib
from pathlib import Path

import pytest

from tallypost.assembly.board import board
from tallypost.assembly.vision import open_sight, plays_fast
from tallypost.daemon.house import prepare
from tallypost.domain.records import Provenance
from tallypost.errors import ModelError
from tallypost.models.store import find_model
from tallypost.settings.camera import VideoSettings
from tallypost.settings.reading import read_site
from tallypost.settings.site import site_hash
from tallypost.wall.frame import Alphabet
from tests.system.house import House

SHIPPED = Path("models/tallypost-street-320").absolute()
CUT_TO_BYTES = 4096


@pytest.fixture
def hurt(tmp_path: Path) -> Path:
    """Return a model that is cut off, with a manifest that means it so."""
    model = tmp_path / "tallypost-street-320"
    model.mkdir()
    content = (SHIPPED / "tallypost-street-320.tflite").read_bytes()
    cut = content[:CUT_TO_BYTES]
    told = (SHIPPED / "manifest.toml").read_text("utf-8")
    told = told.replace(
        hashlib.sha256(content).hexdigest(), hashlib.sha256(cut).hexdigest()
    ).replace(f"bytes = {len(content)}", f"bytes = {len(cut)}")
    (model / "manifest.toml").write_text(told, "utf-8")
    (model / "tallypost-street-320.tflite").write_bytes(cut)
    return model


def test_a_model_is_read_at_once_and_loaded_only_when_it_is_asked_for(
    tmp_path: Path, hurt: Path
) -> None:
    """Between the two the half that sees is locked in."""
    house = House(tmp_path, 'kind = "synthetic"', hurt)
    site = read_site(tmp_path / "site.toml")
    classes = find_model(str(hurt)).description.classes
    sight = open_sight(
        house.settings,
        Provenance(model=None, site=site_hash(site), firmware="1"),
        Alphabet(classes=classes, elements=site.elements()),
        board(None),
    )
    try:
        (hurt / "tallypost-street-320.tflite").unlink()

        with pytest.raises(ModelError, match="cannot be loaded"):
            sight.load()
    finally:
        sight.camera.close()


def test_a_daemon_says_in_words_what_its_half_could_only_say_by_number(
    tmp_path: Path, hurt: Path
) -> None:
    house = House(tmp_path, 'kind = "synthetic"', hurt)

    with pytest.raises(ModelError, match="cannot be loaded"):
        prepare(house.settings)


@pytest.mark.parametrize(
    ("source", "fast"),
    [
        ("/srv/film.mp4", True),
        ("/dev/video0", False),
        ("rtsp://camera/live", False),
        ("https://camera/live", False),
    ],
)
def test_a_live_camera_goes_by_the_clock_whatever_pace_is_asked_for(
    source: str, *, fast: bool
) -> None:
    """Else its intervals would be rationed by nothing, and its records dateless."""
    camera = VideoSettings(kind="video", source=source, pace="fast")

    assert plays_fast(camera) is fast

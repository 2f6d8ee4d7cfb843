"""From a site and settings to where the detector looks closer."""

import pytest

from tallypost.assembly.camera import open_camera
from tallypost.assembly.gaze import gaze, interests
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.vision import Size
from tallypost.errors import SettingsError
from tallypost.settings.camera import GstreamerSettings, SyntheticSettings
from tallypost.settings.regions import RegionsSettings
from tallypost.settings.site import Line, Site, Zone

FIT = Size(320, 320)
SITE = Site(
    lines=(Line(name="gate", start=(0.1, 0.5), end=(0.3, 0.5)),),
    zones=(Zone(name="far", polygon=((0.6, 0.1), (0.9, 0.1), (0.9, 0.3))),),
)
CLOSER = RegionsSettings(looks_max=3)


def test_without_a_wish_the_whole_is_enough() -> None:
    assert gaze(SITE, RegionsSettings(), FIT) is None


def test_lines_and_zones_are_what_matters() -> None:
    line, zone = interests(SITE)

    assert (line.is_area, zone.is_area) == (False, True)
    assert line.corners == ((0.1, 0.5), (0.3, 0.5))
    assert zone.corners == SITE.zones[0].polygon


def test_a_camera_gives_the_regions_that_settings_ask_for(
    board: SimulatedBoard,
) -> None:
    camera = open_camera(
        SyntheticSettings(kind="synthetic"), FIT, board, gaze(SITE, CLOSER, FIT)
    )

    frame = camera.read(1.0)

    assert frame is not None
    assert frame.whole
    assert 1 <= len(frame.closer) <= 2


def test_a_camera_without_regions_says_so_at_the_door(board: SimulatedBoard) -> None:
    settings = GstreamerSettings(kind="gstreamer", origin="test")

    with pytest.raises(SettingsError, match=r"gstreamer.*no regions.*use the kind"):
        open_camera(settings, FIT, board, gaze(SITE, CLOSER, FIT))

"""What the half that sees is told is what it would have read itself."""

from pathlib import Path

import pytest

from tallypost.settings.camera import VideoSettings
from tallypost.settings.reading import read_device_settings
from tallypost.settings.sight import SEEN, for_fetcher, for_sight

CAMERAS = {
    "nothing said": "",
    "a ribbon": '[camera]\nkind = "libcamera"\nrate_hz = 7.5\n',
    "a film": '[camera]\nkind = "video"\nsource = "a \\"b\\" \u00e9.mp4"\n',
    "a drawn street": '[camera]\nkind = "synthetic"\n',
    "all else": (
        '[detector]\nmodel = "./own.tflite"\nscore_min = 0.3\nrest = false\n'
        'delegate = "libedgetpu.so.1"\ndelegate_options = { "a.b" = "u" }\n'
        '[scrutiny]\nignored = ["dark"]\n'
    ),
}
SECRETS = (
    '[uplink]\nkind = "mqtt"\nhost = "broker.example.org"\nusername = "u"\n'
    'password_file = "broker-password"\n[remote]\noperator_keys = ["op.pub"]\n'
)


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
def test_what_it_is_told_means_the_same(tmp_path: Path, camera: str) -> None:
    own, told = tmp_path / "own" / "tallypost.toml", tmp_path / "run" / "tallypost.toml"
    for file in (own, told):
        file.parent.mkdir()
    own.write_text("interval_s = 30\n" + camera + SECRETS, "utf-8")
    settings = read_device_settings(own)

    site = tmp_path / "run" / "site.toml"
    told.write_text(for_sight(settings, site), "utf-8")
    again = read_device_settings(told)

    assert again.model_dump(include={*SEEN}) == settings.model_dump(include={*SEEN})
    assert again.site == site


def test_it_is_not_told_whom_the_device_speaks_to(tmp_path: Path) -> None:
    own = tmp_path / "tallypost.toml"
    own.write_text(SECRETS, "utf-8")
    told = for_sight(read_device_settings(own), tmp_path / "site.toml")

    for word in ("broker", "password", "op.pub"):
        assert word not in told


def test_over_lorawan_it_is_told_the_interval_that_counts(tmp_path: Path) -> None:
    own = tmp_path / "tallypost.toml"
    own.write_text("interval_s = 30\n", "utf-8")
    slower = read_device_settings(own).model_copy(update={"interval_s": 900})
    own.write_text(for_sight(slower, tmp_path / "site.toml"), "utf-8")

    assert read_device_settings(own).interval_s == 900


FETCHED = (
    '[camera]\nkind = "video"\nsource = "rtsp://cam.example.org/way"\ntimeout_s = 3\n'
    'rate_hz_max = 5\nusername = "eve"\npassword_file = "camera-password"\n'
)


def test_who_fetches_alone_is_told_the_address_of_the_camera_and_its_login(
    tmp_path: Path,
) -> None:
    own, sees, fetches = (tmp_path / name for name in ("own", "sees", "fetches"))
    own.write_text(FETCHED + SECRETS, "utf-8")
    settings = read_device_settings(own)

    sees.write_text(for_sight(settings, tmp_path / "site.toml"), "utf-8")
    fetches.write_text(for_fetcher(settings) or "", "utf-8")

    camera = read_device_settings(sees).camera
    assert isinstance(camera, VideoSettings)
    assert camera.is_stream
    assert camera.rate_hz_max == 5
    for word in ("cam.example.org", "way", "eve", "camera-password"):
        assert word not in sees.read_text("utf-8")
    assert read_device_settings(fetches).camera == settings.camera
    for word in ("broker", "op.pub", "site"):
        assert word not in fetches.read_text("utf-8")


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS.keys())
def test_without_a_camera_on_the_network_there_is_nothing_to_fetch(
    tmp_path: Path, camera: str
) -> None:
    own = tmp_path / "tallypost.toml"
    own.write_text("interval_s = 30\n" + camera, "utf-8")

    assert for_fetcher(read_device_settings(own)) is None

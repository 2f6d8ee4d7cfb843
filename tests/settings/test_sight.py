"""What the half that sees is told is what it would have read itself."""

from pathlib import Path

import pytest

from tallypost.settings.reading import read_device_settings
from tallypost.settings.sight import SEEN, for_sight

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

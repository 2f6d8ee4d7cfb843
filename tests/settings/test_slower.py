"""An interval that a radio network's keeper has made longer, and never shorter."""

from pathlib import Path

import pytest

from tallypost.errors import SettingsError
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.reading import read_device_settings
from tallypost.settings.slower import interval_file, keep_interval

RADIO = """\
[uplink]
kind = "lorawan"
region = "eu868"
join_eui = "0000000000000000"
app_key_file = "app.key"

[outbox]
path = "outbox.db"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tallypost.toml"
    path.write_text(RADIO)
    return path


def test_a_longer_interval_is_in_force_from_the_next_start_on(file: Path) -> None:
    own = read_device_settings(file)
    keep_interval(1800, own)
    assert read_settings_in_force(file).interval_s == 1800
    assert read_device_settings(file).interval_s == 900
    keep_interval(900, own)
    assert read_settings_in_force(file).interval_s == 900


@pytest.mark.parametrize(
    ("interval_s", "fault"),
    [
        (600, "600 is below 900; may be made longer from afar, never shorter"),
        (7200, "7200 is above 3600, or does not divide a day evenly"),
        (1000, "1000 is above 3600, or does not divide a day evenly"),
    ],
)
def test_any_other_is_refused(file: Path, interval_s: int, fault: str) -> None:
    with pytest.raises(SettingsError, match=fault):
        keep_interval(interval_s, read_device_settings(file))
    assert read_settings_in_force(file).interval_s == 900


@pytest.mark.parametrize("garbage", [b"", b"\xff", b"60\n", b"9" * 100, b"1e3"])
def test_a_file_of_garbage_changes_nothing(file: Path, garbage: bytes) -> None:
    interval_file(read_device_settings(file)).write_bytes(garbage)
    assert read_settings_in_force(file).interval_s == 900


def test_without_a_radio_nobody_reads_it(file: Path) -> None:
    interval_file(read_device_settings(file)).write_bytes(b"1800\n")
    file.write_text('[outbox]\npath = "outbox.db"\n')
    assert read_settings_in_force(file).interval_s == 60


def test_a_disk_that_refuses_is_told(file: Path) -> None:
    own = read_device_settings(file)
    interval_file(own).with_name("outbox.db.interval.new").mkdir()
    with pytest.raises(SettingsError, match="cannot be kept"):
        keep_interval(1800, own)

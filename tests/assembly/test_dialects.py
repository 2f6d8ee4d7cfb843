"""What a device speaks beside its records is what its settings ask for."""

from pathlib import Path

import pytest

from tallypost.assembly.dialects import watched_by, with_dialects
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import SettingsError
from tallypost.settings.reading import read_device_settings
from tallypost.settings.site import Site
from tallypost.telemetry.uplink.aside import Beside
from tallypost.telemetry.uplink.loopback import LoopbackUplink

MQTT = '[uplink]\nkind = "mqtt"\nhost = "127.0.0.1"\nport = 1\ntls = false\n'
LINE = '[[lines]]\nname = "gate"\nstart = [0, 0]\nend = [1, 1]\nclasses = ["car"]\n'


def settings(folder: Path, more: str = "") -> Path:
    (folder / "site.toml").write_text(LINE)
    path = folder / "tallypost.toml"
    path.write_text(MQTT + more)
    return path


def test_a_device_that_asks_for_no_dialect_speaks_none(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    uplink = LoopbackUplink()
    told = read_device_settings(settings(tmp_path))

    assert with_dialects(uplink, told, "tp-1", board) is uplink


def test_every_dialect_that_is_asked_for_is_spoken(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    wish = 'dialects = ["home-assistant", "sparkplug-b"]\nsparkplug_group = "city"\n'
    told = read_device_settings(settings(tmp_path, wish))

    uplink = with_dialects(LoopbackUplink(), told, "tp-1", board)

    assert isinstance(uplink, Beside)
    names = [aside._client_id for aside in uplink._asides]
    assert names == ["tallypost-tp-1-home-assistant", "tallypost-tp-1-sparkplug-b"]
    uplink.close()


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ('dialects = ["klingon"]', "uplink.dialects"),
        ('dialects = ["sparkplug-b", "sparkplug-b"]', "names a dialect twice"),
        ('sparkplug_group = "a/b"', "uplink.sparkplug_group"),
    ],
    ids=["unknown", "twice", "no level of a topic"],
)
def test_a_dialect_that_nobody_speaks_is_refused(
    tmp_path: Path, wish: str, fault: str
) -> None:
    with pytest.raises(SettingsError, match=fault):
        read_device_settings(settings(tmp_path, wish))


def test_a_line_counts_its_own_classes_and_else_those_of_the_place() -> None:
    line = {"start": [0, 0], "end": [1, 1]}
    site = Site.model_validate(
        {
            "place": {"latitude_deg": 1.0, "longitude_deg": 2.0, "classes": ["bus"]},
            "lines": [{"name": "a", "classes": ["car"], **line}, {"name": "b", **line}],
        }
    )

    assert watched_by(site).lines == {"a": ("car",), "b": ("bus",)}

"""From settings to a radio link: keys, region, layout, port."""

from pathlib import Path

import pytest

from tallypost.assembly.lorawan import (
    identity_of,
    layout_of,
    memory_file,
    modem_opener,
    radio_of,
    visitor_of,
)
from tallypost.board.linux import LinuxBoard
from tallypost.errors import ModemLostError, SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.lorawan import LorawanSettings
from tallypost.settings.reading import read_device_settings, read_site
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Identity,
    Region,
    Session,
)

KEY = bytes(range(16))


def keyed(folder: Path, name: str, key: bytes = KEY) -> Path:
    path = folder / name
    path.write_text(key.hex())
    path.chmod(0o600)
    return path


def otaa(folder: Path, **more: object) -> LorawanSettings:
    return LorawanSettings.model_validate(
        {
            "kind": "lorawan",
            "region": "au915",
            "join_eui": "70B3D57ED0000001",
            "app_key_file": str(keyed(folder, "app.key")),
            **more,
        }
    )


def abp(folder: Path) -> LorawanSettings:
    return LorawanSettings.model_validate(
        {
            "kind": "lorawan",
            "region": "eu868",
            "dev_addr": "26011BDA",
            "nwk_skey_file": str(keyed(folder, "nwk")),
            "app_skey_file": str(keyed(folder, "app", KEY[::-1])),
        }
    )


def test_who_joins_is_who_the_settings_name(tmp_path: Path) -> None:
    identity = identity_of(otaa(tmp_path, dev_eui="AC1F09FFFE000001"))
    assert isinstance(identity, Identity)
    assert identity.app_key == KEY
    assert identity.join_eui == bytes.fromhex("70B3D57ED0000001")
    assert identity.dev_eui == bytes.fromhex("AC1F09FFFE000001")


def test_a_session_that_was_agreed_on_has_its_keys(tmp_path: Path) -> None:
    session = identity_of(abp(tmp_path))
    assert isinstance(session, Session)
    assert session.dev_addr == bytes.fromhex("26011BDA")
    assert (session.nwk_skey, session.app_skey) == (KEY, KEY[::-1])


def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = otaa(tmp_path)
    (tmp_path / "app.key").unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        identity_of(settings)


def test_the_radio_speaks_as_the_settings_say(tmp_path: Path) -> None:
    radio = radio_of(otaa(tmp_path, sub_band=2, adr=False, data_rate=3))
    assert (radio.region, radio.sub_band) == (Region.AU915, 2)
    assert (radio.adr, radio.data_rate) == (False, 3)


def test_a_port_without_a_modem_is_told(tmp_path: Path) -> None:
    settings = otaa(tmp_path, port=str(tmp_path / "none"), model="rak3172")
    with pytest.raises(ModemLostError, match="none"):
        modem_opener(settings, LinuxBoard())()


def test_a_layout_names_the_classes_that_are_drawn_or_else_the_models(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site.toml"
    site.write_text(
        '[[lines]]\nname = "gate"\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n'
        'classes = ["car"]\n'
        '[[lines]]\nname = "path"\nstart = [0.5, 0.0]\nend = [0.5, 1.0]\n'
    )
    layout = layout_of(read_site(site), ["car", "person"], 900.0)
    assert [(each.name, each.classes) for each in layout.elements] == [
        ("gate", ("car",)),
        ("path", ("car", "person")),
    ]
    assert layout.interval_s == 900
    crowded = layout_of(read_site(site), [f"thing {n}" for n in range(80)], 900.0)
    assert "other" in crowded.classes


def device(folder: Path) -> DeviceSettings:
    file = folder / "tallypost.toml"
    file.write_text('[outbox]\npath = "outbox.db"\n')
    return read_device_settings(file)


def test_a_session_is_forgotten_where_a_technician_has_joined(tmp_path: Path) -> None:
    settings = device(tmp_path)
    Memory(memory_file(settings)).keep(session="ab", tags=(3,))
    identity = visitor_of(settings, otaa(tmp_path))
    kept = Memory(memory_file(settings)).kept
    assert identity == identity_of(otaa(tmp_path))
    assert (kept.session, kept.tags, kept.uplink_counter) == ("", (3,), 0)


def test_frame_counters_of_a_technicians_visit_are_set_aside(tmp_path: Path) -> None:
    settings = device(tmp_path)
    Memory(memory_file(settings)).keep(uplink_counter=512, downlink_counter=9)
    visitors = [visitor_of(settings, abp(tmp_path)) for _ in range(2)]
    counters = [each.counters for each in visitors if isinstance(each, Session)]
    assert counters == [Counters(512, 9), Counters(768, 9)]
    assert Memory(memory_file(settings)).kept.uplink_counter == 1024

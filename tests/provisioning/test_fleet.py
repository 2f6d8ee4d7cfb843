"""Devices are added one by one or by the sheet, and none shares what is its own."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tallypost.domain.panel_code import opens
from tallypost_provisioning.city import City
from tallypost_provisioning.fleet.identity import new_eui, next_name
from tallypost_provisioning.inventory.words import Identity
from tests.provisioning.town import PASSPHRASE, Town, secret_file, told

SITE = '[[lines]]\nname = "gate"\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n'


def identities(town: Town) -> list[Identity]:
    with closing(City(town.folder, lambda: PASSPHRASE, str)) as city:
        return list(city.inventory.identities())


def sheet(town: Town, text: str, encoding: str = "utf-8") -> Path:
    path = town.folder.parent / "fleet.csv"
    path.write_text(text, encoding)
    return path


def elsewhere() -> dict[str, str]:
    """Return this environment, in which nobody counts lines: a full disk is ours."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COVERAGE_")
    }


def program(town: Town, *words: object, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tallypost_provisioning.cli", *map(str, words)),
            *("--city", town.folder, "--passphrase-file", town.passphrase),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**elsewhere(), "PYTHONPATH": os.pathsep.join(sys.path)},
        **more,
    )


def test_a_new_device_has_all_that_it_needs(town: Town) -> None:
    name = town.must("new", "--place", "Main Street 5", "--region", "EU868").strip()

    (made,) = identities(town)
    assert name == made.device == "tp-0001"
    assert (made.place, made.region, made.mqtt_username) == (
        "Main Street 5",
        "eu868",
        name,
    )
    assert opens(made.panel_code.lower(), made.panel_salt, made.panel_hash)
    assert int(made.dev_eui[:2], 16) & 0b11 == 0b10
    assert len(made.app_key) == 32
    assert made.hotspot_ssid == "tallypost-tp-0001"


def test_names_are_counted_on(town: Town) -> None:
    town.must("new", "--device", "tp-0041")

    assert town.must("new").strip() == "tp-0042"
    assert town.must("new", "--prefix", "sensor-").strip() == "sensor-0001"
    assert next_name(["tp-9999"], "tp-") == "tp-10000"


def test_an_eui_of_ones_own_begins_as_the_ieee_has_said() -> None:
    assert new_eui("70B3D57ED").startswith("70B3D57ED")
    assert len({new_eui() for _ in range(200)}) == 200


def test_what_a_device_cannot_be_is_said_at_once(town: Town) -> None:
    said = town.refused(
        "new", "--device", "TP_1", "--dev-eui", "12", "--region", "mars"
    )

    for key in ("device: 'TP_1'", "dev_eui: '12'", "region: 'mars'"):
        assert key in said


def test_a_name_is_given_once(town: Town) -> None:
    town.must("new", "--device", "tp-7")

    assert "tp-7 is there already" in town.refused("new", "--device", "tp-7")
    taken = ("new", "--device", "tp-8", "--dev-eui", town.known("tp-7")["dev_eui"])
    assert "another device has this dev_eui" in town.refused(*taken)


def test_a_sheet_becomes_a_fleet_whoever_saved_it(town: Town) -> None:
    (town.folder.parent / "north.toml").write_text(SITE)
    text = (
        "Device;Place;dev_eui;site\r\n"
        'tp-1;"Königstraße 1; Süd";70-b3-d5-7e-d0-00-00-01;north.toml\r\n'
        ";;;\r\n"
        "tp-2;Märzgasse;;\r\n"
    )

    town.must("import", sheet(town, text, "utf-8-sig"))

    first, second = identities(town)
    assert (first.place, first.dev_eui) == ("Königstraße 1; Süd", "70B3D57ED0000001")
    assert first.site == SITE
    assert (second.device, second.site) == ("tp-2", None)


def test_all_faults_of_all_lines_come_in_one_answer(town: Town) -> None:
    town.must("new", "--device", "tp-9", "--dev-eui", "70B3D57ED0000009")
    text = (
        "device,place,dev_eui,app_key,site,mqtt_username\n"
        "TP1,,zz,not-a-key,,\n"
        "tp-2,,,,missing.toml,\n"
        "tp-3,,70B3D57ED0000009,,,\n"
        "tp-3,,,,,\n"
        "tp-4,,,,,tp-2\n"
        "tp-5,a,b,c,d,e,f\n"
        ",Main Street,,,,\n"
    )

    said = town.refused("import", sheet(town, text))

    for wanted in (
        "line 2: device: 'TP1' cannot be one",
        "line 2: dev_eui: 'ZZ' cannot be one; write 16 hexadecimal digits",
        "line 2: app_key: cannot be one",
        "line 3: site: 'missing.toml': cannot be read",
        "line 4: dev_eui: '70B3D57ED0000009' is that of tp-9",
        "line 5: device: tp-3 is in line 4 too",
        "line 6: mqtt_username: 'tp-2' is that of tp-2",
        "line 7: has 7 values for 6 columns",
        "line 8: device: is missing",
    ):
        assert wanted in said
    assert "NOTAKEY" not in said.upper().replace("-", "")
    assert len(identities(town)) == 1


HOPELESS = {
    "no head": ("tp-1,Main Street\n", "has no column `device`"),
    "a column that there is not": ("device,street\ntp-1,x\n", "'street' is no column"),
    "a column twice": ("device,place,place\n", "place is there twice"),
    "nobody": ("device\n\n", "line 2: is missing"),
    "an open quotation": ('device\n"tp-1\n', "is no CSV"),
    "a picture": ("\ufffd\0\x01", "line 1: "),
}


@pytest.mark.parametrize("name", HOPELESS)
def test_a_file_that_is_no_fleet_is_refused(town: Town, name: str) -> None:
    text, wanted = HOPELESS[name]

    assert wanted in town.refused("import", sheet(town, text))


def test_a_sheet_of_another_encoding_is_refused_by_its_line(town: Town) -> None:
    file = sheet(town, "device,place\ntp-1,Königstraße\n", "latin-1")

    assert "line 2: is not UTF-8" in town.refused("import", file)


def test_who_is_there_is_left_as_he_is(town: Town) -> None:
    file = sheet(town, "device,place\ntp-1,here\n")
    town.must("import", file)
    (before,) = identities(town)

    file.write_text("device,place\ntp-1,elsewhere\ntp-2,there\n")
    town.must("import", file)

    assert identities(town)[0] == before
    assert len(identities(town)) == 2


def test_a_sheet_can_be_checked_and_nothing_is_added(town: Town) -> None:
    town.must("import", "--check", sheet(town, "device\ntp-1\n"))

    assert identities(town) == []


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_import_that_is_stopped_goes_on_where_it_was(
    town: Town, how: signal.Signals
) -> None:
    lines = "".join(f"tp-{number}\n" for number in range(1000, 1160))
    file = sheet(town, f"device\n{lines}")

    def listen() -> None:
        """Whoever starts the tests in the background has children ignore Ctrl-C."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    stopped = program(town, "import", file, preexec_fn=listen)
    while (count := rows(town)) == 0 and stopped.poll() is None:
        time.sleep(0.02)
    stopped.send_signal(how)
    _, errors = stopped.communicate(timeout=60)
    before = {each.device: each for each in identities(town)}

    assert 0 < count < 160
    assert "Traceback" not in errors
    if how == signal.SIGINT:
        assert "stopped; run it again to go on" in errors
    town.must("import", file)
    after = identities(town)
    assert len(after) == 160
    assert all(each == before.get(each.device, each) for each in after)
    for key in ("dev_eui", "app_key", "mqtt_password", "panel_code"):
        assert max(Counter(getattr(each, key) for each in after).values()) == 1


def rows(town: Town) -> int:
    with sqlite3.connect(town.folder / "inventory.db") as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM devices").fetchone()
    connection.close()
    return int(count)


def test_a_full_disk_is_said_and_nothing_is_lost(town: Town) -> None:
    town.must("new")

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    full = program(town, "new", preexec_fn=fill)
    _, errors = full.communicate(timeout=60)

    assert full.returncode == 1
    assert "nothing was changed" in errors
    assert "Traceback" not in errors
    assert [each.device for each in identities(town)] == ["tp-0001"]


def test_a_stolen_inventory_gives_no_secret_away(town: Town) -> None:
    town.must("new", "--place", "Main Street")
    (made,) = identities(town)

    raw = b"".join(
        path.read_bytes() for path in town.folder.iterdir() if path.is_file()
    )

    assert b"Main Street" in raw
    for secret in (made.app_key, made.mqtt_password, made.panel_code):
        assert secret.encode() not in raw
        assert bytes.fromhex(made.app_key) not in raw
    assert made.panel_hash not in raw
    assert made.panel_hash.hex().encode() not in raw


def test_the_secrets_of_one_device_are_not_taken_for_anothers(town: Town) -> None:
    for _ in range(2):
        town.must("new")
    with sqlite3.connect(town.folder / "inventory.db") as connection:
        connection.execute(
            "UPDATE devices SET sealed = (SELECT sealed FROM devices"
            " WHERE device = 'tp-0001') WHERE device = 'tp-0002'"
        )
    connection.close()

    assert "tp-0002: its secrets are damaged" in town.refused(
        "show", "tp-0002", "--secrets"
    )


def test_a_wrong_passphrase_changes_nothing(town: Town) -> None:
    wrong = secret_file(town.folder.parent / "wrong", "a wrong passphrase")

    result = town.run("new", passphrase=wrong)

    assert "the passphrase is wrong" in told(result)
    assert identities(town) == []


DAMAGES = {
    "nothing": b"",
    "another program's": b"SQLite format 3\0" + b"\xff" * 4096,
    "a text": b"hello\n" * 1000,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_inventory_is_said_to_be(town: Town, name: str) -> None:
    (town.folder / "inventory.db").write_bytes(DAMAGES[name])

    assert "put back a copy of it" in town.refused("list")


def test_an_inventory_of_a_later_version_is_left_alone(town: Town) -> None:
    with sqlite3.connect(town.folder / "inventory.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    assert "is of version 99" in town.refused("list")


def test_secrets_are_shown_only_where_they_are_asked_for(town: Town) -> None:
    town.must("new")
    secrets = town.secrets("tp-0001")

    shown = (
        town.must("show", "tp-0001") + town.must("list") + town.must("list", "--json")
    )

    for key in ("app_key", "mqtt_password", "panel_code"):
        assert secrets[key] not in shown
        assert key not in shown


def test_a_path_that_no_disk_can_have_is_said_to_be_none(town: Town) -> None:
    done = program(town, "verify", "x" * 5000)
    _, errors = done.communicate(timeout=60)

    assert done.returncode == 1
    assert "File name too long" in errors
    assert "Traceback" not in errors


def test_somebody_who_is_not_there_is_said_to_be(town: Town) -> None:
    assert "nobody-1: is not in the inventory" in town.refused("show", "nobody-1")

"""`tallypost first-boot`, with the house's real judgement of settings."""

import json
from pathlib import Path

import pytest

from tallypost.assembly.uplink import open_uplink
from tallypost.board.simulated import SimulatedBoard
from tallypost.cli.verdict import judge_all
from tallypost.daemon.house import prepare
from tallypost.settings.reading import read_device_settings
from tests.commissioning.card import CA, PASSWORD, SECRETS, SETTINGS, SITE, Box
from tests.servers.certificates import Authority
from tests.system.house import tallypost

FAULTY = """\
device = "tp-0002"
interval_s = 7
[camera]
kind = "synthetic"
rate_hz = -1
[uplink]
kind = "mqtt"
host = "https://broker.example.org"
[remote]
operator_keys = ["files/operator-1.pub"]
"""


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A device that was never started."""
    return Box(tmp_path)


@pytest.fixture
def city(tmp_path: Path) -> Authority:
    """Who certifies devices and brokers."""
    return Authority(tmp_path / "ca", "city")


def first_boot(box: Box, *more: str) -> tuple[int, str, str]:
    """Run the command; return its exit code, what it says, what it complains of."""
    folders = ("--boot", str(box.boot), "--folder", str(box.own))
    return tallypost("first-boot", *folders, *more)


def test_a_card_becomes_a_device_that_runs_and_is_enrolled_by_file(
    box: Box, city: Authority
) -> None:
    box.put(files={"ca.pem": city.file.read_text()})
    file = box.own / "settings" / "tallypost.toml"

    code, said, complaints = first_boot(box)
    assert (code, complaints) == (0, "")
    assert "has taken its settings and made its keys" in said
    assert not any(secret in said + box.result for secret in SECRETS)
    told = prepare(file)
    assert told.device == "tp-0001"
    settings = read_device_settings(file)
    uplink = open_uplink(settings, "tp-0001", told.provenance, SimulatedBoard())
    assert uplink is not None, "runs with what stands in for the certificate"
    uplink.close()

    (box.card / "certificate.pem").write_text(city.sign(box.told()["request"]))
    code, said, complaints = first_boot(box)
    assert (code, complaints) == (0, "")
    assert "has taken its certificate" in said
    assert [fault for each in judge_all([file]) for fault in each.faults] == []
    assert first_boot(box)[0] == 0


def test_all_faults_of_settings_are_told_on_the_card_at_once(box: Box) -> None:
    box.put(settings=FAULTY, site="[[lines]]\nname = 3\n")

    code, said, complaints = first_boot(box)

    assert (code, said) == (2, "")
    for key in ("interval_s", "camera.rate_hz", "uplink.host", "lines[0].name"):
        assert key in box.result
        assert key in complaints
    assert "Deutsch: Abgelehnt: Die Einstellungen" in box.result
    assert str(box.own) not in box.result, "nobody on a ladder wants that path"
    assert not (box.own / "settings").exists()


def test_settings_that_do_not_fit_their_bundle_are_refused(box: Box) -> None:
    text = SETTINGS.replace("tp-0001", "tp-0002").replace("ca.pem", "authority.pem")
    box.put(settings=text, secrets={})

    assert first_boot(box)[0] == 2
    assert 'device: is not the bundle\'s; write device = "tp-0001"' in box.result
    for key in ("uplink.ca_file: files/authority.pem", "uplink.password_file: secrets"):
        assert key in box.result
    assert "is not in the bundle; add it" in box.result
    assert "device.crt" not in box.result, "the device makes that itself"


def test_what_a_site_counts_must_be_what_the_model_tells(box: Box) -> None:
    box.put(site=SITE + 'classes = ["unicorn"]\n')

    assert first_boot(box)[0] == 2
    assert "unicorn" in box.result


def test_a_device_where_nothing_is_drawn_runs_so_that_somebody_can_draw(
    box: Box,
) -> None:
    box.put(site=None)

    assert first_boot(box)[0] == 0
    assert prepare(box.own / "settings" / "tallypost.toml").alphabet.elements


def test_no_secret_is_told_where_a_secret_is_the_fault(box: Box) -> None:
    text = SETTINGS + f'[host]\ncontroller = 3\npage = "{PASSWORD}"\n'
    box.put(settings=text, files={"ca.pem": CA})

    code, said, complaints = first_boot(box)

    assert code == 2
    assert "host.page" in box.result
    assert PASSWORD not in box.result + said + complaints


def test_nothing_on_the_card_is_told_by_light_and_in_words(
    box: Box, tmp_path: Path
) -> None:
    code, said, complaints = first_boot(box, "--light", "none-such")

    assert (code, said) == (2, "")
    assert complaints.startswith("There are no settings for the box on this card.")
    assert "2 short ones" in complaints
    assert tmp_path.exists()


def test_a_user_that_is_none_is_told(box: Box) -> None:
    box.put()

    code, _, complaints = first_boot(box, "--panel-user", "no-such-user")

    assert code == 2
    assert "no-such-user" in complaints
    assert (box.card / "bundle.json").exists()


def test_the_panels_files_become_the_panels(box: Box) -> None:
    box.put()

    assert first_boot(box, "--panel-user", "nobody")[0] == 0

    panel = box.own / "panel"
    assert {file.stat().st_uid for file in panel.iterdir()} == {65534}
    assert json.loads((panel / "code.json").read_text()).keys() == {"salt", "hash"}


def test_a_site_in_place_of_settings_is_refused_and_no_secret_stays(box: Box) -> None:
    box.put(settings=SITE)

    assert first_boot(box)[0] == 2
    assert "the settings on this card have faults" in box.result
    assert not list(box.own.glob("settings*"))

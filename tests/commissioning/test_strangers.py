"""What strangers put into a box's way: certificates, links, secrets in wrong places."""

import os
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.commissioning.base import Owner
from tallypost.commissioning.panel_keys import PanelKeys
from tallypost.domain.first_start import Verdict
from tests.commissioning.card import CITY, SETTINGS, SITE, Box, operator
from tests.commissioning.city import City

US = Owner(os.getuid(), os.getgid())


@pytest.fixture
def box(in_memory: Path) -> Box:
    """A device that was never started, and an empty card."""
    return Box(in_memory)


@pytest.fixture
def awaiting(box: Box) -> Box:
    """A device that waits for its certificate."""
    box.put()
    box.start()
    return box


def offer(box: Box, chain: str) -> list[Verdict]:
    (box.card / "certificate.pem").write_text(chain)
    return box.verdicts()


def shown(box: Box) -> str:
    return (box.own / "settings" / "files" / "device.crt").read_text()


def test_a_strangers_certificate_for_the_devices_key_is_refused(awaiting: Box) -> None:
    before, request = shown(awaiting), awaiting.told()["request"]
    other = City("another")
    impostor = City("city")
    colleague = City("tp-0002", CITY, is_authority=False)

    for chain in (
        other.sign(request),
        other.sign(request) + other.pem,
        impostor.sign(request),
        impostor.sign(request) + CITY.pem,
        colleague.sign(request) + colleague.pem,
        CITY.sign(request, "tp-0002"),
    ):
        assert offer(awaiting, chain) == [Verdict.REFUSED_CERTIFICATE]
        assert shown(awaiting) == before

    assert offer(awaiting, CITY.sign(request)) == [Verdict.CERTIFIED]


def test_an_authority_between_may_sign_for_the_city(awaiting: Box) -> None:
    request = awaiting.told()["request"]
    between = City("district", CITY)

    assert offer(awaiting, between.sign(request)) == [Verdict.REFUSED_CERTIFICATE]
    chain = between.sign(request) + between.pem
    assert offer(awaiting, chain) == [Verdict.CERTIFIED]
    awaiting.put(counter=4)
    awaiting.start()
    assert awaiting.told()["request"] is None


def test_a_strangers_certificate_that_is_there_is_asked_for_anew(
    awaiting: Box,
) -> None:
    request = awaiting.told()["request"]
    file = awaiting.own / "settings" / "files" / "device.crt"
    file.write_text(City("another").sign(request))
    awaiting.put(counter=4)
    awaiting.start()

    assert awaiting.told()["request"] == request
    assert offer(awaiting, CITY.sign(request)) == [Verdict.CERTIFIED]


def test_a_pair_that_the_bundle_brings_is_left_whoever_certified_it(
    awaiting: Box,
) -> None:
    key = (awaiting.own / "settings" / "secrets" / "device.key").read_text()
    pair = City("another").sign(awaiting.told()["request"])
    other = Box(awaiting.folder / "other")
    other.put(
        settings=SETTINGS.replace("secrets/device.key", "files/device.key"),
        files={"ca.pem": CITY.pem, "device.crt": pair, "device.key": key},
    )
    other.start()

    assert other.told()["request"] is None
    assert shown(other) == pair


def test_where_nobody_is_named_the_first_certificate_is_taken_and_kept(
    box: Box,
) -> None:
    box.put(settings=SETTINGS.replace('ca_file = "files/ca.pem"\n', ""), files={})
    box.start()
    request = box.told()["request"]

    assert offer(box, CITY.sign(request)) == [Verdict.CERTIFIED]
    assert "nobody has checked who signed it" in box.result
    before = shown(box)
    assert offer(box, City("another").sign(request)) == [Verdict.REFUSED_CERTIFICATE]
    assert shown(box) == before


def test_a_broker_of_another_authority_changes_nothing_for_devices(box: Box) -> None:
    broker = City("broker's")
    box.put(
        settings=SETTINGS.replace("files/ca.pem", "files/broker-ca.pem"),
        files={"ca.pem": CITY.pem, "broker-ca.pem": broker.pem},
    )
    box.start()
    request = box.told()["request"]

    assert offer(box, broker.sign(request)) == [Verdict.REFUSED_CERTIFICATE]
    assert offer(box, CITY.sign(request)) == [Verdict.CERTIFIED]


@pytest.mark.parametrize("hard", [False, True], ids=["link", "second name"])
@pytest.mark.parametrize("name", ["key.pem", "certificate.pem", "key.pem.new"])
def test_a_panel_that_was_taken_over_reaches_no_key_by_a_link(
    awaiting: Box, name: str, hard: bool
) -> None:
    secret = awaiting.own / "settings" / "secrets" / "device.key"
    key = secret.read_bytes()
    path = awaiting.own / "panel" / name
    path.unlink(missing_ok=True)
    path.hardlink_to(secret) if hard else path.symlink_to(secret)
    awaiting.put(counter=4)

    assert awaiting.verdicts() == [Verdict.TAKEN]
    assert (awaiting.own / "settings" / "secrets" / "device.key").read_bytes() == key
    panel = awaiting.own / "panel"
    assert all(
        each.is_file() and not each.is_symlink() and each.stat().st_nlink == 1
        for each in panel.iterdir()
    )
    assert (panel / "key.pem").read_bytes() != key


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_file_in_the_panels_folder_makes_nobody_wait(
    awaiting: Box, make: object
) -> None:
    assert callable(make)
    for name in ("key.pem", "certificate.pem", "hotspot.json.new"):
        (awaiting.own / "panel" / name).unlink(missing_ok=True)
        make(awaiting.own / "panel" / name)
    awaiting.put(counter=4)

    assert awaiting.verdicts() == [Verdict.TAKEN]


def test_a_link_that_comes_at_the_last_moment_gives_nothing_away(
    tmp_path: Path,
) -> None:
    keys = PanelKeys(tmp_path / "panel", US)
    keys.make("tp-0001", SimulatedBoard().utc_s())
    secret = tmp_path / "device.key"
    secret.write_text("of another")
    (tmp_path / "panel" / "key.pem").unlink()
    (tmp_path / "panel" / "key.pem").symlink_to(secret)
    before = secret.stat().st_ctime_ns

    with pytest.raises(OSError, match="symbolic"):
        keys.hand_over()
    assert secret.stat().st_ctime_ns == before, "not even its owner was set"


def test_what_a_workstation_has_begun_to_write_is_wiped_too(box: Box) -> None:
    bundle = box.put()
    fresh = box.card / "bundle.json.new"
    fresh.write_bytes(bundle[:-20])
    with fresh.open("rb") as held:
        assert box.verdicts() == [Verdict.TAKEN]
        assert not fresh.exists()
        assert held.read().strip(b"\0") == b""


def test_a_bundle_that_is_half_wiped_is_wiped_whole(awaiting: Box) -> None:
    bundle = awaiting.put()
    path = awaiting.card / "bundle.json"
    path.write_bytes(bytes(512) + bundle[512:])
    with path.open("rb") as held:
        assert awaiting.verdicts() == [Verdict.NOTHING_NEW]
        assert not path.exists()
        assert held.read().strip(b"\0") == b""


def test_a_half_wiped_bundle_is_none_at_a_first_start(box: Box) -> None:
    (box.card / "bundle.json").write_bytes(b"\0" + box.put()[1:])

    assert box.verdicts() == [Verdict.REFUSED_NO_BUNDLE]


LONG = "correct-horse-battery-staple-and-some-more-words-é"


@pytest.mark.parametrize(
    "told",
    [LONG, f"{LONG[:40]!a}", f"{LONG!a}", f"{LONG!r}"],
    ids=["whole", "cut", "in ASCII", "quoted"],
)
def test_no_fault_tells_a_secret_however_it_is_spelt(box: Box, told: str) -> None:
    box.faults_found = [f"uplink.host: {told} is no host"]
    box.put(secrets={"mqtt-password": LONG})

    assert box.verdicts() == [Verdict.REFUSED_SETTINGS]
    assert "correct-horse" not in box.result
    assert "uplink.host" in box.result


def test_a_certificate_does_not_take_the_place_of_its_key(box: Box) -> None:
    box.put(settings=SETTINGS.replace("files/device.crt", "secrets/device.key"))

    assert box.verdicts() == [Verdict.REFUSED_SETTINGS]
    assert "uplink.certificate_file: is uplink.key_file, too" in box.result
    assert not list(box.own.glob("settings*"))


def test_a_site_in_place_of_settings_leaves_no_secret_behind(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A judge who takes the file for a site finds no fault: the reading of it does.
    monkeypatch.setattr(box, "faults", lambda *_: [])
    box.put(key=operator(), settings=SITE)

    assert box.verdicts() == [Verdict.REFUSED_SETTINGS]
    assert not list(box.own.glob("settings*"))

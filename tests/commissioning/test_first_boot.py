"""A card makes a device: once, by whom it believes, and nothing secret stays there."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tallypost.domain.first_start import Verdict
from tests.commissioning.card import (
    CA,
    CITY,
    PASSPHRASE,
    PASSWORD,
    SECRETS,
    SERIAL,
    SETTINGS,
    SITE,
    Box,
    body,
    operator,
    sealed,
)
from tests.servers.certificates import Authority


@pytest.fixture
def box(in_memory: Path) -> Box:
    """A device that was never started, and an empty card."""
    return Box(in_memory)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_bundle_becomes_the_devices_settings(box: Box) -> None:
    box.put()

    assert box.verdicts() == [Verdict.TAKEN]

    settings = box.own / "settings"
    assert (settings / "tallypost.toml").read_text() == SETTINGS
    assert (settings / "site.toml").read_text() == SITE
    assert (settings / "files" / "ca.pem").read_text() == CA
    assert (settings / "secrets" / "mqtt-password").read_text() == PASSWORD
    assert mode(settings / "secrets") == 0o700
    assert all(mode(each) == 0o600 for each in (settings / "secrets").iterdir())
    assert box.state()["counter"] == 3


def test_nothing_secret_stays_on_the_card_and_the_bytes_are_overwritten(
    box: Box,
) -> None:
    box.put()
    bundle = box.card / "bundle.json"
    with bundle.open("rb") as held:  # what lies there after its name is gone
        box.start()

        assert not bundle.exists()
        assert held.read().strip(b"\0") == b""
    for file in box.card.iterdir():
        text = file.read_text("utf-8-sig")
        assert not any(secret in text for secret in SECRETS), file


def test_the_panels_certificate_names_all_places_and_its_fingerprint_is_told(
    box: Box,
) -> None:
    box.put()
    box.start()
    panel = box.own / "panel"
    certificate = x509.load_pem_x509_certificate(
        (panel / "certificate.pem").read_bytes()
    )
    key = load_pem_private_key((panel / "key.pem").read_bytes(), None)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)

    assert certificate.public_key() == key.public_key()
    assert {str(each.value) for each in names.value} == {
        *("10.42.0.1", "192.168.7.1", "tallypost.local", "tp-0001.local")
    }
    assert certificate.subject.rfc4514_string() == "CN=tp-0001"
    years = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert years.days == 3653
    told = box.told()["panel_certificate_sha256"]
    assert told == certificate.fingerprint(hashes.SHA256()).hex()
    assert told[:2].upper() + ":" + told[2:4].upper() in box.result
    assert json.loads((panel / "hotspot.json").read_text())["passphrase"] == PASSPHRASE
    assert {mode(each) for each in panel.iterdir()} == {0o600}


def test_a_panel_whose_key_is_damaged_gets_a_new_pair_with_the_next_bundle(
    box: Box,
) -> None:
    box.put()
    box.start()
    before = box.told()["panel_certificate_sha256"]
    panel = box.own / "panel"
    (panel / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\n")
    box.put(counter=4)

    assert box.verdicts() == [Verdict.TAKEN]
    key = load_pem_private_key((panel / "key.pem").read_bytes(), None)
    shown = x509.load_pem_x509_certificate((panel / "certificate.pem").read_bytes())
    assert shown.public_key() == key.public_key()
    assert box.told()["panel_certificate_sha256"] != before


def test_a_device_without_a_clock_makes_certificates_that_are_valid_now(
    box: Box,
) -> None:
    box.board.reboot(utc_s=0.0)
    box.put()
    box.start()
    pem = (box.own / "panel" / "certificate.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)

    assert certificate.not_valid_before_utc.isoformat() == "2026-11-01T00:00:00+00:00"
    assert box.state()["taken"] is None


def test_the_device_tells_what_enrolment_needs(box: Box) -> None:
    box.put()
    box.start()
    told = box.told()
    request = x509.load_pem_x509_csr(told["request"].encode())
    public = load_pem_private_key(
        (box.own / "outbox.db.signing" / "signing.key").read_bytes(), None
    ).public_key()

    assert told["schema"] == "tallypost.device/1"
    assert (told["device"], told["serial"]) == ("tp-0001", SERIAL)
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "CN=tp-0001"
    assert told["signing_key"] == public.public_bytes_raw().hex()  # type: ignore[union-attr]
    assert "PRIVATE" not in json.dumps(told)


def test_its_certificate_is_taken_where_the_uplink_reads_it(box: Box) -> None:
    box.put()
    box.start()
    chain = CITY.sign(box.told()["request"])
    (box.card / "certificate.pem").write_text(chain)

    assert box.verdicts() == [Verdict.CERTIFIED]

    shown = (box.own / "settings" / "files" / "device.crt").read_bytes()
    key = (box.own / "settings" / "secrets" / "device.key").read_bytes()
    certificate = x509.load_pem_x509_certificate(shown)
    assert certificate.public_key() == load_pem_private_key(key, None).public_key()
    assert "city" in certificate.issuer.rfc4514_string()
    assert not (box.card / "certificate.pem").exists()
    assert box.verdicts() == [Verdict.NOTHING_NEW]


def test_a_newer_bundle_leaves_the_device_its_key_and_certificate(box: Box) -> None:
    box.put()
    box.start()
    chain = CITY.sign(box.told()["request"])
    (box.card / "certificate.pem").write_text(chain)
    box.start()
    key = (box.own / "settings" / "secrets" / "device.key").read_bytes()
    panel = (box.own / "panel" / "certificate.pem").read_bytes()

    box.put(counter=4, settings=SETTINGS.replace("broker.", "other."))

    assert box.verdicts() == [Verdict.TAKEN]
    settings = box.own / "settings"
    assert "other.example.org" in (settings / "tallypost.toml").read_text()
    assert (settings / "secrets" / "device.key").read_bytes() == key
    assert (
        "city"
        in x509.load_pem_x509_certificate(
            (settings / "files" / "device.crt").read_bytes()
        ).issuer.rfc4514_string()
    )
    assert box.told()["request"] is None, "nothing is awaited any more"
    assert (box.own / "panel" / "certificate.pem").read_bytes() == panel
    assert len(list(box.own.glob("settings-*"))) == 1


def test_a_newer_bundle_asks_again_where_the_certificate_has_expired(box: Box) -> None:
    box.put()
    box.start()
    request = box.told()["request"]
    chain = CITY.sign(request)
    (box.card / "certificate.pem").write_text(chain)
    box.start()
    box.put(counter=4)
    box.board.jump(365 * 86400.0)

    assert box.verdicts() == [Verdict.TAKEN]
    assert box.told()["request"] == request, "its key is still good"
    shown = (box.own / "settings" / "files" / "device.crt").read_text()
    assert shown == chain, "until there is another"


@pytest.mark.parametrize("whose", ["another key's", "no certificate"])
def test_a_certificate_that_does_not_fit_is_refused_and_the_old_one_stays(
    box: Box, whose: str
) -> None:
    box.put()
    box.start()
    own = (box.own / "settings" / "files" / "device.crt").read_bytes()
    other = Authority(box.folder / "ca", "city").issue("other")[0].read_text()
    wrong = other if whose == "another key's" else "-----BEGIN CERTIFICATE-----"
    (box.card / "certificate.pem").write_text(wrong)

    assert box.verdicts() == [Verdict.REFUSED_CERTIFICATE]
    assert (box.own / "settings" / "files" / "device.crt").read_bytes() == own
    assert "The certificate on this card was not taken" in box.result


def test_the_same_bundle_again_is_nothing_new_and_wiped_again(box: Box) -> None:
    envelope = box.put()
    box.start()
    (box.card / "bundle.json").write_bytes(envelope)

    assert box.verdicts() == [Verdict.NOTHING_NEW]
    assert not (box.card / "bundle.json").exists()


def test_a_device_at_its_post_writes_nothing_onto_its_card(box: Box) -> None:
    box.put()
    box.start()
    before = {each: each.stat().st_mtime_ns for each in box.card.iterdir()}

    assert box.verdicts() == [Verdict.NOTHING_NEW]
    assert {each: each.stat().st_mtime_ns for each in box.card.iterdir()} == before


def test_where_nothing_is_drawn_what_was_drawn_before_is_kept(box: Box) -> None:
    box.put()
    box.start()
    box.put(counter=4, site=None)

    assert box.verdicts() == [Verdict.TAKEN]
    assert (box.own / "settings" / "site.toml").read_text() == SITE


def changed(envelope: bytes) -> bytes:
    """Return an envelope that says something else than what was signed."""
    found = json.loads(envelope)
    found["payload"] = json.loads(sealed(operator(), body(counter=9)))["payload"]
    return json.dumps(found).encode()


def test_at_first_nothing_but_the_key_beside_the_bundle_is_believed(box: Box) -> None:
    (box.card / "bundle.json").write_bytes(changed(box.put()))

    assert box.verdicts() == [Verdict.REFUSED_SIGNATURE]
    assert "was changed after it was signed" in box.result
    assert not box.own.exists() or not list(box.own.glob("settings*"))


def test_afterwards_nobody_is_believed_but_who_signed_the_first(box: Box) -> None:
    box.put()
    box.start()
    box.put(key=operator(), counter=4)  # another city's, with its own trust.pem

    assert box.verdicts() == [Verdict.REFUSED_SIGNATURE]
    assert box.state()["counter"] == 3
    assert "one long flash, then 3 short ones" in box.result
    for language in ("Deutsch: Abgelehnt", "Français: Refusé", "Español: Rechazado"):
        assert language in box.result


@pytest.mark.parametrize(
    ("changes", "verdict", "told"),
    [
        pytest.param({"counter": 2}, Verdict.REFUSED_OLDER, "not above 3", id="older"),
        pytest.param(
            {"counter": 3, "site": None}, Verdict.REFUSED_OLDER, "above 3", id="as old"
        ),
        pytest.param(
            {"counter": 4, "device": "tp-0002"},
            Verdict.REFUSED_DEVICE,
            "put the card of tp-0001 in",
            id="another device's",
        ),
        pytest.param(
            {"counter": 4, "serial": "10000000deadbeef"},
            Verdict.REFUSED_DEVICE,
            "this one is 10000000abcdef01",
            id="another board's",
        ),
    ],
)
def test_a_bundle_out_of_turn_or_place_is_refused(
    box: Box, changes: dict[str, Any], verdict: Verdict, told: str
) -> None:
    box.put()
    box.start()
    box.put(**changes)

    assert box.verdicts() == [verdict]
    assert told in box.result
    assert box.state()["counter"] == 3
    assert (box.card / "bundle.json").exists(), "it may be another box's"


@pytest.mark.parametrize("serial", [SERIAL, SERIAL.upper()])
def test_its_own_boards_number_is_known_however_it_is_spelt(
    box: Box, serial: str
) -> None:
    box.put(serial=serial)

    assert box.verdicts() == [Verdict.TAKEN]


def test_a_board_without_a_number_takes_no_bundle_that_names_one(box: Box) -> None:
    box.serial = None
    box.put(serial=SERIAL)

    assert box.verdicts() == [Verdict.REFUSED_DEVICE]
    assert "this one tells no number" in box.result


def test_faults_of_settings_are_told_all_at_once_and_nothing_is_taken(
    box: Box,
) -> None:
    box.faults_found = ["camera.rate_hz: is above 60", "uplink.host: is no name"]
    box.put()

    assert box.verdicts() == [Verdict.REFUSED_SETTINGS]
    assert all(fault in box.result for fault in box.faults_found)
    assert list(box.own.glob("settings*")) == []
    assert not (box.own / "panel").exists()


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="broken JSON"),
        pytest.param(DEEP, id="deep"),
        pytest.param(b"x" * (256 * 1024 + 1), id="huge"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(sealed(operator(), body(), "tallypost.command/1"), id="a command"),
    ],
)
def test_what_is_no_bundle_is_refused_in_words(box: Box, raw: bytes) -> None:
    (box.card / "bundle.json").write_bytes(raw)

    assert box.verdicts() == [Verdict.REFUSED_UNREADABLE]
    assert "tallypost-provision write" in box.result
    assert not box.own.exists()


HOSTILE = [
    pytest.param({"files": {"../../../etc/passwd": "x"}}, id="above its folder"),
    pytest.param({"secrets": {"a/b": "x"}}, id="a path"),
    pytest.param({"files": {"": "x"}}, id="no name"),
    pytest.param({"device": "../tp"}, id="a device's name that is a path"),
    pytest.param({"counter": 0}, id="counter 0"),
    pytest.param({"counter": 10**30}, id="counter without end"),
    pytest.param({"panel": None}, id="no panel"),
    pytest.param({"stranger": 1}, id="a key that nobody knows"),
    pytest.param({"schema": "tallypost.bundle/2"}, id="of tomorrow"),
    pytest.param({"files": {f"f{n}": "" for n in range(40)}}, id="too many files"),
]


@pytest.mark.parametrize("changes", HOSTILE)
def test_a_hostile_bundle_well_signed_is_refused(
    box: Box, changes: dict[str, Any]
) -> None:
    box.put(**changes)

    assert box.verdicts() == [Verdict.REFUSED_UNREADABLE]
    assert not box.own.exists()
    assert not (box.folder / "etc").exists()


def test_the_key_beside_it_may_be_missing_or_none(box: Box) -> None:
    box.put()
    trust = box.card / "trust.pem"
    for wrong in (None, b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n", b"x" * 9999):
        trust.unlink(missing_ok=True)
        if wrong is not None:
            trust.write_bytes(wrong)

        [verdict] = box.verdicts()
        assert verdict.refused
        assert "trust.pem" in box.result


@pytest.mark.parametrize("name", ["bundle.json", "trust.pem"])
def test_what_is_no_file_is_refused_without_following_or_waiting(
    box: Box, name: str
) -> None:
    box.put()
    (box.card / name).unlink()
    for make in (Path.mkdir, lambda path: path.symlink_to("/etc/passwd")):
        make(box.card / name)

        assert box.verdicts() == [Verdict.REFUSED_UNREADABLE]
        assert "root:" not in box.result
        path = box.card / name
        path.unlink() if path.is_symlink() else path.rmdir()


def test_what_one_bundle_cannot_have_done_a_newer_one_mends(box: Box) -> None:
    text = SETTINGS.replace("secrets/device.key", "/dev/null/device.key")
    box.put(settings=text)
    for _ in range(2):
        assert box.verdicts()[0] is Verdict.REFUSED_DISK
        assert "/dev/null" in box.result
    box.put(counter=4)

    assert box.verdicts() == [Verdict.TAKEN]
    assert box.state()["counter"] == 4
    assert box.verdicts() == [Verdict.NOTHING_NEW]


def test_a_box_that_was_begun_anew_keeps_its_settings_until_there_are_others(
    box: Box,
) -> None:
    box.put()
    box.start()
    (box.own / "commissioning" / "state.json").unlink()
    box.faults_found = ["camera.rate_hz: is above 60"]
    box.put(key=operator(), settings=SETTINGS + "\n")

    assert box.verdicts() == [Verdict.REFUSED_SETTINGS]
    assert (box.own / "settings" / "tallypost.toml").read_text() == SETTINGS


def test_an_empty_card_says_so(box: Box) -> None:
    box.card.rmdir()

    assert box.verdicts() == [Verdict.REFUSED_NO_BUNDLE]
    assert "There are no settings for the box on this card." in box.result


def test_without_a_boot_partition_nothing_is_made(box: Box) -> None:
    box.card.rmdir()
    box.boot.rmdir()

    assert box.verdicts() == [Verdict.REFUSED_BOOT]
    assert not box.boot.exists()


def test_a_device_that_has_lost_its_memory_believes_nobody(box: Box) -> None:
    box.put()
    box.start()
    (box.own / "commissioning" / "state.json").write_text("{")
    box.put(counter=4)

    assert box.verdicts() == [Verdict.REFUSED_DISK]
    assert "nobody is believed" in box.result

"""Wherever a power cut comes, the next start ends as if there had been none."""

import json
import os
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from tallypost.commissioning.base import Owner
from tallypost.domain.first_start import Verdict
from tests.commissioning.card import (
    BY_PASSWORD,
    CITY,
    HASH,
    PASSWORD,
    SECRETS,
    SETTINGS,
    SITE,
    Box,
)
from tests.commissioning.power import POWER, PowerCutError, UnkindDisk, full, read_only

NEWER = SETTINGS.replace("broker.", "other.")
NOBODY = Owner(65534, 65534)
GIVES = NOBODY if os.geteuid() == 0 else None
"""Only root may give files away."""
FORM = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def public(signed: Path) -> bytes:
    """Return the public key of a key, a certificate or a request."""
    pem = signed.read_bytes()
    if b"PRIVATE" in pem:
        return load_pem_private_key(pem, None).public_key().public_bytes(*FORM)
    return x509.load_pem_x509_certificate(pem).public_key().public_bytes(*FORM)


def assert_whole(box: Box, settings: str = SETTINGS, counter: int = 3) -> None:
    """Everything that taking a bundle means is done, once, and nothing is left over."""
    own, panel = box.own / "settings", box.own / "panel"
    assert (own / "tallypost.toml").read_text() == settings
    assert (own / "site.toml").read_text() == SITE
    assert (own / "secrets" / "mqtt-password").read_text() == PASSWORD
    certified = "certificate_file" in settings
    if certified:
        shown = own / "files" / "device.crt"
        assert public(shown) == public(own / "secrets" / "device.key")
    assert public(panel / "certificate.pem") == public(panel / "key.pem")
    assert json.loads((panel / "code.json").read_text())["hash"] == HASH
    assert box.state()["counter"] == counter
    assert_told(box)
    names = sorted(each.name for each in box.own.iterdir())
    assert names[:-1] == ["commissioning", "outbox.db.signing", "panel", "settings"]
    assert names[-1] == own.readlink().name
    assert names[-1].startswith(f"settings-{counter}-")
    kept = {each.name for each in (box.own / "commissioning").iterdir()}
    assert kept == {"state.json"} | ({"request.pem"} if certified else set())
    if box.panel_owner is not None:
        assert {each.stat().st_uid for each in panel.iterdir()} == {NOBODY.user}
        assert panel.stat().st_gid == NOBODY.group
        assert stat.S_IMODE(panel.stat().st_mode) == 0o770
    private = [*own.glob("secrets/*"), panel / "key.pem"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in private} == {0o600}


def assert_told(box: Box) -> None:
    """The card says who the device is, and holds nothing secret."""
    told = box.told()
    signing = box.own / "outbox.db.signing" / "signing.pub"
    assert told["device"] == "tp-0001"
    assert load_pem(signing.read_bytes()) == told["signing_key"]
    if told["request"]:
        request = x509.load_pem_x509_csr(told["request"].encode())
        key = public(box.own / "settings" / "secrets" / "device.key")
        assert request.public_key().public_bytes(*FORM) == key
    left = {each.name for each in box.card.iterdir()}
    assert left == {"RESULT.txt", "device.json", "trust.pem"}
    text = "".join(each.read_text("utf-8-sig") for each in box.card.iterdir())
    assert not any(secret in text for secret in SECRETS)


def load_pem(pem: bytes) -> str:
    return load_pem_public_key(pem).public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def changes(box: Box) -> int:
    """Return how many changes a start makes that nothing interrupts."""
    with POWER.fails(box.folder, -1, for_good=False):
        box.start()
    return POWER.seen


def at_its_post(folder: Path, *, certified: bool = False) -> Box:
    """Return a device that has taken a bundle, and another one on its card."""
    box = Box(folder)
    box.put()
    box.start()
    if certified:
        chain = CITY.sign(box.told()["request"])
        (box.card / "certificate.pem").write_text(chain)
        box.start()
    return box


def cut(box: Box, at: int) -> None:
    with POWER.fails(box.folder, at), pytest.raises(PowerCutError):
        box.start()


def test_a_first_start_is_finished_wherever_it_was_interrupted(in_memory: Path) -> None:
    whole = Box(in_memory / "whole", panel_owner=GIVES)
    whole.put()
    steps = changes(whole)
    assert_whole(whole)
    assert steps > 40

    for at in range(steps):
        box = Box(in_memory / str(at), panel_owner=GIVES)
        box.put()
        cut(box, at)
        [verdict] = box.verdicts()

        assert verdict in {Verdict.TAKEN, Verdict.NOTHING_NEW}, at
        assert_whole(box)
        assert "has taken its settings and made its keys" in box.result, at
        assert box.verdicts() == [Verdict.NOTHING_NEW], at


def test_zeros_are_on_the_card_before_the_bundle_loses_its_name(
    in_memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box(in_memory / "box")
    envelope = box.put()
    inode = (box.card / "bundle.json").stat().st_ino
    disk = UnkindDisk(box.folder, monkeypatch)
    box.start()

    assert disk.kept(inode) == bytes(len(envelope))


def test_another_bundle_that_comes_between_is_taken_after_the_first(
    in_memory: Path,
) -> None:
    for at in range(30, 70, 4):
        box = Box(in_memory / str(at))
        box.put()
        cut(box, at)
        box.put(counter=4, settings=NEWER)

        assert box.start()[-1].verdict is Verdict.TAKEN
        assert_whole(box, NEWER, 4)


@pytest.mark.parametrize("text", [SETTINGS, BY_PASSWORD], ids=["key", "password"])
def test_nothing_is_lost_that_the_disk_did_not_say_it_has(
    in_memory: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    whole = Box(in_memory / "whole")
    whole.put(settings=text)

    for at in range(changes(whole)):
        box = Box(in_memory / str(at))
        box.put(settings=text)
        with monkeypatch.context() as patch:
            disk = UnkindDisk(box.folder, patch)
            cut(box, at)
        disk.lose()
        box.start()

        assert_whole(box, text)


def test_newer_settings_lose_nothing_either(
    in_memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = at_its_post(in_memory / "whole")
    whole.put(counter=4, settings=NEWER)

    for at in range(changes(whole)):
        box = at_its_post(in_memory / str(at))
        told = box.told()
        box.put(counter=4, settings=NEWER)
        with monkeypatch.context() as patch:
            disk = UnkindDisk(box.folder, patch)
            cut(box, at)
        disk.lose()
        box.start()

        assert_whole(box, NEWER, 4)
        assert box.told() == told, "the same keys"


def test_a_start_that_finishes_another_may_be_interrupted_too(in_memory: Path) -> None:
    for at in range(8, 60, 10):
        for again in range(0, 40, 7):
            box = Box(in_memory / f"{at}-{again}")
            box.put()
            cut(box, at)
            try:
                with POWER.fails(box.folder, again):
                    box.start()
            except PowerCutError:
                pass
            box.start()

            assert_whole(box)


def test_newer_settings_are_in_force_whole_or_not_at_all(in_memory: Path) -> None:
    whole = at_its_post(in_memory / "whole", certified=True)
    whole.put(counter=4, settings=NEWER)
    steps = changes(whole)
    assert_whole(whole, NEWER, 4)

    for at in range(steps):
        box = at_its_post(in_memory / str(at))
        own = box.own / "settings"
        key = (own / "secrets" / "device.key").read_bytes()
        box.put(counter=4, settings=NEWER)
        cut(box, at)

        assert (own / "tallypost.toml").read_text() in {SETTINGS, NEWER}, at
        assert (own / "site.toml").read_text() == SITE
        assert public(own / "files" / "device.crt") == public(
            own / "secrets/device.key"
        )
        box.start()
        assert_whole(box, NEWER, 4)
        assert (own / "secrets" / "device.key").read_bytes() == key, at


@pytest.mark.parametrize("disk", [full, read_only], ids=["full", "read-only"])
def test_a_disk_that_refuses_is_told_in_words_and_nothing_is_half_taken(
    in_memory: Path, disk: type[OSError]
) -> None:
    for at in range(1, 70, 3):
        box = Box(in_memory / str(at))
        box.put()
        with POWER.fails(box.folder, at, disk()):
            outcomes = box.start()

        assert outcomes[0].verdict in {
            *(Verdict.REFUSED_DISK, Verdict.REFUSED_BOOT, Verdict.TAKEN)
        }
        assert (box.card / "bundle.json").exists() or box.state(), at
        box.start()
        assert_whole(box)


def test_a_card_that_cannot_be_written_to_gives_nothing_to_the_device(
    in_memory: Path,
) -> None:
    box = Box(in_memory)
    box.put()
    with POWER.fails(box.boot, 0, read_only()):
        outcomes = box.start()

    assert [each.verdict for each in outcomes] == [Verdict.REFUSED_BOOT]
    assert "Read-only file system" in outcomes[0].faults[0]
    assert not box.own.exists()


def test_a_certificate_is_taken_once_however_often_it_is_interrupted(
    in_memory: Path,
) -> None:
    for at in range(12):
        box = at_its_post(in_memory / str(at))
        chain = CITY.sign(box.told()["request"])
        (box.card / "certificate.pem").write_text(chain)
        try:
            with POWER.fails(box.folder, at):
                box.start()
        except PowerCutError:
            box.start()
        own = box.own / "settings"

        assert public(own / "files" / "device.crt") == public(
            own / "secrets/device.key"
        )
        shown = x509.load_pem_x509_certificate(
            (own / "files" / "device.crt").read_bytes()
        )
        assert "city" in shown.issuer.rfc4514_string(), at
        assert not (box.card / "certificate.pem").exists()

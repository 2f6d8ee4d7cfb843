"""Bundles come onto cards, into images and into folders, as they were signed."""

import base64
import json
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tallypost.domain.bundle import Bundle
from tallypost.settings.reading import read_device_settings
from tallypost.telemetry.codec.signed import public_key_of
from tallypost_provisioning.bundles import read_bundle
from tests.provisioning.town import Town, openssl

SECTOR = 512
MIB = 2**20
needs_mtools = pytest.mark.skipif(
    shutil.which("mcopy") is None, reason="needs mtools; apt install mtools"
)


DEVICES = 1
"""The city has one."""


@pytest.fixture
def device() -> str:
    return "tp-0001"


def bundle_on(town: Town, raw: bytes | None = None) -> Bundle:
    operator = public_key_of((town.card / "trust.pem").read_bytes())
    assert operator == public_key_of((town.folder / "operator.pub").read_bytes())
    assert operator is not None
    return read_bundle(raw or (town.card / "bundle.json").read_bytes(), operator)


def test_a_card_holds_what_makes_a_device_of_a_machine(town: Town, device: str) -> None:
    said = town.must("write", device, "--boot", town.boot)

    bundle, secrets = bundle_on(town), town.secrets(device)
    assert (bundle.device, bundle.serial) == (device, None)
    assert bundle.secrets == {
        "mqtt-password": secrets["mqtt_password"],
        "app-key": secrets["app_key"],
    }
    assert bundle.files["ca.pem"] == (town.folder / "ca.pem").read_text()
    assert bundle.panel.hotspot is not None
    assert bundle.panel.hotspot.passphrase == secrets["panel_code"]
    assert sorted(path.name for path in town.card.iterdir()) == [
        "bundle.json",
        "trust.pem",
    ]
    assert town.known(device)["state"] == "written"
    assert not any(secret in said for secret in bundle.secrets.values())


def test_a_device_can_read_its_settings_as_they_are_written(
    town: Town, device: str
) -> None:
    town.must("write", device, "--boot", town.boot)
    settings = town.boot / "tallypost.toml"
    settings.write_text(bundle_on(town).settings)

    assert read_device_settings(settings).device == device


def test_every_bundle_counts_on(town: Town, device: str) -> None:
    before = 0
    for _ in range(2):
        town.must("write", device, "--boot", town.boot)

        assert bundle_on(town).counter == town.known(device)["counter"] > before
        before = bundle_on(town).counter


def test_openssl_verifies_a_bundle(town: Town, device: str, tmp_path: Path) -> None:
    town.must("write", device, "--boot", town.boot)
    envelope = json.loads((town.card / "bundle.json").read_bytes())
    signed, signature = tmp_path / "signed", tmp_path / "signature"
    signed.write_text(f"{envelope['protected']}.{envelope['payload']}")
    told = envelope["signature"].replace("-", "+").replace("_", "/") + "=="
    signature.write_bytes(base64.b64decode(told))

    words = ("-pubin", "-inkey", town.card / "trust.pem", "-rawin", "-in", signed)
    checked = openssl("pkeyutl", "-verify", *words, "-sigfile", signature)

    assert checked.returncode == 0, checked.stderr


def test_what_lies_in_files_goes_along(town: Town, device: str) -> None:
    (town.folder / "files" / "city-ca.pem").write_text("another authority\n")

    town.must("write", device, "--boot", town.boot)

    assert bundle_on(town).files["city-ca.pem"] == "another authority\n"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("Key File", "x", "no device can be given a file of that name"),
        ("key.pem", "-----BEGIN PRIVATE KEY-----", "holds a private key"),
        ("large.txt", "x" * 195_000, "are above the"),
    ],
    ids=["a name of another system", "a private key", "too much"],
)
def test_what_no_device_may_have_does_not_go_along(
    town: Town, device: str, name: str, text: str, wanted: str
) -> None:
    (town.folder / "files" / name).write_text(text)

    assert wanted in town.refused("write", device, "--boot", town.boot)
    assert not town.card.exists()


def fleet_toml(town: Town, text: str) -> None:
    (town.folder / "fleet.toml").write_text(text)


def test_all_faults_of_the_template_come_before_a_card_is_touched(
    town: Town, device: str
) -> None:
    fleet_toml(
        town,
        'device = "{device}"\ninterval_s = 7\n[uplink]\nkind = "mqtt"\n'
        'host = "mqtt://b"\nusername = "{mqtt_username}"\n'
        'password_file = "secrets/password"\n',
    )

    said = town.refused("write", device, "--boot", town.boot)

    for wanted in (
        "interval_s: 7 does not divide a day",
        "uplink.host: is an address",
        "uplink.password_file: secrets/password is not in the bundle; there are",
    ):
        assert wanted in said
    assert town.refused("settings", "check")
    assert not town.card.exists()
    assert town.known(device)["counter"] == 0


TEMPLATES = {
    "a stranger": ('device = "{devise}"', "{devise}: stands for nothing"),
    "another's name": ('device = "tp-1"', "device: names another device"),
    "no quotation marks": ("device = {device}", "is no TOML"),
    "single ones": ("device = '{place}'", "a placeholder stands where"),
    "nothing": ("", "is empty"),
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_cannot_be_filled_is_refused(
    town: Town, device: str, name: str
) -> None:
    text, wanted = TEMPLATES[name]
    fleet_toml(town, text)

    assert wanted in town.refused("settings", "check")
    assert wanted in town.refused("write", device, "--boot", town.boot)


def test_a_hostile_place_breaks_out_of_no_setting(town: Town) -> None:
    place = '"\\ninterval_s = 1 # {device}'
    device = town.must("new", "--place", place).strip()
    fleet_toml(town, 'device = "{device}"\n[host]\ncontroller = "{place}"\n')

    town.must("write", device, "--boot", town.boot)
    settings = town.boot / "tallypost.toml"
    settings.write_text(bundle_on(town).settings)

    read = read_device_settings(settings)
    assert read.host.controller == place
    assert read.interval_s == 60


def test_faults_that_many_share_are_told_once(town: Town) -> None:
    for _ in range(2):
        town.must("new")
    fleet_toml(town, 'device = "{device}"\ninterval_s = 7\n')

    said = town.refused("settings", "check")

    assert "for tp-0001, tp-0002, tp-0003" in said
    assert said.count("interval_s") == 1


def test_another_devices_card_is_left_alone(town: Town, device: str) -> None:
    other = town.must("new").strip()
    town.must("write", device, "--boot", town.boot)
    before = (town.card / "bundle.json").read_bytes()

    said = town.refused("write", other, "--boot", town.boot)

    assert f"this card is that of {device}" in said
    assert (town.card / "bundle.json").read_bytes() == before
    town.must("write", other, "--boot", town.boot, "--replace")
    assert bundle_on(town).device == other


def test_what_was_said_of_an_earlier_bundle_is_removed(town: Town, device: str) -> None:
    other = town.must("new").strip()
    town.must("write", device, "--boot", town.boot)
    for name in ("RESULT.txt", "certificate.pem"):
        (town.card / name).write_text("of the one before")

    town.must("write", device, "--boot", town.boot)
    assert not (town.card / "RESULT.txt").exists()
    assert (town.card / "certificate.pem").exists()
    town.must("write", other, "--boot", town.boot, "--replace")
    assert not (town.card / "certificate.pem").exists()


def test_a_key_that_a_device_makes_need_not_be_in_its_bundle(
    town: Town, device: str
) -> None:
    template = town.folder / "fleet.toml"
    template.write_text(
        template.read_text().replace("# cert", "cert").replace("# key_", "key_")
    )

    town.must("write", device, "--boot", town.boot)

    settings = bundle_on(town).settings
    assert 'certificate_file = "files/device.pem"\nkey_file' in settings


def test_a_bundle_can_be_for_one_machine_alone(town: Town, device: str) -> None:
    words = ("write", device, "--boot", town.boot, "--serial")

    for serial, wanted in (
        ("10000000ABCDEF01", "10000000abcdef01"),  # as machines tell it
        ("any", None),
    ):
        town.must(*words, serial)
        assert bundle_on(town).serial == wanted
    assert "write up to 64 letters" in town.refused(*words, "a b")


@pytest.mark.parametrize("name", ["ca.pem", "operator-1.pub"])
def test_no_file_stands_in_for_the_citys_own(
    town: Town, device: str, name: str
) -> None:
    (town.folder / "files" / name).write_text("of another city")

    assert f"{name}: every device is given the city's own" in town.refused(
        "write", device, "--boot", town.boot
    )


def test_an_operators_key_that_is_anothers_signs_nothing(
    town: Town, device: str
) -> None:
    public = Ed25519PrivateKey.generate().public_key()
    (town.folder / "operator.pub").write_bytes(
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )

    said = town.refused("write", device, "--boot", town.boot)

    assert "is not the public half of the operator's key" in said
    assert not town.card.exists()


def test_an_inventory_that_was_put_back_makes_bundles_that_are_taken(
    town: Town, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = town.folder.parent / "kept.db"
    shutil.copy(town.folder / "inventory.db", kept)
    for _ in range(3):
        town.must("write", device, "--boot", town.boot)
    taken = bundle_on(town)
    shutil.copy(kept, town.folder / "inventory.db")
    later_s = taken.issued_utc_s + 60
    monkeypatch.setattr("tallypost_provisioning.commands.write.utc_s", lambda: later_s)

    town.must("write", device, "--boot", town.boot)

    assert bundle_on(town).counter > taken.counter


def test_where_no_card_is_is_said(town: Town, device: str) -> None:
    nowhere = town.boot / "nowhere"

    assert "is no folder" in town.refused("write", device, "--boot", nowhere)
    assert "name DEVICE" in town.refused("write", device)


def test_a_whole_fleet_is_written_and_what_is_there_is_left(town: Town) -> None:
    out = town.folder.parent / "bundles"
    for _ in range(2):
        town.must("new")
    town.must("write", "--all", "--out", out)
    (out / "tp-0002" / "tallypost" / "bundle.json").unlink()

    before = [town.known(f"tp-000{number}")["counter"] for number in (1, 2, 3)]
    said = town.must("write", "--all", "--out", out)

    assert "1 bundles written" in said
    assert "2 were there" in said
    after = [town.known(f"tp-000{number}")["counter"] for number in (1, 2, 3)]
    assert [new > old for old, new in zip(before, after, strict=True)] == [
        *(False, True, False)
    ]
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.rglob("*"))


def fat(path: Path, label: str = "bootfs", size: int = 4 * MIB) -> Path:
    path.write_bytes(bytes(size))
    subprocess.run(["mformat", "-i", path, "-v", label, "::"], check=True)
    return path


def with_mbr(path: Path, *parts: tuple[int, Path]) -> Path:
    """Make an image of a card of parts, each of a kind."""
    head, body, first = bytearray(SECTOR * 64), b"", 64
    for number, (kind, part) in enumerate(parts):
        raw = part.read_bytes()
        entry = struct.pack("<B3xB3xII", 0, kind, first, len(raw) // SECTOR)
        start = 446 + 16 * number
        head[start : start + 16] = entry
        body += raw
        first += len(raw) // SECTOR
    head[510:512] = b"\x55\xaa"
    path.write_bytes(head + body)
    return path


def with_gpt(path: Path, part: Path) -> Path:
    """Make an image of a card of one part, listed as UEFI does."""
    raw, first = part.read_bytes(), 64
    last = first + len(raw) // SECTOR - 1
    entry = struct.pack("<16s16sQQQ72s", b"k" * 16, b"u" * 16, first, last, 0, b"")
    table = entry.ljust(128 * 128, b"\0")
    fields: list[Any] = [
        *(b"EFI PART", 0x10000, 92, 0, 0, 1, 0, first, last, b"d" * 16),
        *(2, 128, 128, zlib.crc32(table)),
    ]
    kind = "<8sIIIIQQQQ16sQIII"
    fields[3] = zlib.crc32(struct.pack(kind, *fields))
    header = struct.pack(kind, *fields).ljust(SECTOR, b"\0")
    protective = bytearray(SECTOR)
    protective[446:462] = struct.pack("<B3xB3xII", 0, 0xEE, 1, last)
    protective[510:512] = b"\x55\xaa"
    path.write_bytes((protective + header + table).ljust(first * SECTOR, b"\0") + raw)
    return path


def read_from(image: Path, sectors: int, name: str) -> bytes:
    drive = f"{image}@@{sectors * SECTOR}"
    return subprocess.run(
        ["mtype", "-i", drive, f"::/tallypost/{name}"], capture_output=True, check=True
    ).stdout


@needs_mtools
@pytest.mark.parametrize("kind", ["MBR", "GPT", "bare"])
def test_a_bundle_comes_into_an_image_that_nobody_mounts(
    town: Town, device: str, kind: str
) -> None:
    part, image = fat(town.boot / "part.img"), town.boot / "card.img"
    other = town.boot / "other.img"
    other.write_bytes(b"\1" * MIB)
    if kind == "MBR":
        with_mbr(image, (0x0C, part), (0x83, other))
    elif kind == "GPT":
        with_gpt(image, part)
    else:
        image = part
    sectors = 0 if kind == "bare" else 64
    size = image.stat().st_size

    for _ in range(2):
        town.must("write", device, "--image", image)
        raw = read_from(image, sectors, "bundle.json")
        town.card.mkdir(exist_ok=True)
        (town.card / "trust.pem").write_bytes(read_from(image, sectors, "trust.pem"))
        assert bundle_on(town, raw).counter == town.known(device)["counter"]
    assert image.stat().st_size == size
    if kind == "MBR":
        assert image.read_bytes()[-MIB:] == b"\1" * MIB


@needs_mtools
def test_the_partition_that_a_device_boots_from_is_found_by_its_name(
    town: Town, device: str
) -> None:
    data = fat(town.boot / "data.img", "DATA")
    boot = fat(town.boot / "boot.img", "bootfs")
    image = with_mbr(town.boot / "card.img", (0x0C, data), (0x0C, boot))

    town.must("write", device, "--image", image)
    assert read_from(image, 64 + 4 * MIB // SECTOR, "bundle.json")
    town.must("write", device, "--image", image, "--label", "data")
    assert read_from(image, 64, "bundle.json")
    said = town.refused("write", device, "--image", image, "--label", "nothing")
    assert "there are: DATA, BOOTFS" in said


@needs_mtools
def test_an_image_of_another_device_is_left_alone(town: Town, device: str) -> None:
    image, other = fat(town.boot / "card.img"), town.must("new").strip()
    town.must("write", device, "--image", image)

    said = town.refused("write", other, "--image", image)

    assert f"this card is that of {device}" in said


@needs_mtools
def test_an_image_without_room_is_left_as_it_is(town: Town, device: str) -> None:
    image, filling = fat(town.boot / "card.img", size=MIB), town.boot / "filling"
    listing = subprocess.run(["mdir", "-i", image], capture_output=True, check=True)
    free = re.findall(r"([\d ]+) bytes free", listing.stdout.decode("ascii", "replace"))
    filling.write_bytes(bytes(int(free[0].replace(" ", "")) - 2048))
    subprocess.run(["mcopy", "-i", image, filling, "::/"], check=True)

    said = town.refused("write", device, "--image", image)

    assert "bytes free" in said
    assert "make room on its boot partition" in said


def far_listed(path: Path) -> bytes:
    """Return a card whose list of partitions is said to lie beyond all disks."""
    raw = bytearray(path.read_bytes())
    head = raw[SECTOR : SECTOR + 92]
    head[72:80], head[16:20] = struct.pack("<Q", 2**63), bytes(4)
    head[16:20] = struct.pack("<I", zlib.crc32(head))
    raw[SECTOR : SECTOR + 92] = head
    return bytes(raw)


def damaged(path: Path, kind: str) -> Path:
    whole = fat(path / "whole.img")
    card = with_mbr(path / "card.img", (0x0C, whole))
    raw = bytearray(card.read_bytes())
    listed = bytearray(with_gpt(path / "gpt.img", whole).read_bytes())
    listed[2 * SECTOR] ^= 1
    kinds = {
        "nothing": b"",
        "a text": b"hello\n" * 100,
        "packed": b"\xfd7zXZ\0" + bytes(1000),
        "cut short": bytes(raw[: 64 * SECTOR + MIB]),
        "no FAT": bytes(raw[: 64 * SECTOR]) + bytes(4 * MIB),
        "a damaged list": bytes(listed),
        "a list far away": far_listed(path / "gpt.img"),
    }
    card.write_bytes(kinds[kind])
    return card


@needs_mtools
@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("nothing", "is no image of a card"),
        ("a text", "is no image of a card"),
        ("packed", "is packed (xz); unpack it first"),
        ("cut short", "before its partition that ends at"),
        ("no FAT", "has no FAT partition"),
        ("a damaged list", "has a damaged list of partitions"),
        ("a list far away", "has a damaged partition table"),
    ],
)
def test_what_is_no_image_of_a_card_is_refused(
    town: Town, device: str, kind: str, wanted: str
) -> None:
    image = damaged(town.boot, kind)
    before = image.read_bytes()

    assert wanted in town.refused("write", device, "--image", image)
    assert image.read_bytes() == before


def test_mtools_that_are_missing_are_asked_for(
    town: Town, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    said = town.refused("write", device, "--image", town.boot / "card.img")

    assert "apt install mtools" in said

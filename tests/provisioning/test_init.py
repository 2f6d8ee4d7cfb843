"""A city of one's own: its keys, where they are, and who can use them."""

import json
from pathlib import Path

import pytest

from tallypost_backend.keys import read_private_key
from tallypost_provisioning.city import City
from tests.provisioning.town import (
    PASSPHRASE,
    TOWN,
    Town,
    openssl,
    run,
    secret_file,
    told,
)


def test_a_city_can_be_read_by_its_owner_alone(town: Town) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in town.folder.iterdir()}

    for name in ("ca.key", "operator.key", "inventory.db"):
        assert modes[name] == 0o600
    assert town.folder.stat().st_mode & 0o077 == 0


def test_openssl_opens_its_keys_by_the_passphrase_and_by_no_other(town: Town) -> None:
    for name in ("ca.key", "operator.key"):
        key = town.folder / name

        good = openssl("pkey", "-in", key, "-passin", f"pass:{PASSPHRASE}", "-noout")
        bad = openssl("pkey", "-in", key, "-passin", "pass:guess", "-noout")

        assert good.returncode == 0, good.stderr
        assert bad.returncode != 0
        assert "scrypt" in openssl("asn1parse", "-in", key).stdout


def test_the_operator_of_a_city_signs_commands_too(town: Town) -> None:
    key = read_private_key(town.folder / "operator.key", PASSPHRASE)
    city = City(town.folder, lambda: PASSPHRASE, str)

    assert key.public_key().public_bytes_raw() == city.operator


def test_openssl_believes_the_authority_and_its_list(town: Town) -> None:
    authority, revoked = town.folder / "ca.pem", town.folder / "crl.pem"

    checked = openssl("verify", "-x509_strict", "-CAfile", authority, authority)
    listed = openssl("crl", "-in", revoked, "-CAfile", authority, "-noout", "-text")

    assert checked.returncode == 0, checked.stderr
    assert "verify OK" in listed.stderr
    assert f"Issuer: CN = {TOWN}" in listed.stdout
    assert "No Revoked Certificates" in listed.stdout


def test_a_passphrase_is_asked_for_twice_and_never_shown(tmp_path: Path) -> None:
    differ = run("init", tmp_path / "a", input="one-passphrase\nanother\n" * 3)
    made = run("init", tmp_path / "b", input=f"{PASSPHRASE}\n{PASSPHRASE}\n")

    assert differ.exit_code != 0
    assert made.exit_code == 0, told(made)
    assert list(tmp_path.iterdir()) == [tmp_path / "b"]
    for result in (differ, made):
        assert PASSPHRASE not in result.output
        assert "one-passphrase" not in result.output


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    short = secret_file(tmp_path / "short", "secret")

    result = run("init", tmp_path / "c", "--passphrase-file", short)

    assert result.exit_code == 2
    assert "take 10 or more" in result.output
    assert not (tmp_path / "c").exists()


def test_a_city_is_not_made_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = secret_file(tmp_path / "passphrase")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert "is where you stand" in told(run("init", ".", "--passphrase-file", file))


def test_a_city_is_never_made_over_another(town: Town) -> None:
    before = (town.folder / "ca.key").read_bytes()

    result = run("init", town.folder, "--passphrase-file", town.passphrase)

    assert "is there already" in told(result)
    assert (town.folder / "ca.key").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("--eui-prefix", "70B3"), "6 to 9 hexadecimal digits"),
        (("--join-eui", "nobody"), "write 16 hexadecimal digits"),
        (("--name", "x" * 65), "write 1 to 64 letters"),
        (("--pkcs11", "/lib/x.so"), "--pkcs11 and --token go together"),
    ],
    ids=["a short prefix", "no EUI", "a name without end", "a token without a name"],
)
def test_what_a_city_cannot_be_is_said(
    tmp_path: Path, words: tuple[str, ...], wanted: str
) -> None:
    file = secret_file(tmp_path / "passphrase")

    result = run("init", tmp_path / "c", *words, "--passphrase-file", file)

    assert result.exit_code == 2
    assert wanted in " ".join(result.output.split())
    assert not (tmp_path / "c").exists()


def test_a_folder_that_is_no_citys_is_named(tmp_path: Path) -> None:
    result = run("list", "--city", tmp_path)

    assert "is no city's folder" in told(result)


def test_a_citys_own_words_may_be_damaged(town: Town) -> None:
    (town.folder / "city.json").write_text('{"schema": "tallypost.city/1"}')

    assert "name: is missing; put back a copy of it" in town.refused("list")


def test_the_citys_broker_is_believed_by_its_devices(town: Town) -> None:
    out = town.folder.parent / "broker"
    town.must("broker", "broker.example.org", "192.0.2.7", "--out", out)

    words = ("-purpose", "sslserver", "-CAfile", town.folder / "ca.pem")
    for check in (
        ("-verify_hostname", "broker.example.org"),
        ("-verify_ip", "192.0.2.7"),
    ):
        checked = openssl("verify", *words, *check, out / "broker.pem")
        assert checked.returncode == 0, checked.stderr
    other = openssl(
        "verify", *words, "-verify_hostname", "x.example", out / "broker.pem"
    )
    assert other.returncode != 0
    assert (out / "broker.key").stat().st_mode & 0o777 == 0o600


def test_what_a_city_says_of_itself_is_kept(town: Town) -> None:
    said = json.loads((town.folder / "city.json").read_text())

    assert said["name"] == TOWN
    assert len(said["join_eui"]) == 16

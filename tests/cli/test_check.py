"""`tallypost check` tells everything at once, and ends with what scripts rely on."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallypost.cli import schema
from tallypost.cli.check import command
from tallypost.cli.verdict import DEVICE, MODEL, SITE, kind_of
from tallypost.documents.schema import SCHEMAS
from tallypost_backend.keys import new_key
from tests.servers.certificates import Authority

LINE = '[[lines]]\nname = "gate"\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n'
ZONE = '[[zones]]\nname = "here"\npolygon = [[0, 0], [1, 0], [0, 1]]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that the command runs in, with a good site and device."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site.toml").write_text(LINE + LINE.replace("gate", "road") + ZONE)
    (tmp_path / "tallypost.toml").write_text("interval_s = 30\n")
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def objects(result: Result) -> Sequence[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_good_site_is_told_in_one_line(folder: Path) -> None:
    del folder
    result = check("site.toml")

    assert result.stdout == "site.toml: good: 2 lines, 1 zone\n"
    assert result.exit_code == 0


def test_a_good_device_brings_its_site_along(folder: Path) -> None:
    result = check("tallypost.toml")

    assert result.stdout.splitlines()[0] == (
        "tallypost.toml: good: a record every 30 s, camera libcamera, uplink none"
    )
    assert f"{folder / 'site.toml'}: good: 2 lines, 1 zone" in result.stdout
    assert result.exit_code == 0


def test_every_fault_of_every_file_comes_in_one_answer(folder: Path) -> None:
    (folder / "site.toml").write_text(LINE.replace("1.0", "0.0") + "x = 1\n")
    (folder / "tallypost.toml").write_text("intervall_s = 30\n")

    result = check("site.toml", "tallypost.toml")

    assert result.stdout == (
        "tallypost: site.toml: 2 settings cannot be accepted\n"
        "  lines[0].x: is not known here; take it out, or use one of name, start, end, "
        "classes, anchor, riders, headways, modal_split\n"
        "  lines[0].end: is the same point as start; a line needs two\n"
        "  (taken for: site)\n"
        "tallypost: tallypost.toml: 1 setting cannot be accepted\n"
        "  intervall_s: is not known here; did you mean `interval_s`?\n"
        "  (taken for: device settings)\n"
    )
    assert result.exit_code == 2


def test_a_fault_in_the_site_of_a_good_device_is_a_fault(folder: Path) -> None:
    (folder / "site.toml").unlink()

    result = check("tallypost.toml")

    assert f"tallypost: {folder / 'site.toml'}: 1 setting cannot be" in result.stdout
    assert "No such file" in result.stdout
    assert result.exit_code == 2


def test_a_file_named_twice_is_told_once(folder: Path) -> None:
    result = check("site.toml", "tallypost.toml", str(folder / "site.toml"))

    assert [each["file"] for each in objects(check("site.toml", "--json"))] == [
        "site.toml"
    ]
    assert len(result.stdout.splitlines()) == 2 + result.stdout.count("note: ")


def test_as_json_each_file_is_one_object(folder: Path) -> None:
    (folder / "tallypost.toml").write_text("interval_s = 7\n")

    result = check("--json", "site.toml", "tallypost.toml")

    site, device = objects(result)
    assert site == {
        "file": "site.toml",
        "kind": "site",
        "good": True,
        "faults": [],
        "summary": "2 lines, 1 zone",
        "notes": [],
    }
    assert device["good"] is False
    assert device["kind"] == "device settings"
    assert str(device["faults"]).startswith("['interval_s: 7 does not divide")
    assert result.exit_code == 2


def test_a_secret_that_everybody_may_read_is_a_fault(folder: Path) -> None:
    (folder / "secret").write_text("hunter2")
    (folder / "secret").chmod(0o644)
    (folder / "tallypost.toml").write_text(
        '[uplink]\nkind = "mqtt"\nhost = "a"\n'
        'username = "u"\npassword_file = "secret"\n'
    )

    result = check("tallypost.toml")

    assert "uplink.password_file: " in result.stdout
    assert "is open to everybody on this machine; chmod 600" in result.stdout
    assert "hunter2" not in result.stdout
    assert result.exit_code == 2


def test_what_this_machine_does_not_have_is_no_fault_of_the_file(folder: Path) -> None:
    """Settings are written on one machine and used on another."""
    (folder / "tallypost.toml").write_text(
        '[uplink]\nkind = "mqtt"\nhost = "a"\nca_file = "ca.crt"\n'
    )

    result = check("tallypost.toml")

    assert (
        f"  note: uplink.ca_file: {folder / 'ca.crt'} is not on this machine\n"
        in result.stdout
    )
    assert result.exit_code == 0


MANIFEST = """
schema = 1
name = "own"
title = "A model of our own"
licence = "Apache-2.0"
family = "yolox"
file = "own.tflite"
sha256 = "{sha256}"
bytes = 7
labels = ["person", "lorry"]
[input]
width = 320
height = 320
type = "uint8"
[classes]
person = "person"
lorry = "truck"
"""


@pytest.mark.parametrize(
    ("days", "code", "said"),
    [
        ((-1, 200), 0, "good"),
        ((-1, 12), 0, "/device.pem expires in 12 days; renew it"),
        (
            (-9, -2),
            2,
            "/device.pem expired 2 days ago; renew it",
        ),
        (None, 2, "/device.pem: holds no certificate in PEM"),
    ],
    ids=["good", "soon", "expired", "none"],
)
def test_a_certificate_is_told_of_before_it_expires(
    days: tuple[int, int] | None, code: int, said: str, folder: Path
) -> None:
    if days is None:
        (folder / "device.pem").write_text("hello")
        (folder / "device.key").write_text("hello")
    else:
        Authority(folder, "the-city").issue("device", days=days)
    (folder / "tallypost.toml").write_text(
        '[uplink]\nkind = "mqtt"\nhost = "broker"\n'
        'certificate_file = "device.pem"\nkey_file = "device.key"\n'
    )
    result = check("tallypost.toml")
    assert result.exit_code == code
    assert said in result.stdout


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("me.pub", 0, "good: a record every"),
        ("nobody.pub", 0, "note: remote.operator_keys[0]: {}/nobody.pub is not on"),
        ("me", 2, "remote.operator_keys[0]: {}/me holds a private key, which belongs"),
        ("hello", 2, "remote.operator_keys[0]: {}/hello holds no public key"),
        (".", 2, "remote.operator_keys[0]: {} cannot be read"),
    ],
)
def test_an_operators_key_is_judged_before_a_device_has_to(
    folder: Path, name: str, code: int, said: str
) -> None:
    new_key(folder / "me", "")
    (folder / "hello").write_text("hello")
    (folder / "tallypost.toml").write_text(f'[remote]\noperator_keys = ["{name}"]\n')

    result = check("tallypost.toml")

    assert said.format(folder) in result.stdout
    assert result.exit_code == code


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("ca.pem", "one.pem", "two.key"), "one.pem: certificate and key do not fit"),
        (("one.key", "one.pem", "one.key"), "one.key: holds no certificates in PEM"),
        (("ca.pem", "one.pem", "one.key"), ""),
    ],
    ids=["no pair", "no authority", "good"],
)
def test_files_of_tls_that_do_not_go_together_are_a_fault(
    folder: Path, files: tuple[str, str, str], said: str
) -> None:
    authority = Authority(folder, "ca")
    for name in ("one", "two"):
        authority.issue(name, days=(-1, 200))
    keys = ("ca_file", "certificate_file", "key_file")
    told = "".join(f'{key} = "{file}"\n' for key, file in zip(keys, files, strict=True))
    (folder / "tallypost.toml").write_text(
        f'[uplink]\nkind = "mqtt"\nhost = "broker"\n{told}'
    )

    result = check("tallypost.toml")

    assert said in result.stdout
    assert result.exit_code == (2 if said else 0)


@pytest.fixture
def model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a model that tells persons and trucks."""
    monkeypatch.setenv("TALLYPOST_MODELS", str(folder / "models"))
    own = folder / "models" / "own"
    own.mkdir(parents=True)
    (own / "own.tflite").write_bytes(b"weights")
    sha256 = hashlib.sha256(b"weights").hexdigest()
    (own / "manifest.toml").write_text(MANIFEST.format(sha256=sha256))
    return own


def test_a_manifest_is_told_with_what_its_model_tells(model: Path) -> None:
    path = model / "manifest.toml"

    good = check(str(path))
    path.write_text(path.read_text().replace("width = 320", "width = 3.5"))
    bad = check(str(path))

    assert good.stdout == f"{path}: good: own, tells person, truck\n"
    assert bad.stdout == (
        f"tallypost: {path}: 1 setting cannot be accepted\n"
        "  input.width: 3.5 cannot be used here; write a whole number\n"
        "  (taken for: model manifest)\n"
    )


@pytest.mark.usefixtures("model")
def test_a_class_that_the_model_does_not_tell_is_a_fault_of_the_site(
    folder: Path,
) -> None:
    (folder / "tallypost.toml").write_text('[detector]\nmodel = "own"\n')
    (folder / "site.toml").write_text(
        LINE + 'classes = ["truck", "tram"]\n' + ZONE + 'classes = ["person"]\n'
    )

    alone, beside = check("site.toml"), check("site.toml", "tallypost.toml")

    assert alone.exit_code == 0
    assert beside.exit_code == 2
    assert beside.stdout == (
        "tallypost: site.toml: 1 setting cannot be accepted\n"
        '  lines[0].classes: "tram" is nothing that the model tells; it tells person, '
        "truck\n"
        "  (taken for: site)\n"
        "tallypost.toml: good: a record every 60 s, camera libcamera, uplink none\n"
    )


@pytest.mark.usefixtures("model")
def test_a_model_that_is_not_at_hand_is_noted(folder: Path) -> None:
    (folder / "tallypost.toml").write_text('[detector]\nmodel = "another"\n')

    result = check("tallypost.toml")

    assert "  note: detector.model: another: no model is called so" in result.stdout
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("name", "keys", "kind"),
    [
        pytest.param("a.toml", ["lines"], SITE, id="lines"),
        pytest.param("a.toml", ["camera", "site"], DEVICE, id="camera"),
        pytest.param("site.toml", ["uplink"], DEVICE, id="keys before names"),
        pytest.param("old-site.toml", [], SITE, id="empty, called a site"),
        pytest.param("a.toml", ["x"], DEVICE, id="nothing known"),
        pytest.param("a.toml", ["sha256", "schema"], MODEL, id="a hash"),
        pytest.param("manifest.toml", [], MODEL, id="empty, called a manifest"),
    ],
)
def test_a_file_is_taken_for_what_its_keys_say(
    name: str, keys: list[str], kind: str
) -> None:
    assert kind_of(Path(name), dict.fromkeys(keys)) == kind


def test_no_file_is_a_question_of_use() -> None:
    assert check().exit_code == 2
    assert "FILES" in check("--help").stdout


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_a_schema_is_printed_whole(name: str) -> None:
    result = CliRunner().invoke(schema.command, [name])

    assert json.loads(result.stdout) == SCHEMAS[name][1]()
    assert result.exit_code == 0


@pytest.mark.parametrize("table", ["uplink", "fallback_uplink"])
def test_a_radios_key_is_judged_before_a_device_has_to(
    folder: Path, table: str
) -> None:
    mqtt = '[uplink]\nkind = "mqtt"\nhost = "broker.example.org"\n'
    (folder / "tallypost.toml").write_text(
        (mqtt if table == "fallback_uplink" else "")
        + f'[{table}]\nkind = "lorawan"\nregion = "eu868"\n'
        'join_eui = "0000000000000000"\napp_key_file = "app.key"\n'
    )
    key = folder / "app.key"
    key.write_text("00112233\n")
    key.chmod(0o600)
    result = check("tallypost.toml")

    assert result.exit_code == 2
    assert f"{table}.app_key_file: " in result.stdout
    assert "holds 8 hexadecimal digits" in result.stdout

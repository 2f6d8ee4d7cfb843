"""`tallypost-provision label` and `export`, as a person at the workstation has them."""

import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallypost_provisioning.city import About, City
from tallypost_provisioning.cli import group
from tallypost_provisioning.founding import Plan, found
from tallypost_provisioning.inventory.words import State
from tests.provisioning.devices import identity

PASSPHRASE = "a passphrase of this test"
SECRETS = ("00112233445566778899AABBCCDDEEFF", "password of", "7KQ2M")
Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workstation") / "city"
    about = About(name="City of Example", join_eui="0" * 16)
    plan = Plan(
        about=about,
        passphrase=PASSPHRASE,
        pin=lambda: "",
        template="",
        utc_s=1_795_000_000.0,
    )
    found(folder, plan)
    with closing(City(folder, lambda: PASSPHRASE, lambda: "")) as opened:
        opened.inventory.add(
            identity(name, dev_eui=f"70B3D57ED000000{number}", state=state)
            for number, (name, state) in enumerate(
                {
                    "tp-0001": State.ENROLLED,
                    "tp-0002": State.REVOKED,
                    "tp-0003": State.NEW,
                }.items()
            )
        )
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "passphrase").chmod(0o600)
    return folder


@pytest.fixture
def ask(city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def asked(*words: str, secrets: bool = True) -> Result:
        opening = ["--passphrase-file", str(city / "passphrase")] if secrets else []
        told = [*words, "--city", str(city), *opening]
        return CliRunner().invoke(group, told, catch_exceptions=True)

    return asked


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_labels_of_the_whole_fleet_leave_out_and_name_who_was_revoked(
    ask: Ask, tmp_path: Path
) -> None:
    answer = ask("label", "--all", "--out", "folder")

    assert answer.exit_code == 0, answer.output
    names = {each.name for each in (tmp_path / "folder").iterdir()}
    assert names == {
        f"{device}.{ending}"
        for device in ("tp-0001", "tp-0003")
        for ending in ("pdf", "svg", "png")
    }
    assert "tp-0002: is revoked, and left out" in answer.stderr
    assert {mode(each) for each in (tmp_path / "folder").iterdir()} == {0o600}


def test_a_sheet_of_labels_is_one_pdf_that_only_its_owner_reads(
    ask: Ask, tmp_path: Path
) -> None:
    answer = ask("label", "tp-0001", "--sheet", "l4773")

    assert answer.stdout == "labels.pdf\n"
    assert "Whoever reads a label can open that panel" in answer.stderr
    assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")
    assert mode(tmp_path / "labels.pdf") == 0o600


def test_pictures_of_several_pages_are_numbered(ask: Ask, tmp_path: Path) -> None:
    ask("label", "--all", "--out", "l.png", "--dpi", "300", "--no-lorawan")

    assert sorted(each.name for each in tmp_path.glob("*")) == ["l-01.png", "l-02.png"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["label"], "name devices, or give --all"),
        (["label", "--all", "tp-0001"], "name devices, or give --all"),
        (["label", "tp-0002"], "nobody to make a label of"),
        (["label", "tp-0009"], "tp-0009: is not in the inventory"),
        (["label", "--all", "--sheet", "l4773", "--out", "folder"], "for a sheet"),
        (["label", "--all", "--out", "l.jpg"], "files that end in .pdf, .svg, .png"),
        (["label", "--all", "--address", "evil/#x"], "no name or address"),
        (["label", "--all", "--address", "a b"], "no name or address"),
        (["label", "--all", "--profile-id", "x"], "ProfileID: 'x'"),
        (["label", "--all", "--size", "45x21"], "has no room"),
        (["label", "--all", "--font", "none.ttf"], "none.ttf: cannot be read"),
        (["label", "--all", "--out", "/none/l.pdf"], "/none/l.pdf: cannot be written"),
        (["export", "ttn", "--out", "/none/t"], "/none/t: cannot be written"),
        (["export", "mosquitto", "--out", "m", "--operator", "#"], "'#' has a letter"),
        (["export", "mosquitto", "--out", "m", "--topic-prefix", "+"], "no topic"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_written(
    ask: Ask, tmp_path: Path, words: list[str], told: str
) -> None:
    answer = ask(*words)

    assert answer.exit_code != 0
    assert told in f"{answer.output} {answer.exception}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["ttn", "chirpstack", "csv", "register", "mosquitto"])
def test_no_export_has_who_was_revoked(ask: Ask, tmp_path: Path, kind: str) -> None:
    answer = ask("export", kind, "--out", "out")

    assert answer.exit_code == 0, answer.output
    assert "tp-0002: is revoked, and left out" in answer.stderr
    out = tmp_path / "out"
    written = [out] if out.is_file() else list(out.iterdir())
    for each in written:
        text = each.read_text()
        assert "tp-0002" not in text
        assert "tp-0001" in text
        assert "tp-0003" in text


@pytest.mark.parametrize("words", [["csv", "--secrets"], ["ttn"], ["chirpstack"]])
def test_a_file_with_secrets_is_its_owners_alone_and_says_so(
    ask: Ask, tmp_path: Path, words: list[str]
) -> None:
    answer = ask("export", *words, "--out", "out")

    assert mode(tmp_path / "out") == 0o600
    assert "out: holds secrets: only you may read it" in answer.stderr
    assert SECRETS[0] in (tmp_path / "out").read_text().upper()
    assert not any(each in answer.output for each in SECRETS)


@pytest.mark.parametrize("kind", ["csv", "register"])
def test_what_holds_no_secret_needs_no_passphrase(
    ask: Ask, tmp_path: Path, kind: str
) -> None:
    answer = ask("export", kind, "--out", "out", secrets=False)

    assert answer.exit_code == 0, answer.output
    assert "out: holds no secret" in answer.stderr
    text = (tmp_path / "out").read_text()
    assert not any(each in text for each in SECRETS)


def test_operators_of_a_broker_stay_when_the_fleet_is_exported_again(
    ask: Ask, tmp_path: Path
) -> None:
    ask("export", "mosquitto", "--out", "m")
    file = tmp_path / "m" / "passwords"
    file.write_text(f"operator:$7$101$x$y\ntp-0002:$7$101$x$y\n{file.read_text()}")
    ask("export", "mosquitto", "--out", "m")

    users = [line.partition(":")[0] for line in file.read_text().splitlines()]
    assert users == ["operator", "tp-0001", "tp-0003"]
    assert {mode(each) for each in (tmp_path / "m").iterdir()} == {0o600}

"""`tallypost history --signed` on a device, and `tallypost verify` anywhere else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallypost.assembly.signing import open_notary, signing_folder
from tallypost.board.simulated import SimulatedBoard
from tallypost.cli import history, signing_key, verify
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import Interval, Provenance, Quality
from tallypost.errors import SigningError
from tallypost.settings.reading import read_device_settings
from tallypost.telemetry.outbox.outbox import Outbox
from tests.assembly.told import Told

BEGIN_UTC_S = 1_700_000_040.0
STEP_S = 600.0
HOUR = 6


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "tallypost.toml"
    file.write_text('[outbox]\npath = "outbox.db"\n', "utf-8")
    return file


@pytest.fixture
def device(settings: Path) -> Path:
    """Nearly three hours of records, of which the last are not signed yet."""
    board = SimulatedBoard(utc_s=BEGIN_UTC_S)
    outbox = Outbox(settings.with_name("outbox.db"), board=board)
    told = Told("tp-1", Provenance(model="sha256:m", site="sha256:s", firmware="1.0"))
    notary = open_notary(read_device_settings(settings), outbox, told, board)
    assert notary is not None
    for step in range(3 * HOUR - 1):
        outbox.put(
            Interval(
                start_utc_s=BEGIN_UTC_S + STEP_S * step,
                duration_s=STEP_S,
                lines={"gate": LineFigures(forward={"car": step}, backward={})},
                zones={},
                quality=Quality(observed_s=STEP_S, frames=600, frames_dropped=0),
            ),
            "tp-1",
        )
        board.advance(STEP_S)
        notary.tick()
    outbox.close()
    return settings


def shown(settings: Path, *words: str) -> Result:
    asked = ["--settings", str(settings), *words, "--signed"]
    return CliRunner().invoke(history.command, asked)


def key_of(settings: Path) -> str:
    asked = ["--settings", str(settings), "--hex"]
    return CliRunner().invoke(signing_key.command, asked).stdout.strip()


@pytest.fixture
def verified(device: Path, tmp_path: Path) -> Callable[..., Result]:
    """Verify lines by the device's key, as whoever typed it would."""

    def verify_lines(lines: list[str], key: str = "") -> Result:
        file = tmp_path / "gate.jsonl"
        file.write_text("".join(f"{line}\n" for line in lines))
        asked = [str(file), "--key", key or key_of(device)]
        return CliRunner().invoke(verify.command, asked, standalone_mode=False)

    return verify_lines


def test_what_a_device_shows_of_itself_proves_itself(
    device: Path, verified: Callable[..., Result]
) -> None:
    export = shown(device)
    done = verified(export.stdout.splitlines())

    assert done.return_value == 0, done.output
    assert "13 records are as they were signed, and all that was" in done.stdout
    assert "'tp-1'" in done.stdout
    assert "model 'sha256:m', site 'sha256:s'" in done.stdout
    assert "4 records are not signed yet and are left out" in export.stderr


def test_a_part_is_shown_with_whole_batches_and_proves_itself(
    device: Path, verified: Callable[..., Result]
) -> None:
    export = shown(
        device, "--from", "2023-11-14T23:30:00Z", "--until", "2023-11-14T23:40:00Z"
    )
    lines = export.stdout.splitlines()
    done = verified(lines)

    assert len(lines) == 1 + HOUR
    assert done.return_value == 0, done.output
    assert "begins with batch" in done.stdout
    assert shown(device, "--until", "2023-11-14T00:00:00Z").stdout == ""


def test_a_figure_that_was_changed_on_the_way_is_found(
    device: Path, verified: Callable[..., Result]
) -> None:
    lines = shown(device).stdout.splitlines()
    spoilt = [line.replace('"car":7}', '"car":8}') for line in lines]
    assert spoilt != lines
    done = verified(spoilt)

    assert done.return_value == 1
    assert "tp-1 8 is not what was signed: it was altered" in done.stderr
    assert "not all is proven" in done.stdout


def test_another_devices_key_proves_nothing(
    device: Path, verified: Callable[..., Result]
) -> None:
    lines = shown(device).stdout.splitlines()
    done = verified(lines, "ab" * 32)

    assert done.return_value == 1
    assert "which is none that you believe" in done.stderr
    assert "there is no batch that can be believed" in done.stderr


def test_faults_beyond_what_a_person_reads_are_counted(
    device: Path, verified: Callable[..., Result]
) -> None:
    lines = shown(device).stdout.splitlines()
    done = verified([*lines, *["no record"] * 30])

    assert done.stderr.count("is not JSON") == verify.FAULTS_SHOWN
    assert "and 10 faults more" in done.stderr


def test_a_key_may_be_a_file_or_digits_and_nothing_else(
    device: Path, verified: Callable[..., Result], tmp_path: Path
) -> None:
    lines = shown(device).stdout.splitlines()
    public = signing_folder(read_device_settings(device)) / "signing.pub"
    pem = CliRunner().invoke(signing_key.command, ["--settings", str(device)]).stdout
    assert public.read_text() == pem
    assert verified(lines, str(public)).return_value == 0
    for wrong, told in (
        (str(public.with_name("signing.key")), "holds no public key"),
        (str(tmp_path), "no file that can be read"),
        ("abcd", "is not 64 hexadecimal digits"),
    ):
        assert told in str(verified(lines, wrong).exception)


def test_a_device_without_a_key_says_when_it_is_made(settings: Path) -> None:
    asked = ["--settings", str(settings)]
    done = CliRunner().invoke(signing_key.command, asked)

    assert isinstance(done.exception, SigningError)
    assert "made when `tallypost run` starts" in str(done.exception)


def test_who_must_not_sign_does_not(settings: Path) -> None:
    settings.write_text(settings.read_text() + "[signing]\nenabled = false\n")
    board = SimulatedBoard()
    outbox = Outbox(settings.with_name("outbox.db"), board=board)
    told = Told("tp-1", Provenance(model=None, site="s", firmware="f"))

    assert open_notary(read_device_settings(settings), outbox, told, board) is None
    assert not settings.with_name("outbox.db.signing").exists()
    outbox.close()


def test_a_damaged_batch_is_left_out_and_told(device: Path) -> None:
    [file] = settings_files(device)
    lines = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([lines[0][:-9], *lines[1:], b""]))
    done = shown(device)

    assert "a batch is damaged" in done.stderr
    first = json.loads(done.stdout.splitlines()[0])
    assert first["schema"] == "tallypost.batch/1"


def settings_files(device: Path) -> list[Path]:
    folder = signing_folder(read_device_settings(device))
    return list(folder.glob("batches-*.jsonl"))

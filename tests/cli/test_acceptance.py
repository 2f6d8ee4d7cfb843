"""A certificate is printed from what is kept, or signed anew by who runs."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tallypost.acceptance.certificate import certify, code_text
from tallypost.acceptance.keeping import CERTIFICATE
from tallypost.assembly.signing import signing_folder
from tallypost.cli import acceptance
from tallypost.errors import AcceptanceError, SigningError
from tallypost.settings.reading import read_device_settings
from tallypost.telemetry.notary.key import own_key
from tests.acceptance.world import FACTS, KEY


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "tallypost.toml"
    file.write_text(
        'site = "site.toml"\n[camera]\nkind = "synthetic"\n[uplink]\nkind = "none"\n'
        '[outbox]\npath = "outbox.db"\n[panel]\nfolder = "panel"\n'
    )
    (tmp_path / "panel").mkdir()
    return file


def asked(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(
        acceptance.command, ["--settings", str(settings), *words], standalone_mode=False
    )


def kept(settings: Path, **changes: Any) -> bytes:
    """Leave a certificate of this device where the half that speaks does."""
    key = own_key(signing_folder(read_device_settings(settings)))
    line = certify("tp-0001", replace(FACTS, **changes), key, technician="R.").line
    folder = settings.parent / "outbox.db.acceptance"
    folder.mkdir(exist_ok=True)
    (folder / CERTIFICATE).write_bytes(line + b"\n")
    return line


def test_what_is_kept_is_printed_and_holds(settings: Path, tmp_path: Path) -> None:
    line = kept(settings)
    out = tmp_path / "out"
    done = asked(settings, "--out", str(out), "--language", "de", "--language", "en")

    assert done.return_value == 0, done.output
    assert (out / "certificate.jsonl").read_bytes() == line + b"\n"
    assert (out / "certificate.de.pdf").read_bytes().startswith(b"%PDF-")
    assert (out / "certificate.en.pdf").exists()
    checked = asked(settings, "--check", str(out / "certificate.jsonl"))
    assert checked.return_value == 0
    assert "passed" in checked.output


def test_what_a_telephone_has_read_is_checked_too(
    settings: Path, tmp_path: Path
) -> None:
    made = certify("tp-0001", FACTS, KEY)
    file = tmp_path / "read.txt"
    key = KEY.public_key().public_bytes_raw().hex()
    for text, code in ((code_text(made), 0), (code_text(made)[:-9], 1), ("TPA0:a", 1)):
        file.write_text(text + "\n")
        done = asked(settings, "--check", str(file), "--key", key)
        assert done.return_value == code, text[:10]


def test_another_devices_certificate_is_not_believed(
    settings: Path, tmp_path: Path
) -> None:
    kept(settings)
    file = tmp_path / "other.jsonl"
    file.write_bytes(certify("tp-0001", FACTS, KEY).line)

    assert asked(settings, "--check", str(file)).return_value == 1


def test_without_one_it_says_how_to_come_by_one(settings: Path, tmp_path: Path) -> None:
    done = asked(settings, "--out", str(tmp_path / "out"))
    assert isinstance(done.exception, AcceptanceError)
    assert "accept the device at its panel" in str(done.exception)
    done = asked(settings, "--check", str(settings))
    assert isinstance(done.exception, SigningError)
    assert "give --out" in str(asked(settings).exception)


@contextmanager
def running(settings: Path, answer: bytes) -> Iterator[list[Any]]:
    """Be the half that speaks, for one question."""
    heard: list[Any] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(settings.parent / "panel" / "house.sock"))
        door.listen(1)
        door.settimeout(20)

        def serve() -> None:
            there, _ = door.accept()
            with there, there.makefile("rb") as lines:
                heard.append(json.loads(lines.readline()))
                there.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield heard
        finally:
            thread.join(20)


def test_a_running_device_is_asked_to_sign_anew(settings: Path, tmp_path: Path) -> None:
    kept(settings)
    with running(settings, b'{"id": 1, "ok": true, "certificate": {}}\n') as heard:
        done = asked(settings, "--technician", "R.", "--out", str(tmp_path / "out"))

    assert done.return_value == 0, done.exception
    [question] = heard
    assert question["ask"] == "accept"
    assert question["technician"] == "R."


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b'{"id": 1, "ok": false, "faults": ["technician: no"]}\n', "technician: no"),
        (b"nonsense\n", "nobody answers"),
        (b"[]\n", "nobody answers"),
        (b"", "nobody answers"),
    ],
    ids=["refused", "nonsense", "a list", "gone"],
)
def test_a_device_that_does_not_sign_is_told(
    settings: Path, tmp_path: Path, answer: bytes, told: str
) -> None:
    kept(settings)
    with running(settings, answer):
        done = asked(settings, "--technician", "R.", "--out", str(tmp_path / "out"))

    assert isinstance(done.exception, AcceptanceError)
    assert told in str(done.exception)


def test_where_nobody_runs_it_says_to_start_it(settings: Path, tmp_path: Path) -> None:
    done = asked(settings, "--technician", "R.", "--out", str(tmp_path / "out"))

    assert "start tallypost" in str(done.exception)

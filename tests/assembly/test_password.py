"""A password is read again while tallypost runs; half a file does no harm."""

import logging
from pathlib import Path

import pytest

from tallypost.assembly.password import PasswordFile
from tallypost.errors import SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_text("old\n")
    return path


def test_a_file_that_was_mended_is_read_afresh(file: Path) -> None:
    password = PasswordFile(file)
    assert password() == "old"
    file.write_text("new\n")
    assert password() == "new"


def test_what_cannot_be_read_later_leaves_the_old_password_and_is_logged_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    password = PasswordFile(file)
    file.write_text("hunter2\nhunter3\n")
    assert [password(), password()] == ["old", "old"]
    assert caplog.text.count("password not taken, the old one goes on") == 1
    assert "does not hold one line of text" in caplog.text
    assert "hunter" not in caplog.text + repr(password)
    file.unlink()
    assert [password(), password()] == ["old", "old"]
    assert caplog.text.count("password not taken, the old one goes on") == 2
    file.touch(mode=0o600)
    file.write_text("new\n")
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    assert password() == "new"
    assert not caplog.text


def test_what_cannot_be_read_at_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        PasswordFile(tmp_path / "nowhere")

"""A secret comes out of a file that nobody else may read, and never into a message."""

import os
from pathlib import Path

import pytest

from tallypost.errors import SettingsError
from tallypost.settings.secret import read_secret


def secret(folder: Path, raw: bytes, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(raw)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"hunter 2 \xc3\xa4", id="no end"),
        pytest.param(b"hunter 2 \xc3\xa4\n", id="Unix"),
        pytest.param(b"hunter 2 \xc3\xa4\r\n", id="Windows"),
    ],
)
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_the_one_line_is_the_secret(tmp_path: Path, raw: bytes, mode: int) -> None:
    assert read_secret(secret(tmp_path, raw, mode)) == "hunter 2 ä"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_secret_that_everybody_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = secret(tmp_path, b"hunter2", mode)

    with pytest.raises(SettingsError) as caught:
        read_secret(path)

    assert caught.value.faults == (
        f"is open to everybody on this machine; chmod 600 {path}",
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n", id="only an end"),
        pytest.param(b"hunter2\nhunter3\n", id="two lines"),
        pytest.param(b"hunter2\0", id="zero byte"),
        pytest.param(b"hunter2\xff", id="not UTF-8"),
        pytest.param(b"hunter2" * 1000, id="long"),
    ],
)
def test_anything_but_one_line_is_refused_unsaid(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        read_secret(secret(tmp_path, raw))

    assert "one line" in str(caught.value)
    assert "hunter" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, told in (
        (pipe, "is no regular file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "none", "No such file or directory"),
        (Path("a\0b"), "no file can be called so"),
    ):
        with pytest.raises(SettingsError, match=told):
            read_secret(path)

"""The command as a whole."""

import pytest

from tallypost.cli.main import COMMANDS
from tallypost.errors import (
    CameraUnavailableError,
    DownloadError,
    FootageError,
    ModelError,
    OutboxBusyError,
    RecordError,
    RecordingError,
    SettingsError,
    TallypostError,
    UplinkUnavailableError,
    WallError,
)
from tallypost.exits import exit_code
from tests.system.house import tallypost

STARTED = [name for name, home in COMMANDS.items() if home.startswith("halves:")]
"""By the daemon or by a service manager."""
TYPED = [name for name in COMMANDS if name not in STARTED]


def test_help_shows_every_command_that_a_person_types() -> None:
    code, out, _ = tallypost("--help")

    assert code == 0
    assert all(f"  {name} " in out for name in TYPED)
    assert not any(f"  {name} " in out for name in STARTED)


@pytest.mark.parametrize("name", TYPED)
def test_every_command_explains_itself(name: str) -> None:
    code, out, complaints = tallypost(name, "--help")

    assert code == 0, complaints
    assert out.startswith("Usage: tallypost")
    assert "\\b" not in out


def test_a_mistyped_command_is_helped() -> None:
    code, _, complaints = tallypost("reply")

    assert code == 2
    assert "`replay`" in complaints


def test_the_version_is_told() -> None:
    code, out, _ = tallypost("--version")

    assert code == 0
    assert out.startswith("tallypost, version ")


CODES = {
    SettingsError("site.toml", ["lines: is missing"]): 2,
    CameraUnavailableError(""): 3,
    ModelError(""): 4,
    DownloadError(""): 4,
    OutboxBusyError(""): 5,
    UplinkUnavailableError(""): 6,
    FootageError(""): 7,
    RecordingError(""): 7,
    WallError(""): 8,
    RecordError(""): 1,
}


@pytest.mark.parametrize(
    ("error", "code"), CODES.items(), ids=[type(each).__name__ for each in CODES]
)
def test_an_error_ends_with_its_own_code(error: TallypostError, code: int) -> None:
    assert exit_code(error) == code


def test_a_half_started_by_hand_says_who_starts_it() -> None:
    code, _, complaints = tallypost(
        *("vision-half", "--settings", "x.toml", "--outlet", "1")
    )

    assert code == 2
    assert "tallypost run" in complaints
    assert "Traceback" not in complaints

"""`tallypost sketch`."""

from pathlib import Path

from click.testing import CliRunner

from tallypost.cli.sketch import command
from tallypost.errors import SettingsError

SITE = Path(__file__).parent.parent.parent / "docs" / "examples" / "site.toml"


def test_a_site_is_printed_as_a_drawing() -> None:
    answer = CliRunner().invoke(command, [str(SITE), "--size", "640x480"])

    assert answer.exit_code == 0
    assert answer.stdout.startswith("<svg")
    assert "platform" in answer.stdout


def test_a_site_that_cannot_be_accepted_is_told_as_check_tells_it(
    tmp_path: Path,
) -> None:
    wrong = tmp_path / "site.toml"
    wrong.write_text('[[lines]]\nname = "gate"\nstart = [0, 0]\nend = [0, 0]\n')
    answer = CliRunner().invoke(command, [str(wrong)])

    assert isinstance(answer.exception, SettingsError)
    assert "lines[0].end" in str(answer.exception)

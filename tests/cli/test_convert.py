"""`tallypost convert` takes each record once and passes nothing over in silence."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallypost.cli.convert import command
from tallypost.telemetry.codec.formats import FORMATS
from tallypost.telemetry.codec.json_v1 import PAYLOAD_BYTES_MAX, encode
from tests.telemetry.codec.convey import full, hole, record

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SITE = str(EXAMPLES / "place.toml")
TO = ("--to", "ngsi-ld-simplified", "--site", SITE)


def convert(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two records that tell, and a hole between them."""
    path = tmp_path / "street.jsonl"
    path.write_bytes(
        b"".join(encode(each) + b"\n" for each in (full(1), hole(2), full(3)))
    )
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_spells_the_example(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"

    told = convert(EXAMPLES / "formats.jsonl", "--to", name, "--site", SITE)
    written = convert(
        EXAMPLES / "formats.jsonl", "--to", name, "--site", SITE, "--out", out
    )

    assert (told.exit_code, written.exit_code) == (0, 0), told.output + written.output
    assert told.stdout
    assert out.read_text("utf-8") == told.stdout


def test_a_record_that_was_delivered_twice_is_taken_once(file: Path) -> None:
    once = convert(file, *TO).stdout
    file.write_bytes(file.read_bytes() * 2)

    assert convert(file, *TO).stdout == once
    assert len(once.splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{}", "line 4: schema: is missing"),
        (b"", "line 4: payload: is not JSON"),
        (b'{"seq": 1', "line 4: payload: is not JSON"),
        (b"\xff", "line 4: payload: is not UTF-8"),
        (b" " * (PAYLOAD_BYTES_MAX + 9), "line 4: payload: "),
        (
            encode(record(1)),
            "line 4: tp-7f3a91 numbers two different records 1; give what it counted",
        ),
    ],
    ids=[
        "no schema",
        "empty",
        "cut off",
        "not utf-8",
        "far too long",
        "seq used twice",
    ],
)
def test_a_line_that_is_no_record_is_told_and_leaves_no_half_file(
    file: Path, line: bytes, told: str
) -> None:
    file.write_bytes(file.read_bytes() + line + b"\n")
    out = file.with_name("out")
    out.write_text("before")

    result = convert(file, *TO, "--out", out)

    assert result.exit_code == 2
    assert f"{file}: {told}" in " ".join(result.stderr.split())
    assert out.read_text() == "before"
    assert sorted(path.name for path in file.parent.iterdir()) == ["out", file.name]


def test_a_format_that_must_say_where_asks_for_the_place(file: Path) -> None:
    result = convert(file, "--to", "ngsi-ld")

    assert result.exit_code == 2
    assert "latitude_deg" in result.stderr


def test_what_is_read_is_not_written_over(file: Path) -> None:
    before = file.read_bytes()

    assert convert(file, *TO, "--out", file).exit_code == 2
    assert file.read_bytes() == before


def test_lines_may_end_as_windows_ends_them(file: Path) -> None:
    plain = convert(file, *TO).stdout
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert json.loads(convert(file, *TO).stdout.splitlines()[0])
    assert convert(file, *TO).stdout == plain

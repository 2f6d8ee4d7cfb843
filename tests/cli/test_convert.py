"""`tallypost convert` takes each record once and passes nothing over in silence."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallypost.cli.convert import command
from tallypost.cli.records_file import END_UTC_S_MAX
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.formats import FORMATS
from tallypost.telemetry.codec.json_v1 import PAYLOAD_BYTES_MAX, encode
from tests.telemetry.codec.convey import full, hole, record

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SITE = str(EXAMPLES / "place.toml")
TO = ("--to", "ngsi-ld-simplified", "--site", SITE)


def convert(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


def late(seq: int) -> KpiRecord:
    interval = replace(record(seq).interval, start_utc_s=END_UTC_S_MAX - 30.0)
    return replace(record(seq), interval=interval)


def merged(first_seq: int, seq: int) -> KpiRecord:
    return replace(full(seq), first_seq=first_seq)


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


def test_a_merged_record_replaces_those_that_it_stands_for(tmp_path: Path) -> None:
    alone = tmp_path / "alone.jsonl"
    alone.write_bytes(encode(merged(1, 3)) + b"\n" + encode(full(4)) + b"\n")
    mixed = tmp_path / "mixed.jsonl"
    order = [full(2), merged(1, 2), merged(1, 3), full(3), full(4), full(1)]
    mixed.write_bytes(b"".join(encode(each) + b"\n" for each in order))

    for name in ("cloudevents", "ngsi-ld-simplified"):
        to = ("--to", name, "--site", SITE)
        assert convert(mixed, *to).stdout == convert(alone, *to).stdout != ""


def test_a_record_that_tells_half_of_another_again_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "half.jsonl"
    file.write_bytes(encode(merged(1, 3)) + b"\n" + encode(merged(2, 4)) + b"\n")

    result = convert(file, *TO)

    assert (result.exit_code, result.stdout) == (2, "")
    told = "line 2: tp-7f3a91 tells of 2 to 4, of which another record tells up to 3"
    assert told in " ".join(result.stderr.split())


def test_blank_lines_are_passed_over(file: Path) -> None:
    plain = convert(file, *TO).stdout
    file.write_bytes(b"\n" + file.read_bytes().replace(b"\n", b"\n\r\n \n"))

    assert convert(file, *TO).stdout == plain


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_without_a_record_is_told_in_a_sentence(
    name: str, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"\n")

    result = convert(empty, "--to", name, "--site", SITE)

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"no record in {empty}" in " ".join(result.stderr.split())


def test_records_may_come_through_a_pipe(file: Path) -> None:
    pipe = file.with_name("pipe")
    os.mkfifo(pipe)
    told = file.read_bytes()
    with ThreadPoolExecutor(1) as writer:
        written = writer.submit(pipe.write_bytes, told)
        result = convert(pipe, *TO)

    assert written.result() == len(told)
    assert result.stdout == convert(file, *TO).stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{}", "line 4: schema: is missing"),
        (b'{"seq": 1', "line 4: payload: is not JSON"),
        (b"\xff", "line 4: payload: is not UTF-8"),
        (b"1" * (PAYLOAD_BYTES_MAX + 9), "line 4: payload: "),
        (
            b"tallypost/tp-7f3a91/kpi " + encode(record(4)),
            "line 4: a topic stands before the record; let mosquitto_sub write without",
        ),
        (
            encode(late(4)),
            "line 4: start, duration_s: end after 9999-12-30; look after the clock",
        ),
        (
            encode(record(1)),
            "line 4: tp-7f3a91 numbers two different records 1; give what it counted",
        ),
    ],
    ids=[
        "no schema",
        "cut off",
        "not utf-8",
        "far too long",
        "a topic before it",
        "a year that no calendar has",
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

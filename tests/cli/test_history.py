"""`tallypost history`, as a person types it."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tallypost.board.base import UNSYNCED
from tallypost.board.simulated import SimulatedBoard
from tallypost.cli.history import command
from tallypost.domain.dating import Stamp
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import Interval, Quality
from tallypost.errors import HistoryError
from tallypost.telemetry.outbox.database import SCHEMA_VERSION
from tallypost.telemetry.outbox.outbox import Outbox

BEGIN_UTC_S = 1_700_000_040.0
SEEN = Quality(observed_s=59.5, frames=600, frames_dropped=0)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "tallypost.toml"
    file.write_text('[outbox]\npath = "outbox.db"\n', "utf-8")
    return file


@pytest.fixture
def ask(settings: Path) -> Callable[..., Result]:
    """Fill an outbox, and ask for its history."""
    gate = LineFigures(forward={"car": 2, "bus": 1}, backward={})
    minute = Interval(
        start_utc_s=BEGIN_UTC_S,
        duration_s=60.0,
        lines={"gate": gate},
        zones={"platform": ZoneFigures(entries={"person": 3})},
        quality=SEEN,
    )
    hole = replace(minute, start_utc_s=BEGIN_UTC_S + 60.0, lines={}, zones={})
    board = SimulatedBoard(utc_s=BEGIN_UTC_S)
    outbox = Outbox(settings.with_name("outbox.db"), board=board)
    outbox.put(minute, "tp-1")
    outbox.put(hole, "tp-1")
    outbox.put(minute, "tp-1", Stamp("boot-a", 1.0))
    outbox.close()

    def asked(*words: str) -> Result:
        return CliRunner().invoke(command, ["--settings", str(settings), *words])

    return asked


def test_a_table_has_a_row_for_each_interval_element_direction_and_class(
    ask: Callable[..., Result],
) -> None:
    done = ask()
    rows = list(csv.DictReader(io.StringIO(done.stdout)))

    told = [
        tuple(row[key] for key in ("seq", "element", "direction", "class", "count"))
        for row in rows
    ]
    assert told == [
        ("1", "gate", "forward", "car", "2"),
        ("1", "gate", "forward", "bus", "1"),
        ("1", "gate", "backward", "", "0"),
        ("1", "platform", "entries", "person", "3"),
        ("1", "platform", "exits", "", "0"),
        ("2", "", "", "", ""),
    ]
    assert rows[0]["start"] == "2023-11-14T22:14:00Z"
    assert (rows[0]["total"], rows[0]["observed_s"]) == ("2", "59.5")
    assert "no date yet: 1;" in done.stderr
    assert done.exit_code == 0


def test_json_is_what_left_the_device(ask: Callable[..., Result]) -> None:
    done = ask("--format", "json", "--until", "2023-11-14T22:15:00Z")

    [record] = [json.loads(line) for line in done.stdout.splitlines()]
    assert record["lines"]["gate"]["forward"] == {"car": 2, "bus": 1}


def test_one_line_can_be_picked(ask: Callable[..., Result]) -> None:
    rows = csv.DictReader(io.StringIO(ask("--line", "platform").stdout))

    assert {row["element"] for row in rows} == {"platform", ""}


def test_a_line_of_a_time_in_which_nothing_was_watched_has_its_holes(
    ask: Callable[..., Result],
) -> None:
    done = ask("--line", "gate", "--from", "2023-11-14T22:15:00Z")

    assert [row["seq"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["2"]
    assert done.exit_code == 0


def test_nothing_can_be_asked_of_the_future_where_the_calendar_is_kept(
    ask: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = SimulatedBoard(utc_s=BEGIN_UTC_S)
    monkeypatch.setattr("tallypost.assembly.board.board", lambda: here)
    tomorrow = ["--from", "2023-11-15T22:14:00Z"]

    assert "--from lies in the future" in ask(*tomorrow).stderr
    here.reading = UNSYNCED  # a box that woke up in 1970 knows nothing of it
    assert ask(*tomorrow).exit_code == 0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            ["--from", "2023-11-14T00:00:00Z", "--until", "2023-11-13T00:00:00Z"],
            "--until is not after --from",
        ),
        (["--from", "yesterday"], "is no time; write it as"),
        (
            ["--from", "9999-12-31T23:59:59Z"],
            "9999-12-31T23:59:59Z is not in the years 1971 to 2198; write it as",
        ),
        (
            ["--line", "gate", "--line", "gatr"],
            "--line gatr: no line or zone of that name in that time; there are gate,",
        ),
        (["--format", "json", "--line", "gate"], "--line picks rows"),
        (["--format", "parquet"], "'parquet' is not one of"),
    ],
    ids=[
        "backward",
        "no-time",
        "no-calendar",
        "no-line",
        "line-of-json",
        "format",
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(
    asked: list[str], told: str, ask: Callable[..., Result]
) -> None:
    done = ask(*asked)

    assert told in " ".join(done.stderr.split())
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_newer_or_older_outbox_is_told_in_a_sentence(
    ask: Callable[..., Result], settings: Path
) -> None:
    for version, told in ((SCHEMA_VERSION + 1, "newer"), (2, "older")):
        database = sqlite3.connect(settings.with_name("outbox.db"))
        database.execute(f"PRAGMA user_version={version}")
        database.commit()
        database.close()
        done = ask()

        assert isinstance(done.exception, HistoryError)
        assert f"{told} tallypost" in str(done.exception)


def test_an_outbox_that_is_not_there_is_told_in_a_sentence(settings: Path) -> None:
    done = CliRunner().invoke(command, ["--settings", str(settings)])

    assert isinstance(done.exception, HistoryError)
    assert "there is no outbox here" in str(done.exception)

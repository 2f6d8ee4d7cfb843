"""`tallypost history`: what this device has counted, from its own store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.cli import options, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tallypost.domain.records import KpiRecord


@click.command("history", short_help="Write what this device has counted.")
@options.SETTINGS_FILE
@click.option(
    "--from",
    "from_utc_s",
    type=words.Moment(),
    default=0.0,
    help="Only what began then or later; by default all that is kept.",
)
@click.option(
    "--until",
    "until_utc_s",
    type=words.Moment(),
    default=None,
    help="Only what began earlier; by default all.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["csv", "json"]),
    default="csv",
    show_default=True,
    help="A row for each line, direction and class, or each record as it leaves.",
)
@click.option(
    "--line",
    "line_names",
    metavar="NAME",
    multiple=True,
    help="CSV: only this line or zone; may be repeated.",
)
def command(
    settings_file: Path,
    from_utc_s: float,
    until_utc_s: float | None,
    format_name: str,
    line_names: tuple[str, ...],
) -> None:
    """Write what this device has counted in the last thirty days to standard output.

    Tallypost may run meanwhile: it is neither held up nor stopped. What has no date
    yet, because nobody has set the clock, is left out, and said so on standard error.

    \b
    tallypost history --from 2026-11-22T00:00:00Z --until 2026-11-23T00:00:00Z
    tallypost history --format json > records.jsonl
    """
    from tallypost.assembly.board import board
    from tallypost.domain.records import ClockTrust
    from tallypost.settings.reading import read_device_settings
    from tallypost.telemetry.outbox.history import open_history

    here = board()
    if here.clock().trust is ClockTrust.SYNCED and from_utc_s > here.utc_s():
        raise click.UsageError("--from lies in the future; nothing was counted there")
    if until_utc_s is not None and until_utc_s <= from_utc_s:
        raise click.UsageError("--until is not after --from; give a later moment")
    if line_names and format_name == "json":
        raise click.UsageError("--line picks rows; give it with --format csv")
    path = Path(read_device_settings(settings_file).outbox.path)
    before_utc_s = until_utc_s or sys.float_info.max
    with open_history(path) as history:
        if line_names:
            _refuse_strangers(history.records(from_utc_s, before_utc_s), line_names)
        found = history.records(from_utc_s, before_utc_s)
        if format_name == "json":
            _write_json(found)
        else:
            _write_csv(found, frozenset(line_names))
        if history.undated:
            click.echo(
                "tallypost: left out, because they have no date yet: "
                f"{history.undated}; they get one when the clock is set",
                err=True,
            )


def _refuse_strangers(records: Iterator[KpiRecord], line_names: Iterable[str]) -> None:
    """Look for each name; where nothing at all was watched, nobody can tell.

    Raises:
        click.UsageError: Lines and zones were watched, and none of that name.
    """
    missing = set(line_names)
    known: set[str] = set()
    for record in records:
        here = {*record.interval.lines, *record.interval.zones}
        missing -= here
        known |= here
        if not missing:
            return
    if known:
        raise click.UsageError(
            f"--line {min(missing)}: no line or zone of that name in that time; there "
            f"are {', '.join(sorted(known))}"
        )


def _write_json(records: Iterator[KpiRecord]) -> None:
    from tallypost.telemetry.codec import json_v1

    for record in records:
        click.echo(json_v1.encode(record))


def _write_csv(records: Iterator[KpiRecord], line_names: frozenset[str]) -> None:
    import csv

    from tallypost.telemetry.codec import table

    sheet = csv.DictWriter(sys.stdout, table.COLUMNS, lineterminator="\n")
    sheet.writeheader()
    for record in records:
        sheet.writerows(table.rows(record, line_names))

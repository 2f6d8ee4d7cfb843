"""Records beside the batches that sign them: a file that proves itself."""

from collections.abc import Iterable
from pathlib import Path

import click

from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec.batch import Signed, read_line
from tallypost.telemetry.notary.book import lines_in


def write_signed(
    wanted: Iterable[KpiRecord], payloads: Iterable[tuple[int, bytes]], folder: Path
) -> None:
    """Write batches and records as JSON, one a line, to standard output.

    All batches from the first to the last that sign something of what is wanted, and
    all records of theirs: else what is left out would look as if it were missing.

    Args:
        wanted: What somebody asked for.
        payloads: Everything that is kept: numbers, and JSON as it left.
        folder: Where the batches are.
    """
    seqs = {record.seq for record in wanted}
    batches = _around(_batches(folder), seqs)
    signed: set[int] = set()
    for line, told in batches:
        click.echo(line)
        signed |= _seqs(told)
    for seq, payload in payloads:
        if seq in signed:
            click.echo(payload)
    if unsigned := len(seqs - signed):
        click.echo(
            f"tallypost: {unsigned} records are not signed yet and are left out; they "
            "are within an hour, while tallypost runs",
            err=True,
        )


def _batches(folder: Path) -> list[tuple[bytes, Signed]]:
    found: list[tuple[bytes, Signed]] = []
    for _, line in lines_in(folder):
        try:
            found.append((line, read_line(line)))
        except RecordError as error:
            click.echo(f"tallypost: {folder}: a batch is damaged: {error}", err=True)
    return found


def _around(
    batches: list[tuple[bytes, Signed]], seqs: set[int]
) -> list[tuple[bytes, Signed]]:
    """Return the batches from the first to the last that sign any of these."""
    places = [
        place for place, (_, told) in enumerate(batches) if seqs & _seqs(told)
    ] or [0]
    return batches[places[0] : places[-1] + 1] if seqs else []


def _seqs(told: Signed) -> set[int]:
    return {seq for seq, _ in told.batch.records}

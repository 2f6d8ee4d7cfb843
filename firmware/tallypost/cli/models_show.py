"""What a person sees of models."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from tallypost.cli.models_eval import Report
from tallypost.errors import SettingsError
from tallypost.models.at_hand import Entry
from tallypost.models.evaluation import AREAS, Precision
from tallypost.models.manifest import Manifest
from tallypost.models.store import ModelStore
from tallypost.vision.detection.selfcheck import Finding

NOTES_MAX = 10
WIDTH_MIN = 100
"""A table that goes into a file is as wide as it needs."""


def show_table(table: Table) -> None:
    """Write a table to standard output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, WIDTH_MIN))
    console.print(table)


def default_of(store: ModelStore) -> tuple[str | None, str]:
    """Return which model is used when none is named, and why, in a sentence."""
    try:
        found = store.default()
    except SettingsError:
        return None, "no default before a manifest is mended"
    if found is None:
        return None, "no default: no model is at hand"
    return found[1].name, f"default: {found[1].name} ({found[1].reason})"


def models_table(entries: Sequence[Entry], caption: str) -> Table:
    """Return a table of the models that are known."""
    table = Table(
        title="Models",
        title_justify="left",
        caption=escape(caption),
        caption_justify="left",
    )
    for heading in ("name", "input", "family", "licence", "at hand"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        manifest = entry.manifest
        table.add_row(
            manifest.name,
            f"{manifest.input.width}x{manifest.input.height}",
            manifest.family,
            escape(manifest.licence),
            f"tallypost models add {manifest.name}"
            if entry.file is None
            else escape(str(entry.file)),
        )
    return table


def findings_table(name: str, findings: Sequence[Finding]) -> Table:
    """Return a table of what was looked at."""
    words = {True: "good", False: "BAD", None: "not judged"}
    table = Table(title=escape(name), title_justify="left")
    for heading in ("what", "verdict", "seen"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(finding.name, words[finding.good], escape(finding.fact))
    return table


def figures_table(report: Report) -> Table:
    """Return a table of how a model fared."""
    table = Table(
        title=escape(f"{report.model} on {report.place}, {report.pictures} pictures"),
        title_justify="left",
        caption_justify="left",
        caption=escape(_caption(report)),
    )
    table.add_column("class", overflow="fold")
    table.add_column("labelled", justify="right")
    for size in AREAS:
        table.add_column(size, justify="right")
    total = sum(each.truth_count for each in report.figures.classes)
    for each in report.figures.classes:
        table.add_row(escape(each.name), str(each.truth_count), *_cells(each.precision))
    table.add_section()
    table.add_row("mean", str(total), *_cells(report.figures.precision))
    if len(report.sets) > 1:
        table.add_section()
        for one in report.sets:
            labels = sum(each.truth_count for each in one.figures.classes)
            name = f"{one.place} ({', '.join(one.complete)})"
            table.add_row(escape(name), str(labels), *_cells(one.figures.precision))
    return table


def _cells(precision: dict[str, Precision]) -> list[str]:
    return [
        "{:.1f} / {:.1f}".format(*(share * 100 for share in precision[size]))
        if size in precision
        else "-"
        for size in AREAS
    ]


def _caption(report: Report) -> str:
    latency = (
        f"invoke {report.invoke_ms:.1f} ms, picture to boxes {report.detect_ms:.1f} ms "
        f"(medians, {report.threads} threads)"
    )
    figures = "AP50 / AP50-95 in percent, over all labels and by their size"
    sizes = "small: under 32 x 32 pixels of the picture as it is stored; large: 96 x 96"
    lines = [figures, latency, sizes]
    if report.left_out:
        told = "; ".join(f"{name}: {why}" for name, why in report.left_out.items())
        lines.append(f"left out: {told}")
    notes = report.notes[:NOTES_MAX]
    if len(report.notes) > NOTES_MAX:
        notes = (*notes, f"and {len(report.notes) - NOTES_MAX} notes more (--json)")
    return "\n".join([*lines, *notes])


def told_before(manifest: Manifest) -> None:
    """Tell what is about to be fetched, and under which licence."""
    fetched = manifest.original or manifest
    size = f"{fetched.bytes / 1e6:.1f} MB"
    click.echo(f"{manifest.name}: {size}, licence {manifest.licence}", err=True)
    if manifest.notice is not None:
        text = f"{manifest.name}: {manifest.notice}"
        click.secho(text, err=True, bold=True, fg="yellow")


@contextmanager
def download_progress(
    name: str,
) -> Iterator[tuple[Callable[[int, int | None], None], Callable[[str], None]]]:
    """Show a download on standard error; give what to call as it goes on."""
    console = Console(stderr=True)
    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(name, total=None)

        def progress(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        def tell(line: str) -> None:
            click.echo(f"{name}: {line}", err=True)

        yield progress, tell

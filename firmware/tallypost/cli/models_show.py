"""What a person sees of models."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from tallypost.cli.models_eval import Report
from tallypost.models.evaluation import AREAS, Precision
from tallypost.models.manifest import Manifest
from tallypost.models.store import Entry
from tallypost.vision.detection.selfcheck import Finding

WIDTH_MIN = 100
"""A table that goes into a file is as wide as it needs."""


def show_table(table: Table) -> None:
    """Write a table to standard output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, WIDTH_MIN))
    console.print(table)


def models_table(entries: Sequence[Entry]) -> Table:
    """Return a table of the models that are known."""
    table = Table(title="Models", title_justify="left")
    for heading in ("name", "input", "family", "licence", "at hand"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        manifest = entry.manifest
        table.add_row(
            manifest.name,
            f"{manifest.input.width}x{manifest.input.height}",
            manifest.family,
            manifest.licence,
            f"tallypost models add {manifest.name}"
            if entry.file is None
            else str(entry.file),
        )
    return table


def findings_table(name: str, findings: Sequence[Finding]) -> Table:
    """Return a table of what was looked at."""
    words = {True: "good", False: "BAD", None: "not judged"}
    table = Table(title=name, title_justify="left")
    for heading in ("what", "verdict", "seen"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(finding.name, words[finding.good], finding.fact)
    return table


def figures_table(report: Report) -> Table:
    """Return a table of how a model fared."""
    table = Table(
        title=f"{report.model} on {report.place}, {report.pictures} pictures",
        title_justify="left",
        caption_justify="left",
        caption=_caption(report),
    )
    table.add_column("class")
    table.add_column("labelled", justify="right")
    table.add_column("AP50", justify="right")
    for size in AREAS:
        table.add_column(f"AP50-95 {size}", justify="right")
    total = sum(each.truth_count for each in report.figures.classes)
    for each in report.figures.classes:
        table.add_row(each.name, str(each.truth_count), *_cells(each.precision))
    table.add_section()
    table.add_row("mean", str(total), *_cells(report.figures.precision))
    return table


def _cells(precision: dict[str, Precision]) -> list[str]:
    sizes = [
        f"{precision[size][1] * 100:.1f}" if size in precision else "-"
        for size in AREAS
    ]
    return [f"{precision['all'][0] * 100:.1f}", *sizes]


def _caption(report: Report) -> str:
    latency = (
        f"invoke {report.invoke_ms:.1f} ms, picture to boxes {report.detect_ms:.1f} ms "
        f"(medians, {report.threads} threads)"
    )
    sizes = "small: under 32 x 32 pixels of the picture as it is stored; large: 96 x 96"
    lines = [latency, sizes]
    if report.left_out:
        told = "; ".join(f"{name}: {why}" for name, why in report.left_out.items())
        lines.append(f"left out: {told}")
    return "\n".join(lines)


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

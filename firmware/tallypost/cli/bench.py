"""`tallypost bench`: what this board manages."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tallypost.cli import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from tallypost.benchmark import Measurement
    from tallypost.vision.detection.delegate import Delegate


@click.command("bench", short_help="How many frames a second this board manages.")
@click.argument("source", required=False)
@click.option("--model", "models", multiple=True, help="Name or file; may be repeated.")
@words.threads
@words.delegate
@click.option(
    "--frames",
    type=click.IntRange(1, 100_000),
    default=200,
    show_default=True,
    help="How many to look at.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a model.")
def command(
    source: str | None,
    models: tuple[str, ...],
    threads: int,
    delegate: Delegate | None,
    frames: int,
    *,
    as_json: bool,
) -> None:
    """Measure frames a second, and where the time of a frame goes.

    SOURCE is footage; without it, a street is drawn. Without --model, the best one at
    hand is measured.
    """
    from rich.console import Console
    from rich.progress import Progress

    from tallypost.assembly.board import board
    from tallypost.benchmark import WARM_UP_FRAMES, measure
    from tallypost.models.store import find_model

    found = [find_model(name, delegate=delegate) for name in models or (None,)]
    measurements = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for model in found:
            name = model.description.name
            task = progress.add_task(name, total=frames + WARM_UP_FRAMES)
            measurements.append(
                measure(
                    model,
                    source=source,
                    threads=threads,
                    frames=frames,
                    board=board(),
                    on_frame=lambda task=task: progress.advance(task),  # type: ignore[misc]  # bound now
                )
            )
    if as_json:
        for measured in measurements:
            click.echo(json.dumps(asdict(measured)))
    else:
        Console().print(_table(measurements))


def _table(measurements: Sequence[Measurement]) -> Table:
    from rich.table import Table

    table = Table()
    for heading in ("model", "input", "threads", "frames"):
        table.add_column(heading, no_wrap=heading == "model")
    for heading in ("model alone, ms", "all else, ms", "frames a second"):
        table.add_column(heading, justify="right")
    for measured in measurements:
        table.add_row(
            measured.model,
            f"{measured.width}x{measured.height}",
            str(measured.threads),
            str(measured.frames),
            f"{measured.invoke_ms:.1f}",
            f"{measured.around_ms:.1f}",
            f"{measured.rate_hz:.1f}",
        )
    return table

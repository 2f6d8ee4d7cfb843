"""`tallypost check`: every fault of every file in one answer."""

import json
from pathlib import Path

import click

from tallypost.cli.verdict import Verdict, judge_all
from tallypost.errors import SettingsError
from tallypost.exits import MEND_IT


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Say everything that is wrong with settings, before a device has to.

    FILES are tallypost.toml, whose site is checked too, or a site.toml by itself. Ends
    with 0 when all are good, 2 when something must be mended.
    """
    verdicts = judge_all(files)
    for verdict in verdicts:
        click.echo(_as_json(verdict) if as_json else _as_text(verdict))
    if any(verdict.faults for verdict in verdicts):
        context.exit(MEND_IT)


def _as_text(verdict: Verdict) -> str:
    if verdict.faults:
        error = SettingsError(str(verdict.file), verdict.faults)
        lines = [f"tallypost: {error}", f"  (taken for: {verdict.kind})"]
    else:
        lines = [f"{verdict.file}: good: {verdict.summary}"]
    return "\n".join(lines + [f"  note: {note}" for note in verdict.notes])


def _as_json(verdict: Verdict) -> str:
    return json.dumps(
        {
            "file": str(verdict.file),
            "kind": verdict.kind,
            "good": not verdict.faults,
            "faults": verdict.faults,
            "summary": verdict.summary,
            "notes": verdict.notes,
        },
        ensure_ascii=False,
    )

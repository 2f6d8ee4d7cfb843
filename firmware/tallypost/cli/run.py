"""`tallypost run`: both halves, as on the appliance."""

import sys
from pathlib import Path

import click

from tallypost.cli import options
from tallypost.cli.logs import start_logging


@click.command("run", short_help="Count, keep and send, as on the appliance.")
@options.SETTINGS_FILE
@click.option(
    "--live/--no-live",
    default=None,
    help="Show a table of counts; by default where standard output is a terminal.",
)
@options.NO_LOCK_IN
def command(settings_file: Path, live: bool | None, no_lock_in: bool) -> int:  # noqa: FBT001  # click's
    """Count what the camera sees, keep the records, send them to the backend.

    Runs until Ctrl-C, or until footage is over. A half that fails is started afresh;
    the hole is told in the records. Records that could not be sent wait in the outbox.
    """
    from tallypost.daemon.house import run_house

    start_logging()
    return run_house(
        settings_file,
        live=sys.stdout.isatty() if live is None else live,
        no_lock_in=no_lock_in,
    )

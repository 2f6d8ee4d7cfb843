"""`tallypost panel`: what a wish for the panel starts; nobody types it."""

from pathlib import Path

import click

from tallypost.cli.logs import start_logging


@click.command("panel", hidden=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
@click.option("--address", "addresses", multiple=True, required=True)
@click.option("--name", "names", multiple=True)
@click.option("--open-max-s", type=click.FloatRange(min=1.0), default=7200.0)
@click.option("--wait-s", type=click.FloatRange(min=1.0), default=900.0)
@click.option("--daemon", type=int, help="Ends with this process.")
def command(
    folder: Path,
    addresses: tuple[str, ...],
    names: tuple[str, ...],
    open_max_s: float,
    wait_s: float,
    daemon: int | None,
) -> int:
    """Serve the phone of whoever stands at the device, for some time."""
    from tallypost.assembly.board import board, end_with_daemon
    from tallypost.panel.running import Times, run

    if daemon is not None:
        end_with_daemon(daemon)
    start_logging()
    run(folder, addresses, names, Times(wait_s, open_max_s), board())
    return 0

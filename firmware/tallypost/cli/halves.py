"""The processes that `tallypost run` starts; nobody types these."""

from pathlib import Path

import click

from tallypost.cli import options
from tallypost.cli.logs import start_logging

_settings = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), required=True
)


@click.command("vision-half", hidden=True)
@_settings
@click.option("--outlet", type=int, required=True)
@click.option("--hatch", type=int)
@options.NO_LOCK_IN
def vision(
    settings_file: Path,
    outlet: int,
    hatch: int | None,
    no_lock_in: bool,  # noqa: FBT001  # click's
) -> int:
    """See, and say nothing but frames of the wall."""
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    leave_no_trace()
    if not no_lock_in:
        give_up(*[outlet] if hatch is None else [outlet, hatch])
    # Not before: numpy brings threads along, and they would keep what was given up.
    from tallypost.daemon.vision_half import see

    return see(settings_file, outlet, hatch)


@click.command("fetcher", hidden=True)
@_settings
@click.option("--hatch", type=int, required=True)
@options.NO_LOCK_IN
def fetcher(settings_file: Path, hatch: int, no_lock_in: bool) -> int:  # noqa: FBT001  # click's
    """Fetch a camera's packets from the network, and see nothing."""
    from tallypost.assembly.fetching import stream_of
    from tallypost.fetching.connection import port_of
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    leave_no_trace()
    source, timeout_s = stream_of(settings_file)
    if not no_lock_in:
        give_up(hatch, port=port_of(source.url))
    # Not before: what was given up must hold for every thread that FFmpeg brings along.
    from tallypost.daemon.fetcher import fetch

    return fetch(source, timeout_s, hatch)


@click.command("telemetry-half", hidden=True)
@_settings
@click.option("--inlet", type=int, required=True)
@click.option("--live", is_flag=True)
def telemetry(settings_file: Path, inlet: int, live: bool) -> int:  # noqa: FBT001  # click's
    """Keep and send what comes through the wall."""
    from tallypost.cli.live import LiveRecords
    from tallypost.daemon.telemetry_half import speak

    start_logging("WARNING" if live else "INFO")
    with LiveRecords(enabled=live) as display:
        return speak(settings_file, inlet, display.show)

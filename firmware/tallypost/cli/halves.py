"""The two halves, as `tallypost run` starts them; nobody types these."""

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
@options.NO_LOCK_IN
def vision(settings_file: Path, outlet: int, no_lock_in: bool) -> int:  # noqa: FBT001  # click's
    """See, and say nothing but frames of the wall."""
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    leave_no_trace()
    if not no_lock_in:
        give_up(outlet)
    # Not before: numpy brings threads along, and they would keep what was given up.
    from tallypost.daemon.vision_half import see

    return see(settings_file, outlet)


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

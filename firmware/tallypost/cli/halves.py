"""What `tallypost run` or a service manager starts; nobody types these."""

import os
from pathlib import Path

import click

from tallypost.cli import options
from tallypost.cli.logs import start_logging

_settings = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), required=True
)


@click.command("vision-half", hidden=True)
@_settings
@click.option("--outlet", type=int, help="Without it, a service manager passes it.")
@click.option("--hatch", type=int)
@click.option("--frames-within-s", type=click.FloatRange(min=5.0))
@options.NO_LOCK_IN
def vision(
    settings_file: Path,
    outlet: int | None,
    hatch: int | None,
    frames_within_s: float | None,
    no_lock_in: bool,  # noqa: FBT001  # click's
) -> int:
    """See, and say nothing but frames of the wall."""
    from tallypost.daemon.passed import Pipe, emptied, passed
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    leave_no_trace()
    if outlet is None:
        outlet, hatch = passed(Pipe.WALL, os.O_WRONLY), passed(Pipe.HATCH, os.O_RDONLY)
        # At once: who fetches is started after us, and what lies there is of before.
        emptied(hatch)
    if not no_lock_in:
        give_up(*[outlet] if hatch is None else [outlet, hatch])
    # Not before: numpy brings threads along, and they would keep what was given up.
    from tallypost.daemon.vision_half import see

    return see(settings_file, outlet, hatch, frames_within_s)


@click.command("fetcher", hidden=True)
@_settings
@click.option("--hatch", type=int, help="Without it, a service manager passes it.")
@options.NO_LOCK_IN
def fetcher(settings_file: Path, hatch: int | None, no_lock_in: bool) -> int:  # noqa: FBT001  # click's
    """Fetch a camera's packets from the network, and see nothing."""
    from tallypost.assembly.fetching import stream_of
    from tallypost.daemon.passed import Pipe, passed
    from tallypost.fetching.connection import port_of
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    leave_no_trace()
    if hatch is None:
        hatch = passed(Pipe.HATCH, os.O_WRONLY)
    start_logging("WARNING")
    source, timeout_s = stream_of(settings_file)
    if not no_lock_in:
        give_up(hatch, port=port_of(source.url))
    # Not before: what was given up must hold for every thread that FFmpeg brings along.
    from tallypost.daemon.fetcher import fetch

    return fetch(source, timeout_s, hatch)


@click.command("telemetry-half", hidden=True)
@_settings
@click.option("--inlet", type=int, help="Without it, a service manager passes it.")
@click.option("--live", is_flag=True)
def telemetry(settings_file: Path, inlet: int | None, live: bool) -> int:  # noqa: FBT001  # click's
    """Keep and send what comes through the wall."""
    from tallypost.cli.acceptance import printed
    from tallypost.cli.live import LiveRecords
    from tallypost.daemon.passed import Pipe, passed
    from tallypost.daemon.telemetry_half import speak

    if inlet is None:
        inlet = passed(Pipe.WALL, os.O_RDONLY)
    start_logging("WARNING" if live else "INFO")
    with LiveRecords(enabled=live) as display:
        return speak(settings_file, inlet, display.show, printer=printed)


@click.command("keep-house", hidden=True)
@_settings
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def keeper(settings_file: Path, folder: Path) -> int:
    """Leave in a folder what both halves must know; end when they shall start anew."""
    from tallypost.daemon.keeper import keep_house
    from tallypost.daemon.passed import Pipe, passed

    start_logging()
    return keep_house(settings_file, folder, passed(Pipe.WALL, os.O_RDONLY))


@click.command("panel", hidden=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
@click.option("--address", "addresses", multiple=True, required=True)
@click.option("--name", "names", multiple=True)
@click.option("--open-max-s", type=click.FloatRange(min=1.0), default=7200.0)
@click.option("--wait-s", type=click.FloatRange(min=1.0), default=900.0)
@click.option("--daemon", type=int, help="Ends with this process.")
def panel(
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


@click.command("tested-vision-half", hidden=True)
@_settings
@click.option("--outlet", type=int, required=True)
@click.option("--hatch", type=int)
@click.option("--seed", type=int, required=True)
@click.option("--frames", type=int, required=True)
@click.option("--lasts-s", type=float, default=0.0)
def tested_vision(
    settings_file: Path,
    outlet: int,
    hatch: int | None,
    seed: int,
    frames: int,
    lasts_s: float,
) -> int:
    """See canaries, and try to get out; nobody types this."""
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    leave_no_trace()
    give_up(*[outlet] if hatch is None else [outlet, hatch])
    # Not before: numpy brings threads along, and they would keep what was given up.
    from tallypost.canary.half import see_canaries

    return see_canaries(settings_file, outlet, hatch, seed, frames, lasts_s)

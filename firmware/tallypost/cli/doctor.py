"""`tallypost doctor`: what is well with this device, and what somebody should mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from tallypost.cli import options
from tallypost.cli.findings import (
    Finding,
    Verdict,
    as_json,
    ill,
    look,
    show,
    well,
)
from tallypost.errors import SettingsError, TallypostError
from tallypost.exits import FAILED, OK

Look = Callable[[Path], Iterator[Finding]]


@click.command("doctor", short_help="Say what is well, and what to mend.")
@options.SETTINGS_FILE
@click.option(
    "--lora",
    is_flag=True,
    help="Ask the modem and the network, too: stop tallypost before.",
)
@click.option("--json", "as_document", is_flag=True, help="For programs.")
def command(settings_file: Path, *, lora: bool, as_document: bool) -> int:
    """Look at the settings, the board and the running tallypost, in one table.

    Each line says what was looked at, how it is and what to do about it. Ends with 0
    when nothing is ILL, with 1 when something should be mended.
    """
    looks: list[Look] = [_settings, _clock, _board, *([_radio] if lora else [_house])]
    found: list[Finding] = []
    for each in looks:
        found += _findings(each, settings_file, {one.value for one in found})
    if as_document:
        click.echo(as_json(found))
    else:
        show(found)
    ailing = any(each.verdict is Verdict.ILL for each in found)
    return FAILED if ailing else OK


def _findings(at: Look, settings_file: Path, said: set[str]) -> Iterator[Finding]:
    """Give what one look finds; what was said already is not said again."""
    try:
        yield from at(settings_file)
    except TallypostError as error:
        told = str(error)
        if told in said:
            told = "nobody can tell before what stands above is mended"
        yield ill(at.__name__.strip("_"), told)


def _settings(settings_file: Path) -> Iterator[Finding]:
    from tallypost.cli.verdict import judge_all

    for verdict in judge_all([settings_file]):
        if verdict.faults:
            told = str(SettingsError(str(verdict.file), verdict.faults))
            yield ill(verdict.kind, told)
        elif verdict.notes:
            yield look(verdict.kind, verdict.summary, "; ".join(verdict.notes))
        else:
            yield well(verdict.kind, verdict.summary)


def _clock(settings_file: Path) -> Iterator[Finding]:
    from tallypost.assembly.board import board
    from tallypost.domain.records import ClockTrust
    from tallypost.settings.overlay import read_settings_in_force

    settings = read_settings_in_force(settings_file)
    reading = board(settings.clock.host_uncertainty_s).clock()
    if reading.trust is ClockTrust.SYNCED:
        doubt_s = reading.uncertainty_s
        told = "" if doubt_s is None else f", to {1000 * doubt_s:.0f} ms"
        yield well("clock", f"somebody keeps it{told}")
        return
    yield ill(
        "clock",
        "nobody keeps it: records wait for their date until a time server, the "
        "broker or the radio network tells it",
        "see to the link, or to chrony",
    )


def _board(settings_file: Path) -> Iterator[Finding]:
    from tallypost.cli.looks_board import look_at_board
    from tallypost.settings.overlay import read_settings_in_force

    yield from look_at_board(read_settings_in_force(settings_file))


def _house(settings_file: Path) -> Iterator[Finding]:
    from tallypost.assembly.board import board
    from tallypost.cli.looks_house import look_at_house
    from tallypost.settings.overlay import read_settings_in_force

    yield from look_at_house(read_settings_in_force(settings_file), board())


def _radio(settings_file: Path) -> Iterator[Finding]:
    from contextlib import closing

    from tallypost.assembly.board import board
    from tallypost.assembly.lorawan import (
        modem_opener,
        radio_of,
        visitor_of,
    )
    from tallypost.cli.lora import ask_for_patience, radio_settings
    from tallypost.cli.lora_words import FORGETS, margin
    from tallypost.telemetry.uplink.lorawan.survey import asked, joined

    settings, radio = radio_settings(settings_file)
    here = board()
    identity = visitor_of(settings, radio)
    yield well("keys", "are as long as they must be")
    with closing(modem_opener(radio, here)()) as modem:
        found = modem.info()
        yield well("modem", f"{found.model}, {found.version}")
        modem.configure(identity, radio_of(radio))
        ask_for_patience()
        if not joined(modem, here):
            wish = "gateway, region, keys at the network server?"
            if found.keeps_nonce is False:
                wish += f" It keeps its DevNonce {FORGETS}"
            yield ill("network", "nobody lets us in", wish)
            return
        yield well("network", "has let us in")
        answered, link = asked(modem, here)
        if answered:
            yield well("link", margin(link))
        else:
            yield ill("link", "a frame had no answer", "try a survey")

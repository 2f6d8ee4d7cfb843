"""`tallypost doctor`: what is well with this device, and what somebody should mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from tallypost.cli import options
from tallypost.errors import SettingsError, TallypostError
from tallypost.exits import FAILED, OK

MARKS = {True: "well", False: "ILL "}


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        name: What.
        well: Whether nobody need do anything.
        told: The fact, and the wish where it is ill.
    """

    name: str
    well: bool
    told: str


@click.command("doctor", short_help="Say what is well, and what to mend.")
@options.SETTINGS_FILE
@click.option(
    "--lora",
    is_flag=True,
    help="Ask the modem and the network, too: stop tallypost before.",
)
def command(settings_file: Path, *, lora: bool) -> int:
    """Look at the settings and the clock, and with --lora at the radio.

    Ends with 0 when all is well, with 1 when something should be mended.
    """
    looks: list[Callable[[Path], Iterator[Finding]]] = [_settings, _clock]
    if lora:
        looks.append(_radio)
    found: list[Finding] = []
    for look in looks:
        for finding in _findings(look, settings_file, {each.told for each in found}):
            found.append(finding)
            _tell(finding)
    return OK if all(each.well for each in found) else FAILED


def _findings(
    look: Callable[[Path], Iterator[Finding]], settings_file: Path, said: set[str]
) -> Iterator[Finding]:
    """Give what one look finds; what was said already is not said again."""
    try:
        yield from look(settings_file)
    except TallypostError as error:
        told = str(error)
        if told in said:
            told = "nobody can tell before what stands above is mended"
        yield Finding(look.__name__.strip("_"), well=False, told=told)


def _tell(finding: Finding) -> None:
    click.echo(f"{MARKS[finding.well]}  {finding.name}: {finding.told}")


def _settings(settings_file: Path) -> Iterator[Finding]:
    from tallypost.cli.verdict import judge_all

    for verdict in judge_all([settings_file]):
        told = "; ".join([verdict.summary, *verdict.notes])
        if verdict.faults:
            told = str(SettingsError(str(verdict.file), verdict.faults))
        yield Finding(verdict.kind, well=not verdict.faults, told=told)


def _clock(settings_file: Path) -> Iterator[Finding]:
    from tallypost.assembly.board import board
    from tallypost.domain.records import ClockTrust
    from tallypost.settings.overlay import read_settings_in_force

    settings = read_settings_in_force(settings_file)
    reading = board(settings.clock.host_uncertainty_s).clock()
    known = reading.trust is ClockTrust.SYNCED
    told = "somebody keeps it"
    if not known:
        told = (
            "nobody keeps it: records wait for their date until a time server, the "
            "broker or the radio network tells it"
        )
    yield Finding("clock", well=known, told=told)


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
    yield Finding("keys", well=True, told="are as long as they must be")
    with closing(modem_opener(radio, here)()) as modem:
        found = modem.info()
        yield Finding("modem", well=True, told=f"{found.model}, {found.version}")
        modem.configure(identity, radio_of(radio))
        ask_for_patience()
        if not joined(modem, here):
            told = "nobody lets us in: gateway, region, keys at the network server?"
            if found.keeps_nonce is False:
                told += f" It keeps its DevNonce {FORGETS}"
            yield Finding("network", well=False, told=told)
            return
        yield Finding("network", well=True, told="has let us in")
        answered, link = asked(modem, here)
        told = margin(link) if answered else "a frame had no answer; try a survey"
        yield Finding("link", well=answered, told=told)

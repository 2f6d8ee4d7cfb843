"""`tallypost lora`: the radio, for who stands at the foot of the pole."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from tallypost.cli import lora_words, options
from tallypost.errors import JoinRefusedError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from tallypost.settings.device import DeviceSettings
    from tallypost.settings.lorawan import LorawanSettings
    from tallypost.telemetry.uplink.modem.base import Modem


@click.group("lora", short_help="Look at the LoRaWAN modem, join, send, survey.")
def command() -> None:
    """Look after the LoRaWAN link, at the foot of the pole.

    Stop tallypost first: only one program can have the modem. Each answer is in words;
    it ends with 0 where the link is good, with 6 where it is not.
    """


@command.command("info")
@options.SETTINGS_FILE
@click.option("--port", help="Ask this serial port alone; no settings are read.")
def info(settings_file: Path, port: str | None) -> None:
    """Say what modem there is. Nothing is sent over the air."""
    from tallypost.assembly.board import board
    from tallypost.assembly.lorawan import modem_at, modem_opener

    here = board()
    if port is not None:
        modem = modem_at(port, here)
    else:
        modem = modem_opener(radio_settings(settings_file)[1], here)()
    with closing(modem):
        for line in lora_words.told_of(modem.info()):
            click.echo(line)


@command.command("join")
@options.SETTINGS_FILE
def join(settings_file: Path) -> None:
    """Ask the network to be let in, once."""
    with closing(_configured(*radio_settings(settings_file))) as modem:
        _join(modem)


@command.command("send")
@options.SETTINGS_FILE
def send(settings_file: Path) -> int:
    """Join, send one frame, and say how well the network heard it."""
    from tallypost.assembly.board import board
    from tallypost.exits import OK, UPLINK
    from tallypost.telemetry.uplink.lorawan.survey import asked

    with closing(_configured(*radio_settings(settings_file))) as modem:
        _join(modem)
        answered, link = asked(modem, board())
        click.echo("answered" if answered else "no answer; try again, or survey")
        if answered:
            click.echo(lora_words.margin(link))
    return OK if answered else UPLINK


@command.command("survey")
@options.SETTINGS_FILE
def survey(settings_file: Path) -> int:
    """Try each data rate, and say what this place is good for.

    It joins anew at each and sends three frames: with a slow data rate that takes
    minutes, for airtime has to be waited for.
    """
    from tallypost.assembly.board import board
    from tallypost.assembly.lorawan import (
        modem_opener,
        radio_of,
        visitor_of,
    )
    from tallypost.exits import OK, UPLINK
    from tallypost.telemetry.uplink.lorawan import survey as air

    settings, radio = radio_settings(settings_file)
    identity = visitor_of(settings, radio)
    here, steps = board(), []
    click.echo("this takes minutes, the slow data rates longest", err=True)
    with closing(modem_opener(radio, here)()) as modem:
        for step in air.survey(modem, identity, radio_of(radio), here):
            steps.append(step)
            click.echo(lora_words.line_of(step, radio.fair_use_s))
    click.echo(lora_words.verdict(steps, settings.interval_s, radio.fair_use_s))
    return OK if any(step.answered for step in steps) else UPLINK


def radio_settings(settings_file: Path) -> tuple[DeviceSettings, LorawanSettings]:
    """Return the device's settings, and its radio's.

    Raises:
        SettingsError: They cannot be accepted, or have no radio.
    """
    from tallypost.settings.overlay import read_settings_in_force

    settings = read_settings_in_force(settings_file)
    if settings.radio is None:
        told = 'has no LoRaWAN link; write [uplink] with kind = "lorawan"'
        raise SettingsError(str(settings_file), [told])
    return settings, settings.radio


def ask_for_patience() -> None:
    """Say what is waited for: a network may take its time, or never answer."""
    click.echo("asking the network to let us in; give it a minute", err=True)


def _configured(settings: DeviceSettings, radio: LorawanSettings) -> Modem:
    from tallypost.assembly.board import board
    from tallypost.assembly.lorawan import (
        modem_opener,
        radio_of,
        visitor_of,
    )

    identity = visitor_of(settings, radio)
    modem = modem_opener(radio, board())()
    modem.configure(identity, radio_of(radio))
    return modem


def _join(modem: Modem) -> None:
    """Join, and say so.

    Raises:
        JoinRefusedError: Nobody has let us in.
    """
    from tallypost.assembly.board import board
    from tallypost.telemetry.uplink.lorawan.survey import joined

    ask_for_patience()
    if not joined(modem, board()):
        raise JoinRefusedError(
            "join: nobody answered; see that a gateway is in reach, that the region is "
            "right, and that the network server knows this device by these keys"
        )
    click.echo("joined")

"""`tallypost simulate`: hardware that nobody has at hand."""

from __future__ import annotations

import re
import signal
import threading
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallypost.cli import words

if TYPE_CHECKING:
    from types import FrameType

    from tallypost.simulated.modem.mishaps import Mishap

KEY = re.compile(r"[0-9A-Fa-f]{32}")


@click.group("simulate", short_help="A LoRaWAN modem that nobody has at hand.")
def command() -> None:
    """Try the software without the hardware."""


class MishapChance(click.ParamType[tuple[str, float]]):
    """Something that goes wrong, and how often, as in noise=0.05."""

    name = "KIND=CHANCE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, float]:
        """Return the kind and the chance."""
        from tallypost.simulated.modem.mishaps import Mishap

        kind, _, chance = str(value).partition("=")
        kinds = ", ".join(Mishap)
        if kind not in set(Mishap):
            self.fail(f"{value} is no mishap; name one of {kinds}", param, ctx)
        return kind, words.Number(0, 1).convert(chance, param, ctx)


@command.command("modem", short_help="On a terminal that a program opens as a port.")
@click.option(
    "--model",
    required=True,
    help="One of rak3172, stm32wl, la66, lora_e5, rn2483, rn2903.",
)
@click.option(
    "--port",
    type=click.Path(path_type=Path),
    help="Where a link to the terminal is made; its own path without.",
)
@click.option("--region", default="eu868", show_default=True, help="Of the network.")
@click.option(
    "--sub-band",
    type=click.IntRange(1, 8),
    help="On which eight channels of us915 or au915 its gateway listens.",
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    help="The AppKey that the network knows; without, it lets everybody in.",
)
@click.option(
    "--loss",
    type=words.Number(0, 1),
    default=0.0,
    show_default=True,
    help="Which part of all frames is lost.",
)
@click.option(
    "--snr",
    "snr_db",
    type=words.Number(-40, 40),
    default=6.0,
    show_default=True,
    help="How well both sides hear each other, in dB.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of all chances.")
@click.option(
    "--mishap",
    "mishaps",
    type=MishapChance(),
    multiple=True,
    help="What goes wrong on the line, as in noise=0.05; may be repeated.",
)
@click.option(
    "--pace",
    type=words.Number(0.01, 1000),
    default=1.0,
    show_default=True,
    help="How many of its seconds pass in one.",
)
@click.option(
    "--duty-cycle/--no-duty-cycle",
    default=True,
    help="Whether the modem heeds the law's limits.",
)
@click.option(
    "--keeps-nonce/--forgets-nonce",
    default=True,
    help="Whether the number that it joins with outlives a restart.",
)
@click.option(
    "--log",
    "journal",
    type=click.Path(path_type=Path),
    help="Where each frame is written down, one JSON object a line.",
)
def modem(
    *,
    model: str,
    port: Path | None,
    key_file: Path | None,
    mishaps: tuple[tuple[Mishap, float], ...],
    pace: float,
    journal: Path | None,
    **scene: Any,
) -> None:
    """Put a modem on a terminal, with a network in its reach.

    Prints the terminal's path and runs until Ctrl-C. What the modem sends is made of
    real LoRaWAN frames; the network opens them, and answers.
    """
    from tallypost.assembly.board import board
    from tallypost.simulated.journal import Journal
    from tallypost.simulated.modem.hurry import HurriedBoard
    from tallypost.simulated.modem.mishaps import Mishaps
    from tallypost.simulated.modem.terminal import Terminal
    from tallypost.simulated.stage import Scene, set_up

    app_key = None if key_file is None else _key(key_file)
    hurried = HurriedBoard(board(), pace)
    stage = set_up(model, hurried, Scene(app_key=app_key, **scene))
    ends = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        ends.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    with ExitStack() as opened:
        if journal is not None:
            written = opened.enter_context(closing(Journal(journal)))
            stage.air.on_frame = written.note
        trouble = Mishaps(dict(mishaps), scene["seed"])
        terminal = Terminal(stage.modem, hurried, trouble, port)
        opened.enter_context(terminal)
        click.echo(terminal.path)
        ends.wait()


def _key(path: Path) -> bytes:
    """Return the 16 bytes that a file of its owner's alone spells."""
    from tallypost.errors import SettingsError
    from tallypost.settings.secret import read_secret

    spelt = read_secret(path)
    if KEY.fullmatch(spelt) is None:
        fault = "holds no key; write 32 hexadecimal digits"
        raise SettingsError(str(path), [fault])
    return bytes.fromhex(spelt)

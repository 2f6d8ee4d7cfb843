"""`tallypost first-boot`: what lies on the boot partition becomes the device's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.domain.bundle import MADE_ON_DEVICE
from tallypost.errors import ActuatorError
from tallypost.exits import MEND_IT, OK

if TYPE_CHECKING:
    from tallypost.commissioning.base import Wanted


@click.command("first-boot", short_help="Take what is on the boot partition, once.")
@click.option(
    "--boot",
    type=click.Path(path_type=Path),
    required=True,
    help="Where the boot partition is mounted, as in /boot/firmware.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("/var/lib/tallypost"),
    show_default=True,
    help="Where the device keeps what is its own.",
)
@click.option(
    "--panel-user", help="Whose the panel's files become; without it, the caller's."
)
@click.option(
    "--light",
    default="ACT",
    show_default=True,
    help="The light in /sys/class/leds that blinks where something is refused.",
)
def command(boot: Path, folder: Path, panel_user: str | None, light: str) -> int:
    """Take the bundle that `tallypost-provision write` put on the boot partition.

    Its signature, its machine and all its settings are judged first; then the device
    makes its keys, says in device.json who it is, and wipes the bundle. RESULT.txt says
    in plain words what became of it. A certificate.pem there is taken, too.

    Ends with 0 when all is taken or nothing is new, 2 when something was refused.
    """
    from tallypost.assembly.board import board
    from tallypost.assembly.machine import blink, machine
    from tallypost.commissioning.first_boot import FirstBoot
    from tallypost.commissioning.result import in_english

    # What is kept between two starts names places by their whole path.
    folder = folder.absolute()
    first = FirstBoot(
        boot, folder, house=_House(), machine=machine(panel_user), board=board()
    )
    outcomes = first.run()
    for outcome in outcomes:
        click.echo("\n".join(in_english(outcome)), err=outcome.verdict.refused)
    refused = [each.verdict for each in outcomes if each.verdict.refused]
    if not refused:
        return OK
    with suppress(ActuatorError):  # without a light, RESULT.txt says it
        blink(light, refused[0].blinks)
    return MEND_IT


class _House:
    """Judges settings as `tallypost check` does."""

    def faults(self, settings_file: Path, device: str) -> Sequence[str]:
        """Return everything that speaks against settings."""
        from tallypost.cli.verdict import judge_all

        verdicts = judge_all([settings_file])
        faults = [f"{each.file}: {told}" for each in verdicts for told in each.faults]
        [own] = [each for each in verdicts if each.file == settings_file]
        return faults if own.faults else [*faults, *_beside(settings_file, device)]

    def wanted(self, settings_file: Path) -> Wanted:
        """Return what settings want of the device."""
        from tallypost.assembly.commissioning import wanted

        return wanted(settings_file)


def _beside(settings_file: Path, device: str) -> Iterator[str]:
    """Tell where good settings do not fit the bundle that they came in."""
    from tallypost.cli.verdict import named_files
    from tallypost.settings.reading import read_device_settings

    settings = read_device_settings(settings_file)
    if settings.device != device:
        told = f'is not the bundle\'s; write device = "{device}"'
        yield f"{settings_file}: device: {told}"
    for key, file in named_files(settings):
        inside = settings_file.parent in file.parents
        if inside and key not in MADE_ON_DEVICE and not file.exists():
            told = "is not in the bundle; add it, or name another file"
            yield f"{settings_file}: {key}: {file} {told}"

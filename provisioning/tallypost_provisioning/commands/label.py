"""`tallypost-provision label`: what is stuck into the box."""

import functools
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from tallypost.documents.drawing.font import Fonts
from tallypost.errors import PaperError
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import PATH, in_city, progress
from tallypost_provisioning.exports.current import current, told_revoked
from tallypost_provisioning.inventory.words import Identity
from tallypost_provisioning.labels.files import (
    DOTS_PER_MM,
    ENDINGS,
    Printing,
    write_file,
    write_folder,
)
from tallypost_provisioning.labels.label import ADDRESS, Wanted
from tallypost_provisioning.labels.onboarding import PROFILE_ID
from tallypost_provisioning.labels.sheets import (
    LABEL,
    NAMES,
    Sheet,
    groups,
    page,
    sheet_of,
    size_of,
)

_HOST = re.compile(r"[A-Za-z0-9.-]{1,64}(?::\d{1,5})?|\[[0-9A-Fa-f:]+\](?::\d{1,5})?")


class Address(click.ParamType[str]):
    """Where a phone finds the panel: it goes into a code as it is."""

    name = "address"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return it, where it may stand in an address of the web."""
        if not _HOST.fullmatch(value):
            self.fail(
                f"{value!a} is no name or address, with or without a port", param, ctx
            )
        return str(value)


def wanting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what shall be on labels; it takes it as `wanted`."""

    @click.option(
        "--address",
        type=Address(),
        default=ADDRESS,
        show_default=True,
        help="Where a phone finds the panel.",
    )
    @click.option(
        "--profile-id",
        default=PROFILE_ID,
        show_default=True,
        help="What the code for LoRaWAN calls the kind of device.",
    )
    @click.option("--no-lorawan", is_flag=True, help="Leave the code for LoRaWAN out.")
    @functools.wraps(function)
    def command(
        *, address: str, profile_id: str, no_lorawan: bool, **others: Any
    ) -> Any:
        wanted = Wanted(address=address, profile_id=profile_id, lorawan=not no_lorawan)
        return function(wanted=wanted, **others)

    return command


def printing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command how labels are printed; it takes it as `sheet` and `how`."""

    @click.option(
        "--sheet",
        "name",
        type=click.Choice(NAMES),
        default=LABEL,
        show_default=True,
        help="What it is printed on: each label by itself, a roll, paper to be cut, or "
        "a sheet of Avery's.",
    )
    @click.option("--size", help="Of a label in mm, as in 62x29.")
    @click.option(
        "--dpi",
        type=click.Choice([str(each) for each in DOTS_PER_MM]),
        default="203",
        show_default=True,
        help="Dots to the inch of a PNG.",
    )
    @click.option("--font", type=PATH, help="A TrueType font that has your letters.")
    @functools.wraps(function)
    def command(
        *, name: str, size: str | None, dpi: str, font: Path | None, **others: Any
    ) -> Any:
        fonts = Fonts() if font is None else Fonts(regular=font, bold=font)
        sheet = sheet_of(name, None if size is None else size_of(size))
        how = Printing(fonts, DOTS_PER_MM[int(dpi)])
        return function(sheet=sheet, how=how, **others)

    return command


@click.command("label")
@click.argument("devices", metavar="DEVICE...", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="Of the whole fleet.")
@click.option(
    "--out",
    type=PATH,
    default="labels.pdf",
    show_default=True,
    help="A file that ends in .pdf, .svg or .png, or a folder: then each label by "
    "itself, in all three.",
)
@wanting
@printing
@in_city
def command(
    *,
    city: City,
    devices: tuple[str, ...],
    everybody: bool,
    out: Path,
    sheet: Sheet,
    **how: Any,
) -> None:
    """Make labels of DEVICE..., with what a technician needs at the pole.

    A label has the code that opens the panel: it belongs inside the box.
    """
    if everybody == bool(devices):
        raise click.UsageError("name devices, or give --all")
    kept, revoked = current(city.inventory.identities(devices or None))
    told_revoked(revoked)
    if not kept:
        raise PaperError("there is nobody to make a label of; name a device by `new`")
    for path in _written(kept, out, sheet, **how):
        click.echo(path)
    click.echo("Whoever reads a label can open that panel: keep these safe", err=True)


def _written(
    identities: Sequence[Identity],
    out: Path,
    sheet: Sheet,
    *,
    wanted: Wanted,
    how: Printing,
) -> list[Path]:
    in_file = out.suffix in ENDINGS
    if not in_file and out.suffix and not out.is_dir():
        raise PaperError(
            f"--out {out}: labels are files that end in {', '.join(ENDINGS)}, or lie "
            "in a folder without an ending"
        )
    if not in_file and sheet.across * sheet.down > 1:
        raise PaperError(
            f"--out {out}: a folder takes each label by itself; for a sheet, name a "
            f"file that ends in {', '.join(ENDINGS)}"
        )
    pages = []
    on_pages = groups(identities, sheet)
    with progress("Labels", len(on_pages)) as done:
        for group in on_pages:
            pages.append(page(group, sheet, wanted))
            done(1)
    if in_file:
        return write_file(pages, out, how)
    names = (each.device for each in identities)
    return write_folder(dict(zip(names, pages, strict=True)), out, how)

"""`tallypost-provision write`: bundles onto cards, into images, into folders."""

import dataclasses
from pathlib import Path

import click

from tallypost.domain.bundle import BUNDLE, FOLDER
from tallypost_backend.clock import utc_s
from tallypost_provisioning.bundles import Common, common, make_bundle
from tallypost_provisioning.cards.base import Card, put, refuse_that_of_another
from tallypost_provisioning.cards.folder import FolderCard
from tallypost_provisioning.cards.image import ImageCard
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import PATH, in_city, progress
from tallypost_provisioning.errors import CardError
from tallypost_provisioning.fleet.wanted import RULES
from tallypost_provisioning.inventory.words import Identity, Known, State


@click.command("write", short_help="Put a device's signed bundle onto its card.")
@click.argument("device", required=False)
@click.option("--boot", type=PATH, help="Where the card's boot partition is mounted.")
@click.option("--image", type=PATH, help="An image of a card; nothing is mounted.")
@click.option("--label", help="What the image's boot partition is called.")
@click.option("--all", "everybody", is_flag=True, help="Every device not revoked.")
@click.option("--out", type=PATH, help="With --all: a folder for each lies in it.")
@click.option("--again", is_flag=True, help="With --all: those too that lie there.")
@click.option("--replace", is_flag=True, help="Even where it is another device's card.")
@click.option("--serial", help="The only machine that may take it; `any` for any.")
@in_city
def command(  # noqa: PLR0913  # what is typed
    *,
    city: City,
    device: str | None,
    boot: Path | None,
    image: Path | None,
    label: str | None,
    everybody: bool,
    out: Path | None,
    again: bool,
    replace: bool,
    serial: str | None,
) -> None:
    """Put DEVICE's signed bundle onto its boot partition, and read it back.

    \b
    tallypost-provision write tp-0001 --boot /media/me/bootfs
    tallypost-provision write tp-0001 --image tp-0001.img
    tallypost-provision write --all --out bundles

    With --all, copy what lies in bundles/DEVICE onto that device's boot partition.
    """
    if everybody:
        if out is None or device or boot or image or serial:
            raise click.UsageError("--all goes with --out FOLDER, and nothing else")
        _write_all(city, out, again=again)
        return
    if device is None or (boot is None) == (image is None):
        raise click.UsageError(
            "name DEVICE, and where its card is: --boot DIR or --image FILE"
        )
    known = city.inventory.known_of(device)
    place = str(boot or image)
    card: Card = FolderCard(boot) if boot else ImageCard(image, label)  # type: ignore[arg-type]  # one of both
    if not replace:
        refuse_that_of_another(card, device)
    shared = common(city)
    shared.settings(known)  # its faults are told before a passphrase is asked for
    identity = city.inventory.identity(device)
    if serial is not None:
        identity = _bound(city, identity, serial)
    _write(city, shared, identity, card)
    click.echo(f"{device}: written to {place}, and read back", err=True)


def _bound(city: City, identity: Identity, serial: str) -> Identity:
    """Return an identity that belongs to another machine from now on, or to any."""
    told = None if serial == "any" else serial.lower()
    if told is not None and not RULES["serial"].is_kept(told):
        raise click.UsageError(f"--serial: {RULES['serial'].wish}, or any")
    city.inventory.change(identity.device, serial=told)
    return dataclasses.replace(identity, serial=told)


def _write(city: City, shared: Common, identity: Identity, card: Card) -> None:
    put(card, identity.device, make_bundle(city, shared, identity, utc_s()))
    if identity.state is State.NEW:
        city.inventory.change(identity.device, state=State.WRITTEN)


def _write_all(city: City, out: Path, *, again: bool) -> None:
    shared = common(city)
    fleet = [each for each in city.inventory.known() if each.state is not State.REVOKED]
    wanted = [each for each in fleet if again or not _lies_there(out, each)]
    for each in wanted:
        shared.settings(each)
    with progress("Writing bundles", len(wanted)) as tell:
        for identity in city.inventory.identities([each.device for each in wanted]):
            card = FolderCard(_made(out / identity.device))
            _write(city, shared, identity, card)
            tell(1)
    kept = len(fleet) - len(wanted)
    more = f"; {kept} were there (--again makes them anew)" if kept else ""
    click.echo(f"{len(wanted)} bundles written into {out}{more}", err=True)


def _lies_there(out: Path, device: Known) -> bool:
    return (out / device.device / FOLDER / BUNDLE).is_file()


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CardError(
            f"{folder}: cannot be made ({error.strerror}); name another --out"
        ) from error
    return folder

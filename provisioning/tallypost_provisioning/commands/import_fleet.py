"""`tallypost-provision import`: a whole fleet from a spreadsheet."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from tallypost_backend.clock import utc_s
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import PATH, in_city, progress
from tallypost_provisioning.fleet.identity import new_identity
from tallypost_provisioning.fleet.spreadsheet import read_fleet
from tallypost_provisioning.fleet.wanted import Wanted
from tallypost_provisioning.inventory.words import Identity

AT_ONCE = 20
"""So many are kept by one write to the disk, and lost where it ends between."""


@click.command("import")
@click.argument("file", metavar="FLEET.csv", type=PATH)
@click.option(
    "--check", is_flag=True, help="Say what is wrong with it, and change nothing."
)
@in_city
def command(*, city: City, file: Path, check: bool) -> None:
    """Make an identity for every line of FLEET.csv.

    \b
    device                 its name; the only column that must be there
    serial                 the only machine that may take its card
    site_name, place       what people call it, and where it hangs
    region, batch          as in eu868; what it is labelled together with
    dev_eui, join_eui, app_key        of modems that bring their own
    mqtt_username, mqtt_password      of accounts that there are already
    site                   a site.toml, as seen from the CSV's folder

    Devices that are there already are left as they are, so that it may be stopped at
    any moment and run again. Faults of all lines come in one answer.
    """
    known = city.inventory.known()
    wanted = read_fleet(file, known)
    if not check and wanted:
        city.inventory.unlock()
        _add(city, wanted)
    made = f"{len(wanted)} devices {'could be' if check else ''}".strip()
    kept = len(known)
    click.echo(f"{made} added; {kept} were there before", err=True)


def _add(city: City, wanted: list[Wanted]) -> None:
    with progress("Making identities", len(wanted)) as tell:
        for batch in _batches(city, wanted):
            city.inventory.add(batch)
            tell(len(batch))


def _batches(city: City, wanted: list[Wanted]) -> Iterator[list[Identity]]:
    """Yield new identities, so many at once; hashing their codes takes the time."""
    about, now_s = city.about, utc_s()

    def make(each: Wanted) -> Identity:
        return new_identity(
            each, eui_prefix=about.eui_prefix, join_eui=about.join_eui, utc_s=now_s
        )

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(wanted), AT_ONCE):
            yield list(pool.map(make, wanted[start : start + AT_ONCE]))

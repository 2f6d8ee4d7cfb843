"""`tallypost-provision new`: one more device."""

from pathlib import Path

import click

from tallypost_backend.clock import utc_s
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import PATH, in_city
from tallypost_provisioning.fleet.identity import new_identity, next_name
from tallypost_provisioning.fleet.spreadsheet import site_text
from tallypost_provisioning.fleet.wanted import Wanted, faults, tidy


@click.command("new")
@click.option("--device", default="", help="Its name; without it, the next number.")
@click.option("--prefix", default="tp-", show_default=True, help="Before that number.")
@click.option("--serial", default="", help="The only machine that may take its card.")
@click.option("--site-name", default="", help="What people call the place.")
@click.option("--place", default="", help="Where it hangs.")
@click.option("--region", default="", help="The LoRaWAN region, as in eu868.")
@click.option("--batch", default="", help="What it is labelled together with.")
@click.option("--dev-eui", default="", help="Of a modem that brings its own.")
@click.option("--join-eui", default="", help="Whom that asks.")
@click.option("--site", type=PATH, help="Its site.toml, where it is drawn already.")
@in_city
def command(
    *, city: City, device: str, prefix: str, site: Path | None, **words: str
) -> None:
    """Make a device's identity: its name, its numbers and its secrets.

    Prints its name; `show DEVICE --secrets` tells the rest. Keys of a modem that brings
    its own are read from a file: see `import`.
    """
    known = city.inventory.known()
    name = device or next_name([each.device for each in known], prefix)
    told = tidy({"device": name, **words})
    found = faults(told)
    if name in {each.device for each in known}:
        found.append(f"device: {name} is there already; give each its own")
    if found:
        raise click.UsageError("\n  ".join(["the device cannot be made so", *found]))
    wanted = Wanted(**told, site=None if site is None else site_text(site))
    identity = new_identity(
        wanted,
        eui_prefix=city.about.eui_prefix,
        join_eui=city.about.join_eui,
        utc_s=utc_s(),
    )
    city.inventory.add([identity])
    click.echo(identity.device)

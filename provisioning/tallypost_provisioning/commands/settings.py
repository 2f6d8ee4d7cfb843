"""`tallypost-provision settings`: how the devices of a fleet are set."""

import click

from tallypost.exits import MEND_IT
from tallypost_provisioning.bundles import common
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import in_city
from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.fleet.template import start
from tallypost_provisioning.inventory.words import State

FAULTY_MAX = 20


@click.group("settings")
def command() -> None:
    """Write and check fleet.toml, from which every device's settings are made."""


@command.command("template")
@click.option("--host", default="broker.example.org", help="The city's MQTT broker.")
def template(*, host: str) -> None:
    """Print a fleet.toml to begin with."""
    click.echo(start(host), nl=False)


@command.command("check")
@click.argument("devices", nargs=-1, metavar="[DEVICE]...")
@in_city
def check(*, city: City, devices: tuple[str, ...]) -> None:
    """Say everything that is wrong with fleet.toml, for DEVICE or for every device."""
    shared = common(city)
    known = [
        *map(city.inventory.known_of, devices),
        *(() if devices else city.inventory.known()),
    ]
    faulty: dict[tuple[str, ...], list[str]] = {}
    for each in known:
        if each.state is not State.REVOKED:
            try:
                shared.settings(each)
            except FleetError as error:
                faulty.setdefault(error.faults, []).append(each.device)
    for faults, names in faulty.items():
        shown = ", ".join(names[:FAULTY_MAX])
        more = f" and {len(names) - FAULTY_MAX} more" if len(names) > FAULTY_MAX else ""
        click.echo(str(FleetError(f"fleet.toml, for {shown}{more}", faults)), err=True)
    if faulty:
        click.get_current_context().exit(MEND_IT)
    click.echo(f"fleet.toml: good for {len(known)} devices")

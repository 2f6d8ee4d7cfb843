"""`tallypost-provision list` and `show`: who is in the fleet, and what is known."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tallypost.domain.fields import instant_text
from tallypost.domain.panel_code import spoken
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import in_city
from tallypost_provisioning.inventory.words import Identity, Known, State

WIDTH_MIN = 120
"""A table that goes into a file is as wide as it needs."""
COLUMNS = ("device", "state", "site_name", "place", "serial", "dev_eui", "batch")


@click.command("list")
@click.option("--state", type=click.Choice(list(State)), help="Only those.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a device.")
@in_city
def listing(*, city: City, state: State | None, as_json: bool) -> None:
    """Show who is in the fleet; no passphrase is needed."""
    known = [each for each in city.inventory.known() if state in (None, each.state)]
    if as_json:
        for each in known:
            click.echo(json.dumps(_public(each), ensure_ascii=False))
        return
    table = Table(title=escape(city.about.name), title_justify="left")
    for heading in COLUMNS:
        table.add_column(heading.replace("_", " "), overflow="fold")
    for each in known:
        table.add_row(*(escape(str(getattr(each, key) or "")) for key in COLUMNS))
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(console.width, WIDTH_MIN))
    console.print(table)
    click.echo(f"{len(known)} devices", err=True)


@click.command("show")
@click.argument("device")
@click.option("--secrets", is_flag=True, help="Its secrets too; asks the passphrase.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@in_city
def command(*, city: City, device: str, secrets: bool, as_json: bool) -> None:
    """Show what is known of DEVICE."""
    if secrets:
        identity = city.inventory.identity(device)
        told = _public(identity) | _secret(identity)
    else:
        told = _public(city.inventory.known_of(device))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for key, value in told.items():
        if key != "site":
            click.echo(f"{key:25} {'' if value is None else value}".rstrip())
    if told["site"]:
        click.echo(f"\n# site.toml\n{told['site']}", nl=False)


def _public(known: Known) -> dict[str, object]:
    told = {key: value for key, value in asdict(known).items() if key not in _SECRET}
    return told | {"made": instant_text(known.made_utc_s)}


def _secret(identity: Identity) -> dict[str, object]:
    return {
        "app_key": identity.app_key,
        "mqtt_password": identity.mqtt_password,
        "panel_code": spoken(identity.panel_code),
        "hotspot_ssid": identity.hotspot_ssid,
        "hotspot_passphrase": identity.hotspot_passphrase,
    }


_SECRET = (
    *("app_key", "mqtt_password", "panel_code", "panel_salt", "panel_hash"),
    "made_utc_s",
)

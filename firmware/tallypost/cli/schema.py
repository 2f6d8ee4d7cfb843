"""`tallypost schema`: what other programs may check our files and records against."""

import json

import click

from tallypost.documents.schema import SCHEMAS


@click.command("schema", epilog=f"NAME is one of {', '.join(SCHEMAS)}.")
@click.argument("name", metavar="NAME", type=click.Choice(list(SCHEMAS)))
def command(name: str) -> None:
    """Print a JSON Schema, or the AsyncAPI document of all that a device publishes.

    It describes tallypost.toml (settings), site.toml (site), what a device sends:
    records (kpi), alerts (alert), how it is (health), answers (reply), the settings in
    force (reported); or what operators sign: commands (command) and settings from afar
    (desired). asyncapi names the topics of all.
    """
    _, make = SCHEMAS[name]
    click.echo(json.dumps(make(), indent=2, ensure_ascii=False))

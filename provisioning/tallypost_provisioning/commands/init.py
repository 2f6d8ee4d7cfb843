"""`tallypost-provision init`: a city of one's own."""

from pathlib import Path

import click

from tallypost.telemetry.codec.signed import key_id
from tallypost_backend.clock import utc_s
from tallypost_provisioning.city import About, City, Token
from tallypost_provisioning.commands.options import PATH, asks, passphrases
from tallypost_provisioning.fleet.identity import EUI_PREFIX, new_eui
from tallypost_provisioning.fleet.template import start
from tallypost_provisioning.fleet.wanted import RULES
from tallypost_provisioning.founding import Plan, found
from tallypost_provisioning.signing.passphrase import CHARACTERS_MIN

NAME_MAX = 64


@click.command("init")
@click.argument("folder", type=PATH)
@click.option("--name", help="What the city is called; without it, as its folder.")
@click.option("--host", default="broker.example.org", help="The city's MQTT broker.")
@click.option("--eui-prefix", default="", help="Your own OUI, for DevEUIs.")
@click.option("--join-eui", default="", help="Whom devices ask on LoRaWAN.")
@click.option("--pkcs11", metavar="MODULE", help="Keep the keys on a token.")
@click.option("--token", metavar="LABEL", help="The token's name.")
@passphrases
def command(  # noqa: PLR0913  # what is typed
    *,
    folder: Path,
    name: str | None,
    host: str,
    eui_prefix: str,
    join_eui: str,
    pkcs11: str | None,
    token: str | None,
    passphrase_file: Path | None,
    pin_file: Path | None,
) -> None:
    """Make FOLDER: a city's own authority, its operator's key, and an empty inventory.

    \b
    ca.pem        the authority: brokers trust devices by it
    crl.pem       which devices they must not trust any more
    ca.key        its private key       (with --pkcs11: on the token)
    operator.key  who signs bundles and commands     (likewise)
    operator.pub  the public half, for devices
    inventory.db  who belongs to the fleet, secrets sealed by the passphrase
    fleet.toml    how devices are set: edit it
    files/        what every device is given beside
    """
    if (pkcs11 is None) != (token is None):
        raise click.UsageError("--pkcs11 and --token go together")
    about = About(
        name=_name(name or folder.absolute().name),
        eui_prefix=_prefix(eui_prefix),
        join_eui=_eui(join_eui) or new_eui(),
        token=None
        if pkcs11 is None or token is None
        else Token(module=pkcs11, label=token),
    )
    passphrase = _new_passphrase(passphrase_file)
    plan = Plan(
        about=about,
        passphrase=passphrase,
        pin=asks(pin_file, "PIN"),
        template=start(host),
        utc_s=utc_s(),
    )
    found(folder, plan)
    city = City(folder, lambda: passphrase, plan.pin)
    click.echo(f"{folder}: {about.name}, operator key {key_id(city.operator)}")
    click.echo(
        "Keep a copy of this folder, and the passphrase: without either, no device "
        "can be given another bundle.\n"
        f"Next: edit {folder}/fleet.toml, then tallypost-provision new --city {folder}",
        err=True,
    )


def _new_passphrase(file: Path | None) -> str:
    """Return a new passphrase: from a file, or asked for twice."""
    if file is not None:
        told = asks(file, "Passphrase")()
    else:
        told = click.prompt(
            "Passphrase", hide_input=True, confirmation_prompt=True, err=True
        )
    if len(told) < CHARACTERS_MIN:
        raise click.UsageError(
            f"the passphrase has {len(told)} letters; take {CHARACTERS_MIN} or more, "
            "best a few words"
        )
    return told


def _name(told: str) -> str:
    if not told.isprintable() or not 1 <= len(told) <= NAME_MAX:
        raise click.UsageError(f"--name: write 1 to {NAME_MAX} letters")
    return told


def _prefix(told: str) -> str:
    tidied = told.replace("-", "").replace(":", "").upper()
    if tidied and not EUI_PREFIX.fullmatch(tidied):
        raise click.UsageError("--eui-prefix: write 6 to 9 hexadecimal digits")
    return tidied


def _eui(told: str) -> str:
    tidied = told.replace("-", "").replace(":", "").upper()
    if tidied and not RULES["join_eui"].is_kept(tidied):
        raise click.UsageError(f"--join-eui: {RULES['join_eui'].wish}")
    return tidied

"""`tallypost-provision export`: what brokers, networks and the public are told."""

from pathlib import Path

import click

from tallypost_backend.options import Prefix
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import PATH, in_city
from tallypost_provisioning.errors import ProvisioningError
from tallypost_provisioning.exports import access, lists, networks, passwords
from tallypost_provisioning.exports.current import current, told_revoked
from tallypost_provisioning.exports.files import read_before, write
from tallypost_provisioning.inventory.words import Identity, Known

ACL, PASSWORDS = "acl", "passwords"
FILE = click.option("--out", type=PATH, required=True, help="The file to write.")


@click.group("export")
def command() -> None:
    """Tell other systems who is in the fleet; who was revoked is left out."""


@command.command("mosquitto")
@click.option("--out", type=PATH, required=True, help="The folder to write into.")
@click.option("--topic-prefix", type=Prefix(), default="tallypost", show_default=True)
@click.option(
    "--backend",
    "backends",
    multiple=True,
    default=("backend",),
    show_default=True,
    help="A user who reads everything; may be given several times.",
)
@click.option(
    "--operator",
    "operators",
    multiple=True,
    default=("operator",),
    show_default=True,
    help="A user who also tells devices what to do; may be given several times.",
)
@click.option(
    "--pattern",
    is_flag=True,
    help="One rule for all devices, where each logs in by its own name.",
)
@in_city
def mosquitto(
    *,
    city: City,
    out: Path,
    topic_prefix: str,
    pattern: bool,
    **users: tuple[str, ...],
) -> None:
    """Write `acl` and `passwords` for a broker.

    Users in `passwords` who are none of the fleet, as mosquitto_passwd adds them, stay.
    """
    identities = _identities(city)
    rules = access.rules(identities, prefix=topic_prefix, pattern=pattern, **users)
    known = {each.mqtt_username for each in city.inventory.known()}
    before = read_before(out / PASSWORDS)
    staff = {name for names in users.values() for name in names}
    secret = passwords.password_file(identities, known, before, staff)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProvisioningError(f"{out}: cannot be made ({error.strerror})") from error
    # mosquitto 2.0.17 warns of rules that the world may read, and will refuse them.
    write(out / ACL, rules, secret=False, mode=0o600)
    write(out / PASSWORDS, secret, secret=True)


@command.command("ttn")
@FILE
@click.option("--frequency-plan", default="", help="Instead of that of each region.")
@click.option("--lorawan-version", default=networks.MAC, show_default=True)
@click.option("--lorawan-phy-version", default=networks.PHY, show_default=True)
@in_city
def ttn(*, city: City, out: Path, **modem: str) -> None:
    """Write the CSV that The Things Stack imports, keys included."""
    told = networks.Modem(
        frequency_plan=modem["frequency_plan"],
        mac=modem["lorawan_version"],
        phy=modem["lorawan_phy_version"],
    )
    write(out, networks.things_stack(_identities(city), told), secret=True)


@command.command("chirpstack")
@FILE
@click.option("--application-id", default="", help="Whose devices they are: a UUID.")
@click.option("--device-profile-id", default="", help="Of their modems: a UUID.")
@in_city
def chirpstack(*, city: City, out: Path, **ids: str) -> None:
    """Write a CSV of what ChirpStack asks for each device, keys included."""
    write(out, networks.chirpstack(_identities(city), **ids), secret=True)


@command.command("csv")
@FILE
@click.option("--secrets", is_flag=True, help="Keys, passwords and codes too.")
@in_city
def csv(*, city: City, out: Path, secrets: bool) -> None:
    """Write what is known of the fleet, for other programs."""
    told = (
        lists.secret_table(_identities(city))
        if secrets
        else lists.fleet_table(_known(city))
    )
    write(out, told, secret=secrets)


@command.command("register")
@FILE
@in_city
def register(*, city: City, out: Path) -> None:
    """Write who signs counts where, for everybody: no secret is in it."""
    write(out, lists.register(_known(city)), secret=False)


def _identities(city: City) -> list[Identity]:
    kept, revoked = current(city.inventory.identities())
    told_revoked(revoked)
    return kept


def _known(city: City) -> list[Known]:
    kept, revoked = current(city.inventory.known())
    told_revoked(revoked)
    return kept

"""`tallypost-provision broker`: a certificate for the city's own MQTT broker."""

import re
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tallypost.durable import write_durably
from tallypost_backend.clock import utc_s
from tallypost_provisioning.city import AUTHORITY, REVOKED, City
from tallypost_provisioning.commands.options import PATH, in_city
from tallypost_provisioning.errors import CardError
from tallypost_provisioning.signing.authority import CERTIFICATE_DAYS, issue, server

HOST = re.compile(r"[A-Za-z0-9.:-]{1,64}", flags=re.ASCII)


@click.command("broker")
@click.argument("hosts", nargs=-1, required=True, metavar="HOST...")
@click.option("--out", type=PATH, required=True, help="The folder for its files.")
@click.option(
    "--days",
    type=click.IntRange(1, 20 * 365),
    default=CERTIFICATE_DAYS,
    show_default=True,
    help="For how long the certificate is good.",
)
@in_city
def command(*, city: City, hosts: tuple[str, ...], out: Path, days: int) -> None:
    """Make a key and a certificate for the broker at HOST, which devices believe.

    \b
    cafile   OUT/ca.pem          certfile  OUT/broker.pem
    crlfile  OUT/crl.pem         keyfile   OUT/broker.key      as mosquitto calls them
    """
    for host in hosts:
        if not HOST.fullmatch(host):
            raise click.UsageError(f"{host!a}: is no host; write broker.example.org")
    key = ec.generate_private_key(ec.SECP256R1())
    made = issue(
        city.keys,
        city.authority,
        server(hosts, key.public_key()),
        days=days,
        utc_s=utc_s(),
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(out / "broker.key", secret)
        write_durably(out / "broker.pem", made.public_bytes(Encoding.PEM), 0o644)
        for name in (AUTHORITY, REVOKED):
            write_durably(out / name, (city.folder / name).read_bytes(), 0o644)
    except OSError as error:
        raise CardError(
            f"{out}: cannot be written ({error.strerror}); name another --out"
        ) from error
    click.echo(f"{out}: broker.key, broker.pem, {AUTHORITY}, {REVOKED}", err=True)
    click.echo(
        f"{out}/broker.key is in the clear: give it to the broker alone", err=True
    )

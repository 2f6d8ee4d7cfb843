"""`tallypost-provision revoke`: a device that was stolen, or is no more."""

import click

from tallypost_backend.clock import utc_s
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import in_city
from tallypost_provisioning.inventory import certificates


@click.command("revoke")
@click.argument("device")
@in_city
def command(*, city: City, device: str) -> None:
    """Take back DEVICE and its certificates, and write crl.pem anew.

    Give crl.pem to the broker, and export its users and network devices again.
    """
    city.inventory.known_of(device)
    # What signs is asked first: a wrong passphrase shall change nothing.
    city.keys.authority()
    count = certificates.revoke(city.inventory, device, utc_s())
    path = city.publish_revoked(utc_s())
    click.echo(
        f"{device}: revoked, with {count} certificates; {path} says so", err=True
    )
    click.echo(
        "Next: give it to the broker, and run `tallypost-provision export` again",
        err=True,
    )

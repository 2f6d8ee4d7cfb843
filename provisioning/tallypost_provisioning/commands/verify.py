"""`tallypost-provision verify`: whether what lies there is ours, and good."""

from pathlib import Path

import click
from cryptography import x509

from tallypost.domain.bundle import BUNDLE, ENVELOPE_BYTES_MAX, FOLDER
from tallypost.domain.fields import instant_text
from tallypost.settings.file import read_file
from tallypost_backend.clock import utc_s
from tallypost_provisioning.bundles import common, read_bundle
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import in_city
from tallypost_provisioning.errors import CardError, EnrolmentError
from tallypost_provisioning.inventory import certificates
from tallypost_provisioning.inventory.words import State
from tallypost_provisioning.signing.authority import is_issued_by


@click.command("verify")
@click.argument("what", metavar="DEVICE|FILE|FOLDER")
@in_city
def command(*, city: City, what: str) -> None:
    """Check a bundle's signature, or a certificate's.

    FILE is a bundle.json or a certificate, FOLDER a boot partition; of DEVICE, the
    certificate that it was given last is checked. Ends with 0 when all is good.
    """
    path = Path(what)
    if path.is_dir():
        path /= f"{FOLDER}/{BUNDLE}"
    elif not path.exists() and "/" not in what:
        _verify_device(city, what)
        return
    raw, _ = read_file(
        path, bytes_max=ENVELOPE_BYTES_MAX, wish=f"name a {BUNDLE}, or a device"
    )
    if b"BEGIN CERTIFICATE" in raw:
        _verify_certificate(city, str(path), raw)
    else:
        _verify_bundle(city, raw)


def _verify_device(city: City, device: str) -> None:
    known = city.inventory.known_of(device)
    certificate = certificates.newest(city.inventory, device)
    if certificate is not None:
        _judge(city, device, certificate)
    elif known.state is State.REVOKED:
        raise EnrolmentError(f"{device}: is revoked; make it a new identity")
    else:
        common(city).settings(known)
        click.echo(f"{device}: {known.state.value}; it was given no certificate yet")


def _verify_bundle(city: City, raw: bytes) -> None:
    bundle = read_bundle(raw, city.operator)
    known = city.inventory.known_of(bundle.device)
    told = f"{bundle.device}: bundle {bundle.counter} of "
    told += instant_text(bundle.issued_utc_s)
    if known.state is State.REVOKED:
        raise CardError(f"{told} is signed, and the device is revoked; wipe the card")
    if bundle.counter < known.counter:
        raise CardError(f"{told} is signed, and {known.counter} was made since")
    click.echo(f"{told} is signed by this city's operator, and the newest")


def _verify_certificate(city: City, place: str, raw: bytes) -> None:
    try:
        certificate = x509.load_pem_x509_certificates(raw)[0]
    except (ValueError, x509.InvalidVersion):
        raise EnrolmentError(f"{place}: is no certificate; name another file") from None
    _judge(city, place, certificate)


def _judge(city: City, place: str, certificate: x509.Certificate) -> None:
    """Say that a certificate is good.

    Raises:
        EnrolmentError: It is not; says why.
    """
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not is_issued_by(certificate, city.authority):
        raise EnrolmentError(f"{place}: its certificate is not of this city; enrol it")
    taken_back = {each.number for each in certificates.revoked(city.inventory)}
    if certificate.serial_number in taken_back:
        raise EnrolmentError(f"{place}: its certificate is revoked; wipe the device")
    if not begin.timestamp() <= utc_s() < end.timestamp():
        raise EnrolmentError(
            f"{place}: its certificate is good from {begin:%Y-%m-%d} to "
            f"{end:%Y-%m-%d} only; enrol it again"
        )
    name = certificate.subject.rfc4514_string()
    click.echo(f"{place}: certificate of {name}, good until {end:%Y-%m-%d}")

"""`tallypost-provision enrol`: believe a device that has made its keys."""

from pathlib import Path

import click

from tallypost.domain.bundle import CERTIFICATE, REPORT
from tallypost.domain.device_report import REPORT_BYTES_MAX, Report, parse_report
from tallypost.durable import write_durably
from tallypost.errors import RecordError
from tallypost.settings.file import read_file
from tallypost_backend.options import Way, sending
from tallypost_provisioning.cards.folder import FolderCard
from tallypost_provisioning.city import City
from tallypost_provisioning.commands.options import PATH, in_city
from tallypost_provisioning.enrolment import believe, renew
from tallypost_provisioning.errors import CardError, EnrolmentError
from tallypost_provisioning.signing.authority import CERTIFICATE_DAYS

DAYS_MAX = 20 * 365


@click.command("enrol")
@click.argument("device")
@click.option("--boot", type=PATH, help="Where the card's boot partition is mounted.")
@click.option("--device-json", "report_file", type=PATH, help="What lay on the card.")
@click.option(
    "--out", type=PATH, help="With --device-json: where the certificate goes."
)
@click.option(
    "--days",
    type=click.IntRange(1, DAYS_MAX),
    default=CERTIFICATE_DAYS,
    show_default=True,
    help="For how long the certificate is good.",
)
@click.option("--again", is_flag=True, help="Even if its key or machine is another.")
@sending
@in_city
def command(  # noqa: PLR0913  # what is typed
    *,
    city: City,
    device: str,
    boot: Path | None,
    report_file: Path | None,
    out: Path | None,
    days: int,
    again: bool,
    way: Way,
) -> None:
    """Keep DEVICE's public keys, and give it a certificate for the key it has made.

    \b
    By its card:  tallypost-provision enrol tp-0001 --boot /media/me/bootfs
    By a file:    tallypost-provision enrol tp-0001 --device-json device.json
    On line:      tallypost-provision enrol tp-0001 --host broker.example.org

    Private keys never leave a device: it asks, and is answered.
    """
    ways = [boot is not None, report_file is not None, way.address is not None]
    if sum(ways) != 1:
        raise click.UsageError("say one of --boot DIR, --device-json FILE, --host NAME")
    if way.address is not None:
        renew(city, device, way, days=days)
        click.echo(f"{device}: uses its new key and certificate, on trial", err=True)
        return
    card = None if boot is None else FolderCard(boot)
    report = _report(device, card, report_file)
    chain = believe(city, report, days=days, again=again)
    click.echo(f"{device}: enrolled; signing key {report.signing_key}", err=True)
    if chain is None:
        click.echo(f"{device}: asks for no certificate", err=True)
    elif card is not None:
        card.write(CERTIFICATE, chain)
        told = f"{CERTIFICATE} lies on its card; the next start takes it"
        click.echo(f"{device}: {told}", err=True)
    else:
        _keep(device, out or Path(f"{device}.pem"), chain)


def _report(device: str, card: FolderCard | None, file: Path | None) -> Report:
    """Return what a device says of itself.

    Raises:
        EnrolmentError: It says nothing, or another does.
    """
    if card is not None:
        raw = card.read(REPORT)
        if raw is None:
            raise EnrolmentError(
                f"{device}: {REPORT} is not on this card; start the device with it once"
            )
    else:
        assert file is not None
        raw, _ = read_file(file, bytes_max=REPORT_BYTES_MAX, wish=f"name its {REPORT}")
    try:
        report = parse_report(raw)
    except RecordError as error:
        raise EnrolmentError(
            f"{device}: {REPORT}: {error}; start the device with its card again"
        ) from error
    if report.device != device:
        raise EnrolmentError(
            f"{device}: {REPORT} is that of {report.device}; take {device}'s own"
        )
    return report


def _keep(device: str, path: Path, chain: bytes) -> None:
    try:
        write_durably(path, chain, 0o644)
    except OSError as error:
        raise CardError(
            f"{path}: cannot be written ({error.strerror}); name another --out"
        ) from error
    told = f"put it onto its boot partition as tallypost/{CERTIFICATE}"
    click.echo(f"{device}: {path}: its certificate; {told}", err=True)

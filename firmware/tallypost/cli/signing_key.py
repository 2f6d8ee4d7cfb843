"""`tallypost signing-key`: whom to believe who verifies what this device counted."""

from pathlib import Path

import click

from tallypost.cli import options


@click.command("signing-key", short_help="Write this device's public signing key.")
@options.SETTINGS_FILE
@click.option("--hex", "as_hex", is_flag=True, help="As 64 digits, as for a label.")
def command(settings_file: Path, *, as_hex: bool) -> None:
    """Write the public key that this device signs with, in PEM.

    The private one is made on the device, and never leaves it.
    """
    from tallypost.assembly.signing import signing_folder
    from tallypost.errors import SigningError
    from tallypost.settings.reading import read_device_settings
    from tallypost.telemetry.codec.signed import public_key_of
    from tallypost.telemetry.notary.key import public_pem

    folder = signing_folder(read_device_settings(settings_file))
    pem = public_pem(folder)
    key = public_key_of(pem)
    if key is None:
        raise SigningError(f"{folder}: holds no public key; start `tallypost run` once")
    click.echo(key.hex() if as_hex else pem.decode("ascii"), nl=as_hex)

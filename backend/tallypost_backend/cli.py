"""The `tallypost-backend` command: what an operator does at the city."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from tallypost.errors import SettingsError, TallypostError
from tallypost.exits import exit_code
from tallypost.settings.file import read_file
from tallypost.settings.secret import read_secret
from tallypost.telemetry.codec.signed import key_id, public_key_of
from tallypost_backend.keys import BYTES_MAX, new_key, public_file
from tallypost_backend.orders import command, settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallypost", prog_name="tallypost-backend")
def group() -> None:
    """Tell devices what to do, and hear what became of it."""


@group.group()
def keys() -> None:
    """Make operator keys, and tell what they are called."""


@keys.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="A file whose one line encrypts the key; without it, you are asked.",
)
@click.option("--no-passphrase", is_flag=True, help="Leave the key in the clear.")
def new(file: Path, passphrase_file: Path | None, *, no_passphrase: bool) -> None:
    """Make a key: the private half in FILE, the public one in FILE.pub.

    FILE stays with its operator; FILE.pub goes onto devices.
    """
    if no_passphrase:
        passphrase = ""
    elif passphrase_file is not None:
        passphrase = read_secret(passphrase_file)
    else:
        passphrase = _new_passphrase()
    public = new_key(file, passphrase)
    click.echo(f"{file}: private key, keep it to yourself", err=True)
    click.echo(f"{public_file(file)}: public key, for devices", err=True)
    click.echo(key_id(public))


@keys.command("show")
@click.argument("file", type=click.Path(path_type=Path))
def show(file: Path) -> None:
    """Print a public key's id, and its bytes as the command trust_key takes them."""
    pem, _ = read_file(file, bytes_max=BYTES_MAX, wish="name a public key, FILE.pub")
    public = public_key_of(pem)
    if public is None:
        raise SettingsError(
            str(file), ["holds no public key of Ed25519; name FILE.pub"]
        )
    click.echo(f"{key_id(public)} {public.hex()}")


def _new_passphrase() -> str:
    told: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    return told


group.add_command(command)
group.add_command(settings)


def main() -> NoReturn:
    """Run the command; tell a person's mistake in a sentence, not in a traceback."""
    try:
        code = group.main(prog_name="tallypost-backend", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except TallypostError as error:
        click.echo(f"tallypost-backend: {error}", err=True)
        sys.exit(exit_code(error))
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()

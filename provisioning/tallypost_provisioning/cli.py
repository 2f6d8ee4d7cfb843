"""The `tallypost-provision` command: identities, cards and labels of a city's fleet."""

import sys
from collections.abc import Mapping
from typing import NoReturn

import click

from tallypost.cli.lazy import LazyGroup
from tallypost.errors import TallypostError
from tallypost.exits import FAILED, exit_code

COMMANDS: Mapping[str, str] = {
    "init": "init",
    "new": "new",
    "import": "import_fleet",
    "settings": "settings",
    "write": "write",
    "enrol": "enrol",
    "verify": "verify",
    "revoke": "revoke",
    "broker": "broker",
    "list": "show:listing",
    "show": "show",
    "label": "label",
    "export": "export",
}
"""Where each command lives: a module under this package, and its name there."""


class Commands(LazyGroup):
    """The words of `tallypost-provision`."""

    package = "tallypost_provisioning.commands"
    where = COMMANDS


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallypost", prog_name="tallypost-provision")
def group() -> None:
    """Make trusted devices of flashed cards.

    \b
    Begin:               tallypost-provision init our-city --name "City of Example"
    Add devices:         tallypost-provision import fleet.csv --city our-city
    Say how they are set: our-city/fleet.toml
    Put one on a card:   tallypost-provision write tp-0001 --boot /media/me/bootfs
    Believe it:          tallypost-provision enrol tp-0001 --boot /media/me/bootfs

    Every command finds its city by --city, by TALLYPOST_CITY, or in this folder.
    It ends with 0 when all went well, 2 when the words or a setting must be mended, 6
    for the way to the broker, 1 where the city, the fleet or a card would not have it.
    """


def main() -> NoReturn:
    """Run the command; tell a person's mistake in a sentence, not in a traceback."""
    try:
        code = group.main(prog_name="tallypost-provision", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("tallypost-provision: stopped; run it again to go on", err=True)
        sys.exit(130)
    except TallypostError as error:
        click.echo(f"tallypost-provision: {error}", err=True)
        sys.exit(exit_code(error))
    except OSError as error:
        place = error.filename or "output"
        told = f"{place}: cannot be used ({error.strerror}); name another, or make room"
        click.echo(f"tallypost-provision: {told}", err=True)
        sys.exit(FAILED)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()

"""The `tallypost-provision` command: identities, cards and labels of a city's fleet."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import NoReturn

import click

from tallypost.errors import TallypostError
from tallypost.exits import exit_code

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
}
"""Where each command lives: a module under this package, and its name there."""


class Commands(click.Group):
    """Loads a command when it is asked for: a label needs no broker."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, or None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found = getattr(
            import_module(f"tallypost_provisioning.commands.{module}"),
            attribute or "command",
        )
        assert isinstance(found, click.Command)
        return found


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
    It ends with 0 when all went well, 2 when what you gave it must be mended, 6 for the
    way to the broker, 1 for anything else.
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
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()

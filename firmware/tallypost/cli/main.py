"""The `tallypost` command: one word for each thing that a person wants of the box."""

import os
import sys
from typing import NoReturn

import click

from tallypost.cli.lazy import LazyGroup
from tallypost.errors import TallypostError
from tallypost.exits import FAILED, exit_code

COMMANDS = {
    "run": "run",
    "replay": "replay",
    "detect": "detect",
    "models": "models",
    "check": "check",
    "sketch": "sketch",
    "simulate": "simulate",
    "schema": "schema",
    "convert": "convert",
    "history": "history",
    "verify": "verify",
    "signing-key": "signing_key",
    "paperwork": "paperwork",
    "bench": "bench",
    "privacy-test": "privacy_test",
    "acceptance": "acceptance",
    "lora": "lora",
    "doctor": "doctor",
    "first-boot": "first_boot",
    "vision-half": "halves:vision",
    "tested-vision-half": "halves:tested_vision",
    "telemetry-half": "halves:telemetry",
    "keep-house": "halves:keeper",
    "fetcher": "halves:fetcher",
    "panel": "halves:panel",
}
"""Where each command lives: a module of this room, and its name there."""


class Commands(LazyGroup):
    """The words of `tallypost`."""

    package = "tallypost.cli"
    where = COMMANDS


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tallypost", prog_name="tallypost")
def group() -> None:
    """Count what passes a camera, forget who it was, tell the numbers.

    \b
    Try it on footage:   tallypost replay street.mp4 --site site.toml
    See what it sees:    tallypost detect street.jpg
    Check your settings: tallypost check tallypost.toml site.toml
    See what you drew:   tallypost sketch site.toml > site.svg
    Tell it to others:   tallypost convert street.jsonl --to ngsi-ld --site site.toml
    Run it:              tallypost run --settings tallypost.toml
    Ask how it is:       tallypost doctor --settings tallypost.toml
    Have it proved:      tallypost privacy-test --settings tallypost.toml

    It ends with 0 when all went well, 2 when what you gave it must be mended, 3 when a
    camera failed, 4 for a model, 5 for the outbox, 6 for the way to the backend, 7 for
    footage that cannot be read, 8 where the half that sees said what it must not, 9
    where the kernel cannot lock it in, 1 for anything else.
    """


def _forget_output() -> None:
    """Have Python not try once more to write what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def main() -> NoReturn:
    """Run the command; tell a person's mistake in a sentence, not in a traceback."""
    try:
        code = group.main(prog_name="tallypost", standalone_mode=False)
        print(end="", flush=True)  # noqa: T201  a half that fell silent has no output
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except TallypostError as error:
        click.echo(f"tallypost: {error}", err=True)
        sys.exit(exit_code(error))
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does.
        _forget_output()
        sys.exit(0)
    except OSError as error:
        click.echo(f"tallypost: output: cannot be written ({error.strerror})", err=True)
        _forget_output()
        sys.exit(FAILED)
    sys.exit(code if isinstance(code, int) else 0)

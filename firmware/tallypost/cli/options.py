"""Options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

SETTINGS_FILE = click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    default=Path("/etc/tallypost/tallypost.toml"),
    show_default=True,
    help="The file of settings that tallypost runs by.",
)
NO_LOCK_IN = click.option(
    "--insecure-no-lock-in",
    "no_lock_in",
    is_flag=True,
    help="Do not have the kernel lock in the half that sees: for workstations alone; "
    "every record tells it.",
)

OUT_FOLDER = click.option(
    "--out",
    "out_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write into; it is made where it is missing.",
)

LANGUAGES = ("en", "de", "fr", "es", "nl")


def languages(paper: str) -> Callable[[Decorated], Decorated]:
    """Return the option that chooses languages of a paper.

    Args:
        paper: What it is called, as in `the sign`.
    """
    return click.option(
        "--language",
        "languages",
        type=click.Choice(LANGUAGES),
        multiple=True,
        default=("en",),
        show_default=True,
        help=f"Of {paper}; may be given several times.",
    )

"""Options that several commands have."""

from pathlib import Path

import click

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

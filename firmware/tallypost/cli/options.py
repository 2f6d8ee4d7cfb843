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

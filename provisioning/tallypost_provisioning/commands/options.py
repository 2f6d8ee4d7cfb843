"""What a person says with every command: which city, and what opens it."""

import functools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from tallypost.settings.secret import read_secret
from tallypost_provisioning.city import City

PATH: click.ParamType[Path] = click.Path(path_type=Path)


def in_city(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its city; it takes it as `city`, closed when it is done."""

    @click.option(
        "--city",
        "folder",
        type=PATH,
        envvar="TALLYPOST_CITY",
        default=".",
        show_default=True,
        help="The city's folder; also TALLYPOST_CITY.",
    )
    @passphrases
    @functools.wraps(function)
    def command(
        *,
        folder: Path,
        passphrase_file: Path | None,
        pin_file: Path | None,
        **others: Any,
    ) -> Any:
        passphrase, pin = asks(passphrase_file, "Passphrase"), asks(pin_file, "PIN")
        with closing(City(folder, passphrase, pin)) as city:
            return function(city=city, **others)

    return command


def passphrases(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the files that hold what it would ask for."""
    for name, what in (
        ("--pin-file", "opens the token"),
        ("--passphrase-file", "opens the city"),
    ):
        function = click.option(
            name,
            type=PATH,
            help=f"A file whose one line {what}; without it, you are asked.",
        )(function)
    return function


def asks(file: Path | None, word: str) -> Callable[[], str]:
    """Return what tells a secret: from a file, or by asking."""

    def ask() -> str:
        if file is not None:
            return read_secret(file)
        told: str = click.prompt(word, hide_input=True, err=True)
        return told

    return ask


@contextmanager
def progress(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show on standard error how much of something is done; lends what tells it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(words, total=total)
        yield lambda count: shown.advance(task, count)

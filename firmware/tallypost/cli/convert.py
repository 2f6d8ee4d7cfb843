"""`tallypost convert`: records in, what another platform reads out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from tallypost.cli.records_file import opened, records_in
from tallypost.telemetry.codec.formats import FORMATS
from tallypost.telemetry.codec.place import Place


@click.command(
    "convert",
    short_help="Spell records as another platform reads them.",
    epilog="Formats: "
    + "; ".join(f"{name}: {each.told}" for name, each in FORMATS.items())
    + ".",
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--to",
    "name",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="The format; each has a page in docs/formats.",
)
@click.option(
    "--site",
    "site_file",
    type=click.Path(path_type=Path),
    help="site.toml, whose [place] says where on earth it was counted.",
)
@click.option(
    "--out",
    "out_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write there; by default to standard output.",
)
def command(
    file: Path, name: str, site_file: Path | None, out_file: Path | None
) -> None:
    """Read FILE, one record a line as `replay --out` writes them, and spell it anew.

    The same record twice, as MQTT may deliver it, is taken once, and a merged record
    replaces those that it stands for. A line that is no record, and is not blank, ends
    it: nothing is passed over in silence, and no half file is left.
    """
    place = _place(site_file)
    wanted = FORMATS[name]
    if wanted.needs_location and place.location is None:
        raise click.UsageError(
            f"{name} must say where on earth it was counted; give --site SITE.toml "
            "with latitude_deg and longitude_deg under [place]"
        )
    if out_file is not None and out_file.exists() and out_file.samefile(file):
        raise click.UsageError(f"--out {out_file} is read from; name another file")
    with opened(file) as lines, _written(out_file) as out:
        for line in wanted.convert(records_in(lines, file), place):
            out.write(f"{line}\n")


def _place(site_file: Path | None) -> Place:
    from tallypost.assembly.formats import place_of
    from tallypost.settings.reading import read_site

    return Place() if site_file is None else place_of(read_site(site_file))


@contextmanager
def _written(path: Path | None) -> Iterator[IO[str]]:
    """Give a file that takes its name when all is written.

    Raises:
        click.UsageError: It cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    half = path.with_name(f"{path.name}.half")
    try:
        with half.open("w", encoding="utf-8", newline="") as file:
            yield file
        half.replace(path)
    except OSError as error:
        raise click.UsageError(
            f"--out {path} cannot be written ({error.strerror}); name a file in a "
            "folder that is yours"
        ) from error
    finally:
        half.unlink(missing_ok=True)

"""`tallypost sketch`: what a site draws, to be looked at before it is mounted."""

from pathlib import Path

import click

from tallypost.cli.words import Size


@click.command("sketch")
@click.argument("site_file", metavar="SITE.toml", type=click.Path(path_type=Path))
@click.option("--size", type=Size(), help="Shape of the picture, as 1280x720.")
def command(site_file: Path, size: tuple[int, int] | None) -> None:
    """Print a drawing of a site as SVG: lines with their forward, areas, names.

    There is no picture in it: only what SITE.toml draws, on a grid of tenths. Open it
    in any browser:

        tallypost sketch site.toml > site.svg
    """
    from tallypost.documents.sketch import SIZE, sketch
    from tallypost.settings.reading import read_site

    click.echo(sketch(read_site(site_file), size or SIZE), nl=False)

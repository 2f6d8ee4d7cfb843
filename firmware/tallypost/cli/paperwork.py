"""`tallypost paperwork`: what a host must keep in writing, from what really runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.cli import options
from tallypost.exits import FAILED, OK

if TYPE_CHECKING:
    from tallypost.documents.drawing.font import Fonts
    from tallypost.documents.paperwork.running import Running
    from tallypost.documents.paperwork.sbom import ModelFacts
    from tallypost.settings.device import DeviceSettings


@click.command("paperwork", short_help="Write what a host must keep in writing.")
@options.SETTINGS_FILE
@options.OUT_FOLDER
@click.option(
    "--check",
    "check_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Write nothing; tell which papers of this folder are out of date, and why.",
)
@options.languages("the sign")
@click.option(
    "--font",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A TrueType font for the sign as PDF, where its letters are not in DejaVu.",
)
@click.pass_context
def command(
    ctx: click.Context,
    settings_file: Path,
    out_folder: Path | None,
    check_folder: Path | None,
    languages: tuple[str, ...],
    font: Path | None,
) -> None:
    """Write the papers that a host needs.

    They are: the record of processing, an annex to an impact assessment, an entry for a
    sensor register, the data chain, a sign, statements on EN 303 645 and the Cyber
    Resilience Act, and a software bill of materials.

    All are made from the settings in force, the site and the model that the device
    counts with, and carry their hashes: `--check` tells later which are out of date.
    """
    if (out_folder is None) == (check_folder is None):
        raise click.UsageError("give --out to write papers, or --check to check them")
    from tallypost.settings.overlay import read_settings_in_force

    settings = read_settings_in_force(settings_file)
    running = _running(settings_file, settings)
    if check_folder is not None:
        ctx.exit(_checked(check_folder, running))
    assert out_folder is not None
    try:
        out_folder.mkdir(parents=True, exist_ok=True)
        ctx.exit(_written(out_folder, running, settings, languages, font))
    except OSError as error:
        raise click.UsageError(
            f"--out {out_folder} cannot be written ({error.strerror}); name a folder "
            "that is yours"
        ) from error


def _checked(folder: Path, running: "Running") -> int:
    from tallypost.documents.paperwork.papers import findings

    found = findings(folder, running)
    for each in found:
        click.echo(f"{folder / each.name}: {each.fault}")
    if not found:
        click.echo(f"{folder}: every paper describes what runs")
    return FAILED if found else OK


def _written(
    folder: Path,
    running: "Running",
    settings: "DeviceSettings",
    languages: tuple[str, ...],
    font: Path | None,
) -> int:
    """Write all papers; where a PDF cannot be, say so and write the others."""
    from tallypost.documents.paperwork.papers import sign_pdf, texts
    from tallypost.errors import PaperError

    for name, text in texts(running, _model(settings), languages).items():
        (folder / name).write_text(text, "utf-8")
        click.echo(folder / name)
    code = OK
    for language in languages:
        place = folder / f"sign.{language}.pdf"
        try:
            made = sign_pdf(running, language, _fonts(font))
        except PaperError as error:
            place.unlink(missing_ok=True)  # an older one would be taken for this one
            click.echo(f"{place}: is not written: {error}", err=True)
            code = FAILED
        else:
            place.write_bytes(made)
            click.echo(place)
    return code


def _fonts(font: Path | None) -> "Fonts":
    from tallypost.documents.drawing.font import Fonts

    return Fonts() if font is None else Fonts(regular=font, bold=font)


def _running(settings_file: Path, settings: "DeviceSettings") -> "Running":
    from tallypost.assembly.board import board
    from tallypost.daemon.house import prepare
    from tallypost.documents.paperwork.running import Running
    from tallypost.settings.reading import read_site

    handover = prepare(settings_file)
    return Running(
        device=handover.device,
        provenance=handover.provenance,
        settings=settings,
        site=read_site(Path(settings.site)),
        lockable=_lockable(settings),
        signing_key=_signing_key(settings),
        made_utc_s=board().utc_s(),
    )


def _lockable(settings: "DeviceSettings") -> bool:
    from tallypost.assembly.lock_in import needs_of
    from tallypost.errors import CameraError, SettingsError

    try:
        needs_of(settings)
    except SettingsError:
        return False
    except CameraError:  # it is not there just now: that says nothing of the lock-in
        return True
    return True


def _signing_key(settings: "DeviceSettings") -> str | None:
    from tallypost.assembly.signing import signing_folder
    from tallypost.errors import SigningError
    from tallypost.telemetry.codec.signed import public_key_of
    from tallypost.telemetry.notary.key import public_pem

    if not settings.signing.enabled:
        return None
    try:
        key = public_key_of(public_pem(signing_folder(settings)))
    except SigningError:  # it is made when the device first runs
        return None
    return None if key is None else key.hex()


def _model(settings: "DeviceSettings") -> "ModelFacts":
    from tallypost.assembly.detector import model_of
    from tallypost.documents.paperwork.sbom import ModelFacts
    from tallypost.models.store import usual_store

    model = model_of(settings.detector)
    sha256 = model.description.sha256
    manifests, _ = usual_store().manifests()
    for each in manifests:
        if each.sha256 == sha256:
            return ModelFacts(each.name, sha256, each.licence)
    return ModelFacts(model.file.name, sha256, None)

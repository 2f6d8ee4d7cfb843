"""`tallypost paperwork`: what a host must keep in writing, from what really runs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.cli import options

if TYPE_CHECKING:
    from tallypost.documents.sbom import ModelFacts
    from tallypost.settings.device import DeviceSettings

SBOM = "sbom.cdx.json"
PROCESSING = "record-of-processing.md"


@click.command("paperwork", short_help="Write what a host must keep in writing.")
@options.SETTINGS_FILE
@click.option(
    "--out",
    "out_folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write into; it is made where it is missing.",
)
@click.option(
    "--controller",
    help="Name and contact of who answers for the processing, as the record shall say.",
)
def command(settings_file: Path, out_folder: Path, controller: str | None) -> None:
    """Write a software bill of materials and a record of processing.

    Both are made from the settings in force, the site and the model that the device
    counts with, and carry their hashes: when one of these changes, it shows that a
    page is out of date.
    """
    from tallypost.assembly.board import board
    from tallypost.daemon.house import prepare
    from tallypost.documents.processing import Running, record_of_processing
    from tallypost.documents.sbom import bill_of_materials
    from tallypost.settings.overlay import read_settings_in_force
    from tallypost.settings.reading import read_site

    handover = prepare(settings_file)
    settings = read_settings_in_force(settings_file)
    made_utc_s = board().utc_s()
    running = Running(
        device=handover.device,
        provenance=handover.provenance,
        settings=settings,
        site=read_site(Path(settings.site)),
        made_utc_s=made_utc_s,
    )
    bill = bill_of_materials(_model(settings), made_utc_s)
    pages = {
        SBOM: json.dumps(bill, indent=2, ensure_ascii=False) + "\n",
        PROCESSING: record_of_processing(running, controller),
    }
    try:
        out_folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (out_folder / name).write_text(text, "utf-8")
            click.echo(out_folder / name)
    except OSError as error:
        raise click.UsageError(
            f"--out {out_folder} cannot be written ({error.strerror}); name a folder "
            "that is yours"
        ) from error


def _model(settings: "DeviceSettings") -> "ModelFacts":
    from tallypost.assembly.detector import model_of
    from tallypost.documents.sbom import ModelFacts
    from tallypost.models.store import usual_store

    model = model_of(settings.detector)
    sha256 = model.description.sha256
    manifests, _ = usual_store().manifests()
    for each in manifests:
        if each.sha256 == sha256:
            return ModelFacts(each.name, sha256, each.licence)
    return ModelFacts(model.file.name, sha256, None)

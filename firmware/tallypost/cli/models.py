"""`tallypost models`: which detectors are at hand, and what they are worth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tallypost.cli import words
from tallypost.cli.models_data import DataSet, DataWord, class_names, with_classes

if TYPE_CHECKING:
    from tallypost.vision.detection.delegate import Delegate


@click.group("models", short_help="List, fetch, verify and compare models.")
def command() -> None:
    """List, fetch, verify and compare models.

    A model is a folder with manifest.toml and card.md. Models are looked for in
    $TALLYPOST_MODELS, in ~/.local/share/tallypost/models, and among those that are
    shipped; files also in the models folder of $TALLYPOST_DATA.
    """


@command.command("list", short_help="Show the models that are known.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_models(*, as_json: bool) -> None:
    """Show the models that are known, which are at hand, and which is the default.

    The default, used where no model is named, is chosen by measured figures: of those
    at hand that are no slower than EfficientDet-Lite0, the most precise.
    """
    from tallypost.cli.models_show import default_of, models_table, show_table
    from tallypost.models.store import usual_store

    store = usual_store()
    manifests, faults = store.manifests()
    entries = [store.entry(manifest.name) for manifest in manifests]
    chosen, sentence = default_of(store)
    if as_json:
        for entry in entries:
            manifest = entry.manifest
            told = {
                "name": manifest.name,
                "title": manifest.title,
                "licence": manifest.licence,
                "family": manifest.family,
                "input": [manifest.input.width, manifest.input.height],
                "classes": list(dict.fromkeys(manifest.classes.values())),
                "sha256": manifest.sha256,
                "file": None if entry.file is None else str(entry.file),
                "default": manifest.name == chosen,
            }
            if manifest.name == chosen:
                told["reason"] = sentence
            click.echo(json.dumps(told))
    else:
        show_table(models_table(entries, sentence))
    for fault in faults:
        click.echo(f"tallypost: {fault}", err=True)


@command.command("verify", short_help="Check that a model can be believed.")
@click.argument("model")
@click.option(
    "--picture",
    help="Also look at this picture; by default at footage of $TALLYPOST_DATA, if any.",
)
@words.delegate
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(
    model: str, picture: str | None, delegate: Delegate | None, *, as_json: bool
) -> None:
    """Check a model: its hash, its shapes, and whether its numbers can be boxes.

    It is shown a drawn picture and a plain one, and a real one where there is one. That
    finds files that are damaged or mixed up and exports whose boxes were ruined; how
    well a model detects is told by `tallypost models eval`.
    """
    from tallypost.cli.models_check import findings_of
    from tallypost.cli.models_show import findings_table, show_table
    from tallypost.models.store import find_model
    from tallypost.vision.detection.selfcheck import demand

    found = find_model(model, nameless=True, delegate=delegate)
    findings = findings_of(found, picture)
    if as_json:
        told = [finding._asdict() for finding in findings]
        good = all(finding.good is not False for finding in findings)
        click.echo(json.dumps({"model": model, "good": good, "findings": told}))
    else:
        show_table(findings_table(found.description.name, findings))
    demand(found.description.name, findings)


@command.command("add", short_help="Fetch a model's file.")
@click.argument("name")
def add(name: str) -> None:
    """Fetch a model's file from the first of its sources that gives it.

    Licence and size are told first; Ctrl-C stops it at any time. A download that was
    cut off is taken up again the next time. The file is installed only when its hash is
    the manifest's.
    """
    from tallypost.cli.models_show import download_progress, told_before
    from tallypost.models.download import fetch
    from tallypost.models.store import usual_store

    store = usual_store()
    entry = store.entry(name)
    if entry.file is not None:
        click.echo(f"{name} is at hand already: {entry.file}")
        return
    folder = store.own / name
    told_before(entry.manifest)
    with download_progress(name) as (progress, tell):
        file = fetch(entry.manifest, folder, progress=progress, tell=tell)
    click.echo(f"{name} is at hand: {file} (sha256 {entry.manifest.sha256})")


@command.command("eval", short_help="Compare a model with labelled pictures.")
@click.argument("model")
@click.option(
    "--data",
    required=True,
    multiple=True,
    type=DataWord(),
    help="A folder of NAME.jpg with NAME.txt (class cx cy w h) beside it, and what it "
    "labels completely; may be given several times.",
)
@click.option(
    "--split", default="test", show_default=True, help="A folder in it, if it has any."
)
@click.option(
    "--classes", help="Only these, by commas: what the set labels completely."
)
@click.option("--limit", type=click.IntRange(1), help="Look at no more pictures.")
@words.threads
@words.delegate
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def evaluate(  # noqa: PLR0913 - one for each option
    model: str,
    data: tuple[DataSet, ...],
    split: str,
    classes: str | None,
    limit: int | None,
    threads: int,
    *,
    delegate: Delegate | None,
    as_json: bool,
) -> None:
    """Compare a model with labelled pictures, as COCO does: AP50 and AP50-95.

    A class of which the set labels nothing, and one that the model does not tell, is
    left out. A set that labels a class only now and then makes every model look worse:
    name the complete classes with --classes.

    Several sets are looked at as one, where each says which classes it labels
    completely; on its pictures no others count:

    \b
    tallypost models eval NAME --data cars=car,bus,truck --data square=person
    """
    from tallypost.cli.models_eval import Comparison, compare
    from tallypost.cli.models_show import figures_table, show_table
    from tallypost.models.store import find_model

    chosen = None if classes is None else class_names(classes)
    asked = Comparison(with_classes(data, chosen), split, limit, threads)
    report = compare(find_model(model, delegate=delegate), asked)
    if as_json:
        click.echo(json.dumps(report.as_json()))
    else:
        show_table(figures_table(report))

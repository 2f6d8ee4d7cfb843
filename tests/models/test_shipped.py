"""The models that come with the product: whole, sound, and used where none is named."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from tallypost.cli.models_check import findings_of
from tallypost.models.at_hand import opened
from tallypost.models.manifest import read_manifest
from tallypost.models.store import ModelStore, shipped_folders
from tallypost.vision.detection.litert import LitertDetector

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
OURS = sorted(MODELS.glob("tallypost-street-*"))


def test_the_wheel_carries_every_model_and_nothing_that_trains_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

    folders = {f"models/{x.parent.name}" for x in MODELS.glob("*/manifest.toml")}
    assert set(wheel) == folders | {"models/evaluation.json"}
    assert all(
        target == source.replace("models/", "tallypost/shipped_models/", 1)
        for source, target in wheel.items()
    )


def test_there_are_models_of_our_own() -> None:
    sizes = ("320", "416", "416x256")
    assert [x.name for x in OURS] == [f"tallypost-street-{x}" for x in sizes]


@pytest.mark.parametrize("folder", OURS, ids=lambda x: x.name)
def test_a_model_of_our_own_is_whole_and_finds_nothing_wrong_with_itself(
    folder: Path,
) -> None:
    manifest = read_manifest(folder / "manifest.toml")
    model = opened(manifest, folder / manifest.file)

    assert not [x for x in findings_of(model, None) if x.good is False]


@pytest.mark.parametrize("folder", OURS, ids=lambda x: x.name)
def test_a_model_of_our_own_is_eight_bits_from_end_to_end(folder: Path) -> None:
    manifest = read_manifest(folder / "manifest.toml")
    model = opened(manifest, folder / manifest.file)
    detector = LitertDetector(description=model.description, file=model.file)
    try:
        assert {x.dtype for x in detector.outputs} == {np.dtype(np.int8)}
        assert manifest.input.type == "int8"
    finally:
        detector.close()


def test_a_machine_with_nothing_but_the_product_uses_our_own_model(
    tmp_path: Path,
) -> None:
    shipped = shipped_folders()
    store = ModelStore(folders=shipped, loose=[], own=tmp_path, shipped=shipped)

    assert store.find(None).description.name == "tallypost-street-416"

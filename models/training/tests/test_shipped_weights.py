"""The weights that are shipped lose little when they are rounded."""

from pathlib import Path

import pytest
import torch

from tallypost_training.augment import Store, letterboxed
from tallypost_training.evaluate import evaluate
from tallypost_training.pack import Packed, pack
from tallypost_training.pictures import Faults, read_sets, read_split
from tallypost_training.quantize import Steps
from tallypost_training.recipe import SETS, WATCHED
from tallypost_training.weights import read_weights

WEIGHTS = Path(__file__).parent.parent / "weights.npz"
EVERY = 6
"""So many of the validation pictures are passed over for each that is taken."""


@pytest.fixture
def packed(data: Path, tmp_path: Path) -> Packed:
    """Some seventy validation pictures of COCO and Manaus."""
    sets = [x for x in read_sets(SETS) if x.name in WATCHED]
    if not any((data / "labelled" / x.name / "val").is_dir() for x in sets):
        pytest.skip(f"needs validation pictures of {WATCHED} in {data}/labelled")
    samples = read_split(data / "labelled", sets, "val", Faults())[::EVERY]
    pack(samples, {}, tmp_path / "val.npz", Faults())
    return Packed(tmp_path / "val.npz")


@pytest.mark.slow
@torch.no_grad()
def test_rounding_loses_little_precision(packed: Packed) -> None:
    network = read_weights(WEIGHTS)
    store = Store(packed, torch.device("cpu"))
    pictures = letterboxed(store, torch.arange(len(store)), 320, 320).pictures
    steps = Steps(network).eval()
    steps.equalize(pictures.split(16))
    steps.calibrate(pictures.split(16))
    exact, rounded = (
        evaluate(x, packed, store, (320, 320)).precision["all"][0]
        for x in (network, steps)
    )
    assert exact > 0.3
    # So few pictures hold a handful of buses: one of them is a point. Without
    # equalizing far more is lost; the recipe itself looks at all of the pictures.
    assert rounded > exact - 0.04

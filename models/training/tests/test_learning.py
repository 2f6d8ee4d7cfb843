"""A network learns what it is shown."""

from pathlib import Path

import pytest
import torch
from scenes import MakePacked, street
from torch import nn

from tallypost_training.augment import Batch, Store, letterboxed
from tallypost_training.errors import RecipeError
from tallypost_training.loss import grid_of, losses, near_cells
from tallypost_training.network import Detector
from tallypost_training.weights import read_weights, write_weights

CPU = torch.device("cpu")


@pytest.mark.slow
def test_four_pictures_are_learned_by_heart(make_packed: MakePacked) -> None:
    store = Store(make_packed([street(seed=x) for x in range(4)]), CPU)
    batch = letterboxed(store, torch.arange(4), 160, 160)
    network = Detector(width=8).train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.3  # a hundred steps are few
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    first = last = 0.0
    for _ in range(100):
        told = losses(network(batch.pictures), batch)
        optimizer.zero_grad()
        told.total.backward()
        optimizer.step()
        last = float(told.overlaps)
        first = first or last
    assert last < first / 8


@pytest.mark.parametrize("side", [0.5, 1.0, 3.0, 6.0])
@pytest.mark.parametrize("place", [0.3, 4.0, 8.0, 100.1, 159.5, 160.0, 319.4])
def test_a_tiny_object_has_a_cell_that_answers_for_it(
    side: float, place: float
) -> None:
    box = torch.tensor([place, place, min(place + side, 320), min(place + side, 320)])
    batch = Batch(
        torch.zeros(1, 3, 320, 320),
        box[None, None],
        torch.tensor([[0]]),
        torch.tensor([[True]]),
    )
    near = near_cells(batch, grid_of(320, 320, CPU))
    assert int(near.sum()) >= 1


def test_without_any_object_there_is_a_loss_of_scores_alone() -> None:
    batch = Batch(
        torch.rand(2, 3, 160, 160),
        torch.zeros(2, 1, 4),
        torch.full((2, 1), -1),
        torch.zeros(2, 1, dtype=torch.bool),
    )
    told = losses(Detector(width=8)(batch.pictures), batch)
    assert torch.isfinite(told.total)
    assert float(told.scores) > 0
    assert float(told.overlaps) == float(told.sides) == 0


def test_weights_that_were_written_are_read(tmp_path: Path) -> None:
    network = Detector().eval()
    write_weights(network, tmp_path / "deep" / "weights.npz")
    again = read_weights(tmp_path / "deep" / "weights.npz")
    for name, value in network.state_dict().items():
        assert again.state_dict()[name].equal(value)


def test_weights_of_another_network_or_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.npz"
    with pytest.raises(RecipeError, match=r"weights.npz: cannot be read"):
        read_weights(file)
    write_weights(Detector(width=8), file)
    with pytest.raises(RecipeError, match="holds no network of this shape"):
        read_weights(file)
    file.write_bytes(b"PK\x03\x04" + b"no archive" * 9)
    with pytest.raises(RecipeError, match="holds no network of this shape"):
        read_weights(file)

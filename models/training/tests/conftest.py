"""What every test of the recipe may ask for."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from scenes import WHOLE, MakePacked, Scene, write_set

from tallypost_training.pack import Packed, pack
from tallypost_training.pictures import Faults, read_split

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _same_numbers_each_time() -> None:
    torch.manual_seed(1)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real labelled pictures and public models."""
    told = os.environ.get("TALLYPOST_DATA", str(ROOT / ".." / "shared" / "data"))
    folder = Path(told)
    if not (folder / "labelled").is_dir():
        pytest.skip(f"needs labelled pictures in {folder}; name it in TALLYPOST_DATA")
    return folder.resolve()


@pytest.fixture
def make_packed(tmp_path: Path) -> MakePacked:
    """Pack scenes by the recipe's own means."""

    def make(scenes: Sequence[Scene]) -> Packed:
        write_set(tmp_path / "street" / "train", scenes)
        samples = read_split(tmp_path, [WHOLE], "train", Faults())
        file = tmp_path / "packed.npz"
        pack(samples, {}, file, Faults(), quality=100)
        return Packed(file)

    return make

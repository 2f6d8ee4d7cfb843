"""Keeps a trained network's numbers where anybody can read them: a NumPy archive."""

import zipfile
from pathlib import Path

import numpy as np
import torch

from tallypost_training.errors import RecipeError
from tallypost_training.network import Detector


def write_weights(network: Detector, file: Path) -> None:
    """Write a network's numbers; the file appears when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part.npz")
    state = {name: x.cpu().numpy() for name, x in network.state_dict().items()}
    np.savez_compressed(part, **state)
    part.replace(file)


def read_weights(file: Path) -> Detector:
    """Return the network of a file.

    Raises:
        RecipeError: The file cannot be read, or is another network's.
    """
    network = Detector()
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as table:
            state = {name: torch.from_numpy(table[name]) for name in table.files}
        network.load_state_dict(state)
    except OSError as error:
        raise RecipeError(f"{file}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise RecipeError(
            f"{file}: holds no network of this shape ({type(error).__name__})"
        ) from error
    return network.eval()

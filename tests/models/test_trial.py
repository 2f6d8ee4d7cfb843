"""A model that may do harm does it to a child, and people hear of it in words."""

import os
from pathlib import Path

import pytest

from tallypost.errors import ModelError
from tallypost.models.trial import try_out

FILE = Path("street.tflite")


def test_a_model_that_can_be_loaded_is_taken() -> None:
    try_out(FILE, lambda: lambda: None)


def test_a_model_that_ends_its_process_is_told_in_words() -> None:
    with pytest.raises(ModelError, match=r"street\.tflite: ends the .* \(SIGABRT\)"):
        try_out(FILE, lambda: os.abort)


def test_a_model_that_cannot_be_loaded_is_told_in_its_own_words() -> None:
    def refuse() -> None:
        raise ModelError("street: is no model\x1b[2J")

    with pytest.raises(ModelError, match=r"^street: is no model\[2J$"):
        try_out(FILE, lambda: refuse)

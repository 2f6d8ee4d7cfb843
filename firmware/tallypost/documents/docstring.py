"""Reads what a class says about itself and its attributes."""

import inspect
import re


def summary(described: type) -> str:
    """Return the first sentences of a class's docstring, on one line."""
    text = inspect.getdoc(described) or ""
    return " ".join(text.partition("\n\n")[0].split())


def attributes(described: type) -> dict[str, str]:
    """Return what a class's docstring says under "Attributes:", by name."""
    text = inspect.getdoc(described) or ""
    _, _, section = text.partition("\nAttributes:\n")
    entries = re.split(r"^ {4}(\w+): ", section, flags=re.MULTILINE)
    names, meanings = entries[1::2], entries[2::2]
    return {
        name: " ".join(meaning.split())
        for name, meaning in zip(names, meanings, strict=True)
    }

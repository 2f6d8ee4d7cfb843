"""What a look at a device has found, one line a thing, and how it is shown."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import click


class Verdict(StrEnum):
    """What is to be made of it, in words: no colour is needed to tell them apart."""

    WELL = "well"
    LOOK = "look"
    """It works; somebody should see to it before it does not."""
    ILL = "ILL"
    UNKNOWN = "-"
    """It is not there, or nobody can tell."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What.
        verdict: What is to be made of it.
        value: The fact.
        wish: What to do; empty where nobody need do anything.
    """

    name: str
    verdict: Verdict
    value: str
    wish: str = ""


def well(name: str, value: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(name, Verdict.WELL, value)


def look(name: str, value: str, wish: str) -> Finding:
    """Return a finding that somebody should see to."""
    return Finding(name, Verdict.LOOK, value, wish)


def ill(name: str, value: str, wish: str = "") -> Finding:
    """Return a finding that must be mended."""
    return Finding(name, Verdict.ILL, value, wish)


def unknown(name: str, value: str, wish: str = "") -> Finding:
    """Return a finding of something that is not there, or that nobody can tell."""
    return Finding(name, Verdict.UNKNOWN, value, wish)


def show(found: Sequence[Finding]) -> None:
    """Print a table that fits the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("is", overflow="fold", ratio=5)
    table.add_column("what to do", overflow="fold", ratio=4)
    for each in found:
        words = (each.verdict.value, each.name, each.value, each.wish)
        style = "bold" if each.verdict is Verdict.ILL else ""
        table.add_row(*(Text(word, style=style) for word in words))
    Console(markup=False, highlight=False, emoji=False).print(table)
    click.echo(_summary(found))


def as_json(found: Sequence[Finding]) -> str:
    """Return the findings as JSON, for programs."""
    rows = [
        {
            "name": each.name,
            "well": each.verdict is not Verdict.ILL,
            "verdict": each.verdict.name.lower(),
            "told": each.value,
            "wish": each.wish,
        }
        for each in found
    ]
    return json.dumps({"findings": rows}, ensure_ascii=False)


def _summary(found: Sequence[Finding]) -> str:
    ill_ones = [each.name for each in found if each.verdict is Verdict.ILL]
    if ill_ones:
        return f"{len(ill_ones)} to mend: {', '.join(ill_ones)}"
    looks = [each.name for each in found if each.verdict is Verdict.LOOK]
    return f"all works; see to: {', '.join(looks)}" if looks else "all is well"

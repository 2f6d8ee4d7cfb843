"""Who still belongs to the fleet."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import click

from tallypost_provisioning.inventory.words import Known, State

Device = TypeVar("Device", bound=Known)


def current(devices: Iterable[Device]) -> tuple[list[Device], list[str]]:
    """Return the devices that were not taken back, and the names of those that were."""
    found = list(devices)
    kept = [each for each in found if each.state is not State.REVOKED]
    return kept, [each.device for each in found if each.state is State.REVOKED]


def told_revoked(names: Sequence[str]) -> None:
    """Say on standard error who is left out."""
    for name in names:
        click.echo(f"{name}: is revoked, and left out", err=True)

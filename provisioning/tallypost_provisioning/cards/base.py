"""A boot partition, however it is reached."""

from collections.abc import Mapping
from typing import Protocol

from tallypost.domain.bundle import (
    BUNDLE,
    CERTIFICATE,
    ENVELOPE_BYTES_MAX,
    REPORT,
    RESULT,
    parse_bundle,
)
from tallypost.domain.device_report import parse_report
from tallypost.errors import RecordError
from tallypost.telemetry.codec.signed import Purpose, read_envelope
from tallypost_provisioning.errors import CardError

OUTDATED = (RESULT, REPORT, CERTIFICATE)
"""What a device says, and is told, of the bundle before."""


class Card(Protocol):
    """The folder `tallypost` of a boot partition.

    Raises:
        CardError: From every method: it is no card, has no room, or does not keep what
            it is given.
    """

    def read(self, name: str) -> bytes | None:
        """Return what a file holds; None where there is none."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Put a file in place; on return the card has it, read back."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        ...


def refuse_that_of_another(card: Card, device: str) -> None:
    """Refuse a card on which another device's bundle lies.

    Raises:
        CardError: It is so.
    """
    other = owner(card)
    if other not in (None, device):
        raise CardError(f"this card is that of {other}; take another, or say --replace")


def put(card: Card, files: Mapping[str, bytes]) -> None:
    """Put a bundle onto a card.

    Args:
        card: The card.
        files: Its files, the one that the device waits for last.

    Raises:
        CardError: It does not take them.
    """
    for name in OUTDATED:
        card.remove(name)
    for name, data in files.items():
        card.write(name, data)


def owner(card: Card) -> str | None:
    """Return whose card it is; None where nobody's, or where nobody can tell."""
    envelope, report = card.read(BUNDLE), card.read(REPORT)
    try:
        if envelope is not None:
            sealed = read_envelope(
                envelope, Purpose.BUNDLE, bytes_max=ENVELOPE_BYTES_MAX
            )
            return parse_bundle(sealed.body).device
        return None if report is None else parse_report(report).device
    except RecordError:
        return None

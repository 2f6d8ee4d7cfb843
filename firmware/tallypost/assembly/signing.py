"""From settings to what signs."""

import logging
from functools import partial
from pathlib import Path
from typing import Protocol

from tallypost.board.base import Board
from tallypost.domain.records import Provenance
from tallypost.errors import SigningError
from tallypost.settings.device import DeviceSettings
from tallypost.telemetry.notary.notary import Notary
from tallypost.telemetry.outbox.numbers import Numbers
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.outbox.signable import Signable, signable

_logger = logging.getLogger(__name__)


class Told(Protocol):
    """What must be known of the handover."""

    @property
    def device(self) -> str:
        """Who measures."""
        ...

    @property
    def provenance(self) -> Provenance:
        """What is counted with."""
        ...


def signing_folder(settings: DeviceSettings) -> Path:
    """Return where a device keeps its key and what it signed."""
    outbox = Path(settings.outbox.path)
    beside = outbox.with_name(f"{outbox.name}.signing")
    return beside if settings.signing.folder is None else Path(settings.signing.folder)


def open_notary(
    settings: DeviceSettings, outbox: Outbox, told: Told, board: Board
) -> Notary | None:
    """Return what signs; None where nobody shall, or can: counting goes on.

    Args:
        settings: What is in force.
        outbox: Whose records are signed.
        told: Who measures, and what with.
        board: Whose clocks to ask.
    """
    if not settings.signing.enabled:
        return None

    def find(until: int, undated: Numbers, limit: int) -> Signable:
        work = partial(signable, until=until, undated=undated, limit=limit)
        return outbox.look(work)

    folder = signing_folder(settings)
    try:
        return Notary(
            find,
            folder,
            device=told.device,
            provenance=told.provenance,
            board=board,
        )
    except SigningError as error:
        _logger.error("records are not signed reason=%s", error)  # noqa: TRY400
        return None

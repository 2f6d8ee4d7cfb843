"""From settings to the half that speaks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tallypost.assembly.clock import asking, reckoner
from tallypost.assembly.dialects import with_dialects
from tallypost.assembly.health import organs
from tallypost.assembly.uplink import open_uplink
from tallypost.board.base import Board
from tallypost.domain.records import Provenance
from tallypost.settings.reading import read_device_settings
from tallypost.telemetry.checkup import Checkup
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.tray import Tray

DRAIN_S = 3.0
"""How long the last records may take at the end; what is left then waits on disk."""
STOP_S = 5.0
"""How long a send that is under way may take when all is to end."""


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

    @property
    def interval_s(self) -> float:
        """Length of the intervals."""
        ...

    @property
    def paced(self) -> bool:
        """Whether time passes by the calendar."""
        ...


@dataclass(frozen=True, slots=True)
class Speech:
    """What speaks, at work.

    Attributes:
        intake: Numbers intervals into records and keeps them.
        delivering: Whether records are on their way out; without, start afresh.
    """

    intake: Intake
    delivering: Callable[[], bool]


@contextmanager
def open_speech(settings_file: Path, told: Told, board: Board) -> Iterator[Speech]:
    """Give what numbers intervals and keeps them; deliver them meanwhile.

    Afterwards the last records are sent, if that can be had in time, and all is closed.

    Args:
        settings_file: `tallypost.toml`.
        told: What the daemon hands over.
        board: Whose clocks are read.

    Raises:
        SettingsError: The settings cannot be accepted, or a secret cannot be read.
        OutboxError: The outbox cannot be opened.
    """
    settings = read_device_settings(settings_file)
    file = Path(settings.outbox.path)
    with ExitStack() as stack:
        outbox = Outbox(
            file,
            memory_records_max=settings.outbox.memory_records_max,
            board=board,
        )
        stack.callback(outbox.close)
        knows = reckoner(file, board)
        tray = Tray(outbox.arrived)
        asks, hear = asking(knows, board, tray.post)
        uplink = open_uplink(settings, told.device, told.provenance, board, hear)
        delivering: Callable[[], bool] = _nothing_to_deliver
        if uplink is not None:
            spoken = with_dialects(uplink, settings, told.device, board)
            stack.callback(spoken.close)
            checkup = Checkup(
                organs(file, outbox, uplink, board),
                tray.post,
                device=told.device,
                provenance=told.provenance,
                board=board,
            )

            def duty() -> None:
                checkup.tick()
                asks.tick()

            delivery = Delivery(outbox, spoken, board, tray, duty=duty)
            delivering = stack.enter_context(_delivering(delivery, outbox))
        intake = Intake(
            store=outbox,
            device=told.device,
            provenance=told.provenance,
            interval_s=told.interval_s,
            board=board,
            reckoner=knows,
            paced=told.paced,
        )
        stack.callback(intake.close)
        yield Speech(intake, delivering)


def _nothing_to_deliver() -> bool:
    """Say that delivery is well, since there is none."""
    return True


@contextmanager
def _delivering(delivery: Delivery, outbox: Outbox) -> Iterator[Callable[[], bool]]:
    """Deliver in a thread of its own: a slow link never holds up the wall."""
    stop = threading.Event()
    thread = threading.Thread(
        target=delivery.run, args=(stop,), name="delivery", daemon=True
    )
    thread.start()
    try:
        yield thread.is_alive
    finally:
        stop.set()
        outbox.arrived.set()
        thread.join(STOP_S)
        if not thread.is_alive():
            delivery.drain(DRAIN_S)

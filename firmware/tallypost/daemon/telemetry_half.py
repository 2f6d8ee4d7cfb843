"""The half that speaks and cannot see."""

import logging
import math
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from tallypost.assembly.acceptance import Printer, nobody_prints
from tallypost.assembly.board import board
from tallypost.assembly.manager import service_manager
from tallypost.assembly.telemetry import Speech, open_speech
from tallypost.board.base import Board
from tallypost.board.service_manager import ServiceManager
from tallypost.daemon.halves import read_handover, stop_on_signal
from tallypost.daemon.inlet import Inlet
from tallypost.daemon.witness import Deposition, Witness
from tallypost.domain.aiming import Boxes, Passed, Sight, Sketch
from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import UplinkError, WallError
from tallypost.exits import OK
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.reception.base import Front
from tallypost.telemetry.reception.reception import STARTING
from tallypost.wall.frame import Hello, State
from tallypost.wall.reader import WallReader
from tallypost.wall.spelling import Told

Made = KpiRecord | AlertRecord
"""What leaves the device."""

log = logging.getLogger("tallypost.telemetry")

_LOUD = {
    State.CAMERA_SILENT,
    State.CAMERA_LOST,
    State.FOOTAGE_BROKEN,
    State.MODEL_FAILED,
    State.LOCK_IN_FAILED,
    State.MEMORY_NOT_LOCKED,
}


def speak(
    settings_file: Path,
    inlet_descriptor: int,
    on_record: Callable[[Made], None],
    here: Board | None = None,
    printer: Printer = nobody_prints,
) -> int:
    """Keep and deliver what comes through the wall until its other side is closed.

    Args:
        settings_file: `tallypost.toml`.
        inlet_descriptor: The wall's.
        on_record: Told of every record and every alert, for a display.
        here: Whose clocks are read; without it, this machine's.
        printer: Prints certificates.

    Returns:
        The process's exit code.

    Raises:
        WallError: The vision half says what it must not.
        UplinkError: Delivery has ended, and nobody asked it to.
        TallypostError: It cannot begin.
    """
    handover = read_handover()
    stop = stop_on_signal(handover.daemon, kept=handover.kept)
    here, manager = here or board(handover.host_uncertainty_s), service_manager()
    reader = WallReader(
        handover.alphabet,
        handover.intervals_per_minute,
        paced=handover.paced,
        interval_s=handover.interval_s,
        # Also where it is over: what waits in the pipe was said while it was not.
        aiming=handover.aiming,
    )
    inlet = Inlet(inlet_descriptor, here, stop.is_set, kept=handover.kept)
    with open_speech(settings_file, handover, here, printer) as speech:
        manager.ready()
        try:
            witness = Witness(
                here,
                handover.interval_s,
                locked_in=not handover.provenance.no_lock_in,
            )
            other_half = OtherHalf(speech.front, witness)
            pulse = Pulse(speech, manager)
            _listen(inlet, reader, speech, pulse, other_half, on_record)
        except WallError:
            if handover.kept:
                # Whoever said it must not go on, nor what it said be read again.
                os.kill(handover.daemon, signal.SIGUSR1)
            raise
        manager.ending()
    return OK


class OtherHalf:
    """What is known of the vision half.

    Args:
        front: Is told what it says of itself, and besides while somebody aims.
        witness: Remembers more of it.

    Attributes:
        witness: Remembers more of it.
    """

    def __init__(self, front: Front, witness: Witness) -> None:
        self.witness = witness
        self._front = front

    @property
    def watching(self) -> bool:
        """Whether it looks at pictures, by what it says and what comes of it."""
        return self.witness.seen.watching is True

    def noted(self, told: Told) -> Told:
        """Return what was told, after those who wait for it have it."""
        self.witness.note(told)
        match told:
            case State():
                self._front.befell(told.name.lower())
            case Hello():
                self._front.befell(STARTING)
            case Passed() | Boxes() | Sketch() | Sight():
                self._front.heard(told)
            case _:
                pass
        return told


class Pulse:
    """Tells the service manager that the way out works, or why it is known not to.

    That this process runs is no proof: delivery may hang.

    Args:
        speech: Knows when that was last known.
        manager: Is told.
    """

    def __init__(self, speech: Speech, manager: ServiceManager) -> None:
        self._speech = speech
        self._manager = manager
        self._told_s = -math.inf

    def beat(self) -> None:
        """Tell it, if there is news."""
        proven_s = self._speech.proven_s()
        if proven_s is not None and proven_s > self._told_s:
            self._told_s = proven_s
            self._manager.alive()


def _listen(
    inlet: Inlet,
    reader: WallReader,
    speech: Speech,
    pulse: Pulse,
    other_half: OtherHalf,
    on_record: Callable[[Made], None],
) -> None:
    """Take what comes until nothing more is to come."""
    word = Deposition(
        speech.attendant.proof_file,
        lambda: other_half.witness.proof(speech),
        speech.board,
    )
    while not inlet.over:
        data = inlet.read()
        if not speech.delivering():
            raise UplinkError("delivery: its thread has ended; the half starts afresh")
        pulse.beat()
        word.tick()
        speech.attend(other_half.watching)
        made: list[Made] = [*speech.attendant.tick(other_half.witness.seen)]
        if data:
            for told in reader.feed(data, speech.board.monotonic_s()):
                noted = _remarked(other_half.noted(told), speech)
                made += _heed(noted, speech.intake)
        elif not inlet.over:
            # Only now: what waited unread would have looked like a hole.
            made += speech.intake.tick()
        for record in made:
            on_record(record)
            speech.front.made(record)


def _remarked(told: Told, speech: Speech) -> Told:
    """Return an interval with what this half knows of its time; all else as it is."""
    return speech.attendant.strain.told(told) if isinstance(told, Interval) else told


def _heed(told: Told, intake: Intake) -> Sequence[Made]:
    match told:
        case State():
            level = logging.WARNING if told in _LOUD else logging.INFO
            log.log(level, "vision half says state=%s", told.name.lower())
        case Hello():
            return intake.watch_anew()
        case Alert():
            log.warning(
                "alert kind=%s state=%s element=%s",
                *(told.kind.value, told.state.value, told.element),
            )
            return intake.tell(told)
        case Interval():
            return intake.take(told)
        case _:
            pass  # somebody aims, and has heard it
    return []

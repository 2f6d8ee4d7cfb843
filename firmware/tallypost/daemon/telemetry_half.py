"""The half that speaks and cannot see."""

import logging
import math
import os
import select
from collections.abc import Callable, Sequence
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.assembly.telemetry import Speech, open_speech
from tallypost.board.base import Board
from tallypost.daemon.halves import read_handover, stop_on_signal
from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.domain.records import KpiRecord
from tallypost.errors import UplinkError
from tallypost.exits import OK
from tallypost.telemetry.intake import Intake
from tallypost.wall.frame import FRAME_BYTES, Hello, State
from tallypost.wall.reader import WallReader
from tallypost.wall.spelling import Told

TICK_S = 1.0
Made = KpiRecord | AlertRecord
"""What leaves the device."""
LAST_WORDS_S = 8.0
"""How long the vision half may take to say its last words."""

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
    inlet: int,
    on_record: Callable[[Made], None],
    here: Board | None = None,
) -> int:
    """Keep and deliver what comes through the wall until its other side is closed.

    Args:
        settings_file: `tallypost.toml`.
        inlet: The wall's descriptor.
        on_record: Told of every record and every alert, for a display.
        here: Whose clocks are read; without it, this machine's.

    Returns:
        The process's exit code.

    Raises:
        WallError: The vision half says what it must not.
        UplinkError: Delivery has ended, and nobody asked it to.
        TallypostError: It cannot begin.
    """
    handover = read_handover()
    stop = stop_on_signal(handover.daemon)
    here = here or board(handover.host_uncertainty_s)
    reader = WallReader(
        handover.alphabet,
        handover.intervals_per_minute,
        paced=handover.paced,
        interval_s=handover.interval_s,
    )
    with open_speech(settings_file, handover, here) as speech:
        _listen(inlet, reader, speech, here, on_record, stop.is_set)
    return OK


class OtherHalf:
    """What is known of the vision half.

    Attributes:
        watching: Whether it looks at pictures, as it says itself.
    """

    def __init__(self) -> None:
        self.watching = False

    def noted(self, told: Told) -> Told:
        """Return what was told, and remember what it says of the camera."""
        if isinstance(told, State):
            self.watching = told is State.WATCHING
        return told


def _listen(
    inlet: int,
    reader: WallReader,
    speech: Speech,
    here: Board,
    on_record: Callable[[Made], None],
    stop: Callable[[], bool],
) -> None:
    """Take what comes until the other side is closed.

    Asked to stop, it waits for the other half's last words, but not for ever.
    """
    leave_s, other_half = math.inf, OtherHalf()
    while here.monotonic_s() < leave_s:
        if stop():
            leave_s = min(leave_s, here.monotonic_s() + LAST_WORDS_S)
        if not speech.delivering():
            raise UplinkError("delivery: its thread has ended; the half starts afresh")
        speech.attend(other_half.watching)
        readable, _, _ = select.select([inlet], [], [], TICK_S)
        made: Sequence[Made]
        if readable:
            # No more at once than can be lost: a pipe outlives whoever reads it, and
            # after an absence an hour of intervals may wait in it.
            data = os.read(inlet, FRAME_BYTES)
            if not data:
                return
            made = [
                record
                for told in reader.feed(data, here.monotonic_s())
                for record in _heed(other_half.noted(told), speech.intake)
            ]
        else:
            # Only now: what waited unread would have looked like a hole.
            made = speech.intake.tick()
        for record in made:
            on_record(record)


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
        case _:
            return intake.take(told)
    return []

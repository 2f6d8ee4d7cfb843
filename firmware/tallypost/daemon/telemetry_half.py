"""The half that speaks and cannot see."""

import logging
import os
import select
from collections.abc import Callable
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.assembly.telemetry import Speech, open_speech
from tallypost.board.base import Board
from tallypost.daemon.halves import read_handover, stop_on_signal
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import UplinkError
from tallypost.exits import OK
from tallypost.telemetry.intake import Intake
from tallypost.wall.frame import State
from tallypost.wall.reader import WallReader

READ_BYTES = 65_536
TICK_S = 1.0

log = logging.getLogger("tallypost.telemetry")

_LOUD = {
    State.CAMERA_SILENT,
    State.CAMERA_LOST,
    State.FOOTAGE_BROKEN,
    State.MODEL_FAILED,
}


def speak(
    settings_file: Path, inlet: int, on_record: Callable[[KpiRecord], None]
) -> int:
    """Keep and deliver what comes through the wall until its other side is closed.

    Args:
        settings_file: `tallypost.toml`.
        inlet: The wall's descriptor.
        on_record: Told of every record, for a display.

    Returns:
        The process's exit code.

    Raises:
        WallError: The vision half says what it must not.
        UplinkError: Delivery has ended, and nobody asked it to.
        TallypostError: It cannot begin.
    """
    stop = stop_on_signal()
    handover = read_handover()
    here = board()
    reader = WallReader(handover.alphabet, handover.intervals_per_minute)
    with open_speech(
        settings_file, handover.device, handover.provenance, here
    ) as speech:
        _listen(inlet, reader, speech, here, on_record, stop.is_set)
    return OK


def _listen(
    inlet: int,
    reader: WallReader,
    speech: Speech,
    here: Board,
    on_record: Callable[[KpiRecord], None],
    stop: Callable[[], bool],
) -> None:
    while not stop():
        if not speech.delivering():
            raise UplinkError("delivery: its thread has ended; the half starts afresh")
        readable, _, _ = select.select([inlet], [], [], TICK_S)
        records = speech.intake.tick()
        if readable:
            data = os.read(inlet, READ_BYTES)
            if not data:
                return
            for told in reader.feed(data, here.monotonic_s()):
                records += _heed(told, speech.intake)
        for record in records:
            on_record(record)


def _heed(told: Interval | State, intake: Intake) -> list[KpiRecord]:
    if isinstance(told, State):
        level = logging.WARNING if told in _LOUD else logging.INFO
        log.log(level, "vision half says state=%s", told.name.lower())
        return []
    return intake.take(told)

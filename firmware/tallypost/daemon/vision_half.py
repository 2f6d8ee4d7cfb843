"""The half that sees and cannot speak."""

from pathlib import Path

from tallypost.assembly.board import board
from tallypost.assembly.vision import Sight, open_sight
from tallypost.board.base import Board
from tallypost.daemon.halves import fall_silent, read_handover, stop_on_signal
from tallypost.errors import (
    CameraUnavailableError,
    FootageError,
    LockInError,
    TallypostError,
)
from tallypost.exits import FAILED, OK, exit_code
from tallypost.vision.sandbox.allowance import Outlet
from tallypost.vision.sandbox.lock import lock_in
from tallypost.wall.frame import FRAME_BYTES, State
from tallypost.wall.writer import WallWriter

FLUSH_S = 5.0
"""How long the last words may take to pass the wall."""
SILENT_S = 10.0
"""A camera that gives nothing for so long is told to be silent."""


def see(settings_file: Path, outlet: int) -> int:
    """Watch until the footage is over, the camera is gone or the daemon says stop.

    Until it loads the model it may say on standard error why it cannot begin; then it
    is locked in: nothing leaves it but frames of the wall, and why it ended is told by
    number.

    Args:
        settings_file: `tallypost.toml`.
        outlet: The wall's descriptor.

    Returns:
        The process's exit code.

    Raises:
        TallypostError: It cannot begin.
    """
    handover = read_handover()
    stop = stop_on_signal(handover.daemon)
    here = board(handover.host_uncertainty_s)
    sight = open_sight(settings_file, handover.provenance, handover.alphabet, here)
    writer = WallWriter(outlet, handover.alphabet)
    fall_silent()
    silence = Silence(writer, here)
    code = OK
    try:
        _turn_the_key(sight, outlet, writer)
        pipeline = sight.load()

        def stopped() -> bool:
            silence.note(silent=pipeline.silent)
            writer.flush()
            return stop.is_set()

        writer.tell(State.WATCHING)
        pipeline.run(writer.send, stopped)
        writer.tell(State.STOPPED if stop.is_set() else State.FOOTAGE_ENDED)
        # Whoever stops this half alone, and not the daemon, has it start afresh.
        code = FAILED if stop.is_set() else OK
    except TallypostError as error:
        code = exit_code(error)
        writer.tell(_state(error))
    finally:
        _last_words(writer, here)
        sight.camera.close()
    return code


def _turn_the_key(sight: Sight, outlet: int, writer: WallWriter) -> None:
    """Lock this half in, but where somebody has asked not to."""
    if sight.needs is None:
        return
    if not lock_in(Outlet(outlet, FRAME_BYTES), sight.needs):
        writer.tell(State.MEMORY_NOT_LOCKED)


class Silence:
    """Tells that the camera gives nothing, and that it gives again.

    Args:
        writer: Where it is told.
        here: Whose monotonic clock tells how long.
    """

    def __init__(self, writer: WallWriter, here: Board) -> None:
        self._writer = writer
        self._here = here
        self._since_s: float | None = None
        self._told = False

    def note(self, *, silent: bool) -> None:
        """Note whether it is silent just now.

        Raises:
            WallError: The other half is gone.
        """
        now_s = self._here.monotonic_s()
        if not silent:
            self._since_s = None
            if self._told:
                self._told = False
                self._writer.tell(State.WATCHING)
        elif self._since_s is None:
            self._since_s = now_s
        elif not self._told and now_s - self._since_s >= SILENT_S:
            self._told = True
            self._writer.tell(State.CAMERA_SILENT)


def _state(error: TallypostError) -> State:
    match error:
        case FootageError():
            return State.FOOTAGE_BROKEN
        case CameraUnavailableError():
            return State.CAMERA_LOST
        case LockInError():
            return State.LOCK_IN_FAILED
        case _:
            return State.MODEL_FAILED


def _last_words(writer: WallWriter, here: Board) -> None:
    until_s = here.monotonic_s() + FLUSH_S
    while not writer.flush() and here.monotonic_s() < until_s:
        here.wait(0.05)

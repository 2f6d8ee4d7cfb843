"""The half that sees and cannot speak."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from tallypost.assembly.board import board
from tallypost.assembly.vision import Lens, Sight, open_sight
from tallypost.board.alarm_clock import AlarmClock
from tallypost.board.base import Board
from tallypost.daemon.halves import fall_silent, read_handover, stop_on_signal
from tallypost.daemon.handover import Handover
from tallypost.domain.aiming import Aimed
from tallypost.errors import (
    CameraUnavailableError,
    FootageError,
    LockInError,
    TallypostError,
)
from tallypost.exits import FAILED, OK, exit_code
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.sandbox.allowance import Outlet
from tallypost.vision.sandbox.lock import lock_in
from tallypost.wall.frame import FRAME_BYTES, State
from tallypost.wall.writer import WallWriter

FLUSH_S = 5.0
"""How long the last words may take to pass the wall."""
HANGS_S = 20.0
"""So much longer the kernel waits for a frame than we do: time for last words."""
NIGHT_S = 1800.0
"""A camera on the network is not ours to open afresh; a decoder that hangs is."""
SILENT_S = 10.0
"""A camera that gives nothing for so long is told to be silent."""


def nothing_more(stopped: Callable[[], bool]) -> None:
    """Do nothing when the watch is over."""
    del stopped


def see(
    settings_file: Path,
    outlet: int,
    hatch: int | None = None,
    frames_within_s: float | None = None,
    lens: Lens | None = None,
    afterwards: Callable[[Callable[[], bool]], None] = nothing_more,
) -> int:
    """Watch until the footage is over, the camera is gone or the daemon says stop.

    Until it loads the model it may say on standard error why it cannot begin; then it
    is locked in: nothing leaves it but frames of the wall, and why it ended is told by
    number. Where somebody aims, it ends when that is over: it starts afresh without.

    Args:
        settings_file: `tallypost.toml`.
        outlet: The wall's descriptor.
        hatch: Where the packets of a camera on the network come in; None: it has none.
        frames_within_s: Without a new frame for so long it ends, to start afresh; None:
            it waits for ever.
        lens: What stands before the camera; None: nothing does.
        afterwards: What is done, locked in, when the watch is over, until what it is
            given says that it is to end.

    Returns:
        The process's exit code: whoever stops this half alone, and not the daemon, has
        it start afresh.

    Raises:
        TallypostError: It cannot begin.
    """
    handover = read_handover()
    stop = stop_on_signal(handover.daemon, kept=handover.kept)
    here = board(handover.host_uncertainty_s)
    patience = Patience(frames_within_s, here, fetched=handover.fetched)
    term = Term(stop, handover, here)
    known = replace(handover.provenance, aiming=term.aims), handover.alphabet, here
    sight = open_sight(settings_file, *known, hatch, lens)
    writer = WallWriter(outlet, handover.alphabet)
    silence, code = Silence(writer, here), OK
    try:
        pipeline = _loaded(sight, outlet, writer)

        def stopped() -> bool:
            silence.note(silent=pipeline.silent)
            patience.note(pipeline.frames)
            for told in filter(term.is_of, sight.aimed()):
                writer.send(told)
            writer.flush()
            return term.over

        writer.tell(State.WATCHING)
        pipeline.run(writer.send, stopped)
        _last_words(writer, here)
        afterwards(stop.is_set)
        writer.tell(State.STOPPED if term.over else State.FOOTAGE_ENDED)
        code = FAILED if term.over and not handover.kept else OK
    except TallypostError as error:
        code = exit_code(error)
        writer.tell(_state(error))
    finally:
        _last_words(writer, here)
        sight.camera.close()
    return code


def _loaded(sight: Sight, outlet: int, writer: WallWriter) -> Pipeline:
    """Fall silent, and return what counts, its model loaded behind the lock.

    Where somebody has asked not to, this half is not locked in.
    """
    fall_silent()
    if sight.needs is not None and not lock_in(
        Outlet(outlet, FRAME_BYTES), sight.needs
    ):
        writer.tell(State.MEMORY_NOT_LOCKED)
    return sight.load()


class Term:
    """How long this half watches: until somebody says stop, or has aimed enough.

    Args:
        stop: Set when somebody says so.
        handover: Tells for how long somebody aims.
        here: Whose monotonic clock tells.

    Attributes:
        aims: Whether somebody aims.
    """

    def __init__(self, stop: Event, handover: Handover, here: Board) -> None:
        self._stop = stop
        self._here = here
        self._aiming = handover.aiming_at(here.monotonic_s())
        self.aims = self._aiming is not None

    @property
    def over(self) -> bool:
        """Whether it is over."""
        aiming = self._aiming
        return self._stop.is_set() or (
            aiming is not None and aiming.is_over(self._here.monotonic_s())
        )

    def is_of(self, told: Aimed) -> bool:
        """Return whether something is of a moment of it, and may be told.

        A picture may come when aiming is over, and before anybody has looked at the
        clock again.
        """
        return self._aiming is not None and self._aiming.is_of(told.at_monotonic_s)


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


class Patience:
    """Ends this half where no new frame comes: to open the camera afresh often helps.

    In good order, if it can: the last interval is told. Where it hangs, in the camera's
    driver or in the model's library, the kernel ends it a little later.

    Args:
        frames_within_s: How long to wait for a frame; None: for ever.
        here: Whose monotonic clock tells.
        fetched: Whether a process of its own fetches frames, from a camera that may be
            off at night: then they may be away for half an hour, and the kernel ends
            this half only where it hangs itself.
    """

    def __init__(
        self, frames_within_s: float | None, here: Board, *, fetched: bool = False
    ) -> None:
        self._clock = None if frames_within_s is None else AlarmClock()
        within_s = math.inf if frames_within_s is None else frames_within_s
        self._hangs_s = within_s + HANGS_S
        self._frames_within_s = max(within_s, NIGHT_S) if fetched else within_s
        self._here = here
        self._fetched = fetched
        self._frames = -1
        self._since_s = 0.0
        self.note(0)  # camera and model may hang while they are opened, too

    def note(self, frames: int) -> None:
        """Note how many frames were looked at.

        Raises:
            CameraUnavailableError: No new one has come for too long.
        """
        if self._clock is None:
            return
        now_s = self._here.monotonic_s()
        if frames != self._frames or self._fetched:
            self._clock.ring_in(self._hangs_s)
        if frames != self._frames:
            self._frames, self._since_s = frames, now_s
        elif now_s - self._since_s >= self._frames_within_s:
            raise CameraUnavailableError(
                f"camera: gives nothing for {self._frames_within_s:.0f} s"
            )


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

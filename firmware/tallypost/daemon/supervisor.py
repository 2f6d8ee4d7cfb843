"""Starts both halves, and who fetches for one; starts afresh whichever fails."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallypost.board.base import Board
from tallypost.daemon.handover import Handover
from tallypost.exits import FOOTAGE, LOCK_IN, MEND_IT, MODEL, OK, OUTBOX, WALL

POLL_S = 0.1
PAUSE_S_MIN = 1.0
PAUSE_S_MAX = 30.0
FETCHER_PAUSE_S_MAX = 5.0
"""A camera that is back shall be seen again soon."""
STEADY_S = 60.0
"""A half that ran for so long has earned a short pause again."""
STOP_S = 8.0
"""How long a half may take to end when asked."""
DRAIN_S = 20.0
"""How long the telemetry half may take to end: the last records are on their way."""

HOPELESS = frozenset({MEND_IT, MODEL, FOOTAGE, OUTBOX, LOCK_IN})
"""Starting afresh mends none: settings, model, footage, a second instance, a kernel
that cannot lock the vision half in."""

CAMERA_ILL = frozenset({FOOTAGE, LOCK_IN})
"""Who fetches ends so where a camera sends what it must not. One that was well before
is asked again: it may only be starting, or somebody on its network wants us to end."""

TALLYPOST = (sys.executable, "-m", "tallypost")
"""How to call ourselves: what the installed command is named does not matter."""

log = logging.getLogger("tallypost.daemon")


@dataclass(slots=True)
class _Half:
    """One of the processes, alive or waiting to be started."""

    name: str
    begin: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    begun_s: float = 0.0
    due_s: float = 0.0
    pause_s: float = PAUSE_S_MIN
    pause_s_max: float = PAUSE_S_MAX
    was_steady: bool = False


class Supervisor:
    """Keeps both halves running until the footage is over or somebody says stop.

    It holds both ends of the wall's pipe, so that either half may end without the other
    noticing more than silence.

    Args:
        settings_file: `tallypost.toml`.
        handover: What both halves are told.
        board: Whose clocks are read.
        live: Whether the telemetry half shows a table of counts.
        program: What is called with the words `vision-half`, `telemetry-half` and
            `fetcher`.
    """

    def __init__(
        self,
        settings_file: Path,
        handover: Handover,
        board: Board,
        *,
        live: bool,
        program: Sequence[str] = TALLYPOST,
    ) -> None:
        self._settings_file = settings_file
        self._handover = handover
        self._board = board
        self._live = live
        self._program = tuple(program)
        self._read_end, self._write_end = os.pipe()
        self._vision = _Half("vision", self._begin_vision)
        self._telemetry = _Half("telemetry", self._begin_telemetry)
        self._fetcher = _Half(
            "fetcher", self._begin_fetcher, pause_s_max=FETCHER_PAUSE_S_MAX
        )
        self._hatch: int | None = None

    def run(self, stop: Callable[[], bool]) -> int:
        """Work until there is nothing left to do; return the exit code."""
        try:
            while not stop():
                code = self._turn()
                if code is not None:
                    return code
                self._board.wait(POLL_S)
            return OK
        finally:
            self._end()

    def _turn(self) -> int | None:
        """Look after both halves once; return an exit code when all is over."""
        telemetry_code = self._look_after(self._telemetry)
        if telemetry_code == WALL:
            log.error("wall broken action=both halves start afresh")
            self._kill(self._vision)
            self._renew_wall()
        elif telemetry_code in HOPELESS:
            return telemetry_code
        vision_code = self._look_after(self._vision)
        if vision_code == OK and self._telemetry.process is None:
            # Somebody must hear the last words.
            self._telemetry.process = self._telemetry.begin()
        if vision_code == OK or vision_code in HOPELESS:
            return vision_code
        return self._look_after_fetcher()

    def _look_after_fetcher(self) -> int | None:
        """Have the camera fetched from while somebody sees; return what is hopeless."""
        if self._hatch is None or self._vision.process is None:
            return None
        code = self._look_after(self._fetcher)
        if self._fetcher.was_steady and code in CAMERA_ILL:
            return None
        return code if code in HOPELESS else None

    def _look_after(self, half: _Half) -> int | None:
        """Start a half that is due; return its exit code if it has just ended."""
        now_s = self._board.monotonic_s()
        if half.process is None:
            if now_s >= half.due_s:
                half.process = half.begin()
                half.begun_s = now_s
            return None
        code = half.process.poll()
        if code is None:
            return None
        half.process = None
        if now_s - half.begun_s > STEADY_S:
            half.pause_s, half.was_steady = PAUSE_S_MIN, True
        half.due_s = now_s + half.pause_s
        if code != OK and code not in HOPELESS:
            log.warning(
                "half ended half=%s code=%d restart_s=%.0f",
                half.name,
                code,
                half.pause_s,
            )
        half.pause_s = min(half.pause_s * 2, half.pause_s_max)
        return code

    def _end(self) -> None:
        """End both halves, the seeing one first, so that its last words are heard."""
        if self._vision.process is not None:
            self._vision.process.terminate()
            self._await(self._vision, STOP_S)
        self._close_hatch()
        os.close(self._write_end)
        self._await(self._telemetry, DRAIN_S)
        os.close(self._read_end)

    def _await(self, half: _Half, seconds: float) -> None:
        if half.process is None:
            return
        try:
            half.process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("half does not end half=%s action=kill", half.name)
            self._kill(half)

    def _kill(self, half: _Half) -> None:
        if half.process is not None:
            half.process.kill()
            half.process.wait()
            half.process = None

    def _renew_wall(self) -> None:
        os.close(self._read_end)
        os.close(self._write_end)
        self._read_end, self._write_end = os.pipe()

    def _begin_vision(self) -> subprocess.Popen[bytes]:
        words = ["vision-half", "--outlet", str(self._write_end), *self._insecure]
        if not self._handover.fetched:
            return self._begin(words, self._write_end)
        self._close_hatch()
        inner, self._hatch = os.pipe()
        try:
            return self._begin([*words, "--hatch", str(inner)], self._write_end, inner)
        finally:
            os.close(inner)

    def _begin_fetcher(self) -> subprocess.Popen[bytes]:
        assert self._hatch is not None
        words = ["fetcher", "--hatch", str(self._hatch), *self._insecure]
        return self._begin(words, self._hatch)

    def _close_hatch(self) -> None:
        """Let go of who fetches, with what was under way."""
        if self._hatch is not None:
            self._kill(self._fetcher)
            os.close(self._hatch)
            self._hatch = None

    @property
    def _insecure(self) -> list[str]:
        no_lock_in = self._handover.provenance.no_lock_in
        return ["--insecure-no-lock-in"] if no_lock_in else []

    def _begin_telemetry(self) -> subprocess.Popen[bytes]:
        words = ["telemetry-half", "--inlet", str(self._read_end)]
        if self._live:
            words.append("--live")
        return self._begin(words, self._read_end)

    def _begin(
        self, words: Sequence[str], *descriptors: int
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and words
            [*self._program, *words, "--settings", str(self._settings_file)],
            stdin=subprocess.PIPE,
            pass_fds=descriptors,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(self._handover.to_json())
            process.stdin.close()
        except BrokenPipeError:
            # It ended before it could listen; its exit code will tell.
            log.debug("half ended at once half=%s", words[0])
        return process

"""Starts the panel when somebody wishes for it, where no service manager does."""

import logging
import os
import subprocess
from collections.abc import Sequence

from tallypost.assembly.reception import WISH_FILE, has_panel
from tallypost.board.base import Board
from tallypost.daemon.supervisor import TALLYPOST
from tallypost.settings.panel import PanelSettings

LOOK_S = 1.0
AGAIN_S = 60.0
"""After so long it is tried anew where the disk or the system has refused."""
END_S = 8.0

log = logging.getLogger("tallypost.daemon")


class Porter:
    """Looks for a wish, and never starts a second panel beside one.

    It outlives both halves: what is drawn has them start anew, and whoever drew it
    waits for them.

    Args:
        panel: Its settings.
        device: What it is called.
        board: Whose monotonic clock tells when to look.
        program: What is called with the word `panel`.
    """

    def __init__(
        self,
        panel: PanelSettings,
        device: str,
        board: Board,
        program: Sequence[str] = TALLYPOST,
    ) -> None:
        self._panel = panel
        self._device = device
        self._board = board
        self._program = tuple(program)
        self._process: subprocess.Popen[bytes] | None = None
        self._due_s = board.monotonic_s()

    def look(self) -> None:
        """Start the panel if it is wished for and not there."""
        now_s = self._board.monotonic_s()
        if now_s < self._due_s:
            return
        self._due_s = now_s + LOOK_S
        if self._process is not None and self._process.poll() is not None:
            log.info("panel ended code=%d", self._process.returncode)
            self._process = None
        if self._process is not None:
            return
        try:
            self._heed()
        except OSError as error:
            # A page less must not end counting.
            log.warning("panel cannot be started reason=%s", error.strerror)
            self._due_s = now_s + AGAIN_S

    def close(self) -> None:
        """End the panel; closing twice is harmless."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _heed(self) -> None:
        wish = self._panel.folder / WISH_FILE
        if not (has_panel(self._panel) and wish.exists()):
            return
        # First: a wish that cannot be taken away would have it open for ever.
        wish.unlink(missing_ok=True)
        words = ["panel", "--folder", str(self._panel.folder), "--name", self._device]
        for address in self._panel.addresses:
            words += ["--address", address]
        words += ["--open-max-s", str(self._panel.open_max_s)]
        words += ["--daemon", str(os.getpid())]
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and words
            [*self._program, *words], stdin=subprocess.DEVNULL
        )

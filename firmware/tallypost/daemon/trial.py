"""Takes back settings, sent or drawn, that do not prove themselves in time.

It stands in the daemon, outside of what is on trial: a half that crashes, hangs or
cannot begin proves nothing, and time runs out.
"""

import logging
import math
from collections.abc import Sequence
from pathlib import Path

from tallypost.board.base import Board
from tallypost.errors import SettingsError
from tallypost.settings.journal import STARTS_MAX, Journal
from tallypost.settings.journal_state import Force
from tallypost.settings.reading import read_device_settings

log = logging.getLogger("tallypost.daemon")


class Trial:
    """The trial that may be going on, from one start of both halves to the next.

    Args:
        settings_file: `tallypost.toml`, the device's own.
        board: Whose monotonic clock is asked.

    Attributes:
        timed_out: Whether `overdue` has said so since the start.
    """

    def __init__(self, settings_file: Path, board: Board) -> None:
        self.timed_out = False
        self._settings_file = settings_file
        self._board = board
        self._journal: Journal | None = None
        self._heeded = False
        self._tried: Force | None = None
        self._within_s = 0.0
        self._due_s = math.inf

    def start(self) -> None:
        """Begin or go on with a trial; take back what starts too often.

        Raises:
            SettingsError: The device's own settings cannot be accepted.
        """
        self._due_s, self.timed_out = math.inf, False
        settings = read_device_settings(self._settings_file)
        remote = settings.remote
        tries = settings.panel.enabled or remote.operator_keys
        self._journal = Journal(remote.folder) if tries else None
        self._heeded = bool(remote.operator_keys)
        self._tried = None
        if self._journal is None or not self.going_on:
            return
        self._tried = self._journal.state().trial
        self._within_s = float(remote.confirm_within_s)
        self._due_s = self._board.monotonic_s() + self._within_s
        try:
            again = self._journal.start()
        except SettingsError as error:
            # A disk that takes nothing: neither a count nor a way back can be kept.
            log.error("trial not counted reason=%s", error)  # noqa: TRY400
            return
        if not again:
            self.fail([f"had started {STARTS_MAX} times, and was not confirmed"])

    @property
    def overdue(self) -> bool:
        """Whether a trial has taken too long; asks the disk only when time is up."""
        if self._board.monotonic_s() < self._due_s:
            return False
        self._due_s = math.inf
        self.timed_out = self.going_on
        return self.timed_out

    @property
    def going_on(self) -> bool:
        """Whether something that is in force is on trial."""
        if self._journal is None:
            return False
        state = self._journal.state()
        return state.trial is not None and (self._heeded or state.only_drawn)

    def end_late(self) -> None:
        """Take back what has taken too long; not what came since the start."""
        state = self._journal.state() if self._journal is not None else None
        if state is None or state.trial != self._tried:
            return
        done = "watch" if state.only_drawn else "watch and deliver"
        self.fail([f"did not {done} within {self._within_s:.0f} s"])

    def abandon(self, error: SettingsError) -> bool:
        """Give up what is from afar, was good and cannot be used any more.

        A card that loses a file, or somebody who changes the device's own settings so
        that both do not go together, must not stop a device that has its own; records
        tell which site they were counted with.

        Returns:
            Whether the error was about it, and it could be given up.
        """
        if self._journal is None:
            return False
        layer = self._journal.layer_of(error.place)
        if layer is None:
            return False
        log.error("settings from afar given up reason=%s", error)
        try:
            self._journal.abandon(layer, str(error).splitlines())
        except SettingsError as refused:
            log.error("settings not given up reason=%s", refused)  # noqa: TRY400
            return False
        return True

    def fail(self, faults: Sequence[str]) -> bool:
        """Take back what is on trial; return whether anything was, and could be."""
        if self._journal is None or not self.going_on:
            return False
        log.error("settings from afar taken back reason=%s", "; ".join(faults))
        try:
            self._journal.roll_back(faults)
        except SettingsError as error:
            log.error("settings not taken back reason=%s", error)  # noqa: TRY400
            return False
        self._due_s = math.inf
        return True

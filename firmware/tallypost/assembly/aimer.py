"""Has the half that sees aim, and leave off, for whoever asks at the device."""

import math
from collections.abc import Callable
from pathlib import Path

from tallypost.assembly.aiming import unwant, want, wanted
from tallypost.board.base import Board
from tallypost.domain.aiming import Aiming
from tallypost.errors import SettingsError
from tallypost.telemetry.reception.base import Answer

FOR_S = 900.0
SOON_ENOUGH_S = 30.0
"""Who asks for so little more has it already: a start costs seconds."""
NOBODY_CAME = "aim: nobody has pressed the button for an hour; press it"


class Aimer:
    """Leaves the wish to aim, and has both halves start anew.

    Args:
        folder: Where the wish lies.
        aims: For how long the half that sees was started to aim; None: it was not.
        board: Whose monotonic clock is asked.
        renew: Has both halves start anew.
        latest_s: Tells until when anybody may aim, by that clock.
    """

    def __init__(
        self,
        folder: Path,
        aims: Aiming | None,
        board: Board,
        renew: Callable[[], None],
        latest_s: Callable[[], float] = lambda: math.inf,
    ) -> None:
        self._folder = folder
        self._until_s = 0.0 if aims is None else aims.until_monotonic_s
        self._board = board
        self._renew = renew
        self._latest_s = latest_s

    def left_s(self) -> float | None:
        """Return for how long somebody still wants to aim; None: nobody does."""
        aiming = wanted(self._folder, self._board)
        return None if aiming is None else aiming.for_s

    def aim(self, *, on: bool, for_s: float = FOR_S) -> Answer:
        """Begin to aim, or leave off.

        Args:
            on: Which of both.
            for_s: For how long.

        Raises:
            SettingsError: The wish cannot be kept, or nobody was at the box.
        """
        now_s = self._board.monotonic_s()
        until_s = min(now_s + for_s, self._latest_s()) if on else 0.0
        if on and until_s <= now_s:
            raise SettingsError(str(self._folder), [NOBODY_CAME])
        runs_until_s = self._until_s if self._until_s > now_s else 0.0
        soon_enough = abs(until_s - runs_until_s) <= SOON_ENOUGH_S
        if on and soon_enough and self.left_s() is not None:
            # A later wish would be told of, and the halves end by the earlier one.
            return self._answer()
        try:
            if on:
                want(self._folder, until_s, self._board)
            else:
                unwant(self._folder)
        except OSError as error:
            told = f"cannot be kept ({error.strerror}); mend the disk"
            raise SettingsError(str(self._folder), [f"aim: {told}"]) from error
        if on or not soon_enough:
            self._renew()
        return self._answer()

    def _answer(self) -> Answer:
        left_s = self.left_s()
        return {"aiming": None if left_s is None else {"left_s": round(left_s, 1)}}

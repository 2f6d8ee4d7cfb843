"""Starts the machine anew where starting its halves anew has not helped: seldom.

What feeds it is what the machine is for: pictures that were looked at, and records that
went out or that are known not to. A camera that is dead stays dead: each start that has
not helped doubles the wait for the next, up to a day.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tallypost.board.base import Board
from tallypost.board.stalls import keep_stalls, read_stalls
from tallypost.daemon.witness import Proof
from tallypost.domain.health import Stall, Stalls
from tallypost.errors import ActuatorError

PATIENCE_S = 1800.0
"""By then the half in question was started afresh twenty times, or thrice."""
INTERVALS = 3
"""Pictures are proven once an interval."""
PATIENCE_S_MAX = 86_400.0
WELL_S = 3600.0
"""Whoever works for so long has recovered, and patience begins where it began."""
LOOK_S = 10.0

_logger = logging.getLogger("tallypost.daemon")


class Vigil:
    """Looks whether anything is proven still.

    Args:
        proof: Tells what is proven; None where the half that speaks left no word.
        memory: The file in which it is remembered through starts.
        reboot: Starts the machine anew; may raise an `ActuatorError`.
        board: Whose clocks are asked.
        interval_s: Length of the intervals.
        camera: Whether a start may bring pictures back: not those of a camera on the
            network, which has its own power.
    """

    def __init__(
        self,
        *,
        proof: Callable[[], Proof | None],
        memory: Path,
        reboot: Callable[[], None],
        board: Board,
        interval_s: float,
        camera: bool = True,
    ) -> None:
        self._proof = proof
        self._memory = memory
        self._reboot = reboot
        self._board = board
        self._least_s = max(PATIENCE_S, INTERVALS * interval_s)
        self._camera = camera
        self._begun_s = self._due_s = board.monotonic_s()
        self._stalls = read_stalls(memory) or Stalls(in_a_row=0, total=0)
        self._asked = False
        self._last_s: dict[Stall, float] = {}

    @property
    def patience_s(self) -> float:
        """How long nothing may be proven just now."""
        doublings = min(self._stalls.in_a_row, 16)
        return max(min(self._least_s * 2.0**doublings, PATIENCE_S_MAX), self._least_s)

    def look(self) -> None:
        """Look, if it is time to; whoever reboots is asked once."""
        now_s = self._board.monotonic_s()
        if now_s < self._due_s or self._asked:
            return
        self._due_s = now_s + LOOK_S
        proven_s = self._proven_s(self._proof())
        stall, last_s = min(proven_s.items(), key=lambda each: each[1])
        if now_s - last_s >= self.patience_s:
            self._start_anew(stall, now_s - last_s)
        elif self._stalls.in_a_row and self._recovered(proven_s, now_s):
            _logger.info("machine has recovered reboots=%d", self._stalls.in_a_row)
            self._keep(replace(self._stalls, in_a_row=0))

    def _proven_s(self, proof: Proof | None) -> dict[Stall, float]:
        """Return when each was proven last; what never was, when we began.

        A half that has started afresh knows less than its last word: none of it is
        taken back.
        """
        told = {Stall.DELIVERY: proof.proven_s if proof else None}
        if self._camera:
            told[Stall.CAMERA] = proof.framed_s if proof else None
        for stall, at_s in told.items():
            last_s = self._last_s.get(stall, self._begun_s)
            self._last_s[stall] = last_s if at_s is None else max(at_s, last_s)
        return self._last_s

    def _recovered(self, proven_s: dict[Stall, float], now_s: float) -> bool:
        return now_s - self._begun_s >= WELL_S and all(
            at_s > self._begun_s and now_s - at_s < self._least_s
            for at_s in proven_s.values()
        )

    def _start_anew(self, stall: Stall, seconds: float) -> None:
        self._asked = True
        _logger.error(
            "nothing is proven action=reboot of=%s for_s=%.0f", stall.value, seconds
        )
        stalls = Stalls(
            in_a_row=self._stalls.in_a_row + 1,
            total=self._stalls.total + 1,
            last=stall,
        )
        # Not without a note of it: it would be done again as soon, and for ever.
        if not self._keep(stalls):
            return
        try:
            self._reboot()
        except ActuatorError as error:
            _logger.error("machine is not started anew reason=%s", error)  # noqa: TRY400

    def _keep(self, stalls: Stalls) -> bool:
        self._stalls = stalls
        try:
            keep_stalls(self._memory, stalls)
        except OSError as error:
            _logger.error("stalls are not kept reason=%s", error.strerror)  # noqa: TRY400
            return False
        return True

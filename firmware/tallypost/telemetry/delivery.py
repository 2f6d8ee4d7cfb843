"""Takes records from the outbox to the uplink, and lets go of those that arrived."""

import logging
import threading
from collections.abc import Callable, Sequence

from tallypost.board.base import Board
from tallypost.errors import OutboxUnavailableError, UplinkUnavailableError
from tallypost.telemetry.outbox.ledger import Pending
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.base import Outcome, Receipt, Uplink, never

IDLE_S = 60.0
"""With nothing to send, the outbox is looked at so often all the same."""
DOWN_S = 1.0
"""How often to ask whether the link is up again; asking costs nothing."""
REFUSED_S = 60.0
"""How long to leave a far side alone that takes nothing until somebody mends it."""
UNANSWERED_S_MIN = 0.5
UNANSWERED_S_MAX = 30.0
SUSPECT_S = 900.0
"""How long a record waits that went out alone, twice, and never had an answer."""
SUSPECT_TRIES = 2
STOP_S = 1.0
"""How soon a request to stop is heard."""

_logger = logging.getLogger(__name__)


class Delivery:
    """Sends what waits, the oldest first, until the far side has it.

    A record that cuts the connection whenever it is sent (a broker may choke on it)
    must not hold up all others: after an answer that never came records go out one by
    one, and one that is never answered steps aside for a while.

    Args:
        outbox: Where records wait.
        uplink: The way to the far side.
        board: Whose clocks to ask.

    Attributes:
        delivered: How many records have arrived so far.
    """

    def __init__(self, outbox: Outbox, uplink: Uplink, board: Board) -> None:
        self.delivered = 0
        self._outbox = outbox
        self._uplink = uplink
        self._board = board
        self._not_before_s = 0.0
        self._unanswered_s = UNANSWERED_S_MIN
        self._one_by_one = False
        self._tries: dict[int, int] = {}
        self._aside: dict[int, float] = {}
        self._told = ""

    def run(self, stop: threading.Event) -> None:
        """Deliver until somebody says stop; then return within about two seconds."""
        while not stop.is_set():
            self._rest(self.step(stop.is_set), stop)

    def drain(self, timeout_s: float) -> int:
        """Deliver what waits; return how many records still wait when time is up.

        Args:
            timeout_s: Nothing is sent later; answers may take a second longer.
        """
        deadline_s = self._board.monotonic_s() + timeout_s

        def late() -> bool:
            return self._board.monotonic_s() >= deadline_s

        while (
            self._outbox.pending
            and (left := deadline_s - self._board.monotonic_s()) > 0
        ):
            self._board.wait(min(self.step(late), 0.1, left))
        return self._outbox.pending

    def step(self, stopping: Callable[[], bool] = never) -> float:
        """Send one batch; return after how many seconds another step makes sense.

        Args:
            stopping: Asked while the batch is under way: whether to leave it at that.
        """
        now_s = self._board.monotonic_s()
        if now_s < self._not_before_s:
            return self._not_before_s - now_s
        try:
            self._outbox.flush()
            batch = self._batch(now_s)
            if not batch:
                return IDLE_S
            receipts = self._uplink.send([payload for _, payload in batch], stopping)
        except (OutboxUnavailableError, UplinkUnavailableError):
            # Outbox and uplink have told the log themselves.
            return self._pause(DOWN_S)
        return self._pause(self._settle(batch, receipts))

    def _rest(self, pause_s: float, stop: threading.Event) -> None:
        until_s = self._board.monotonic_s() + pause_s
        while not stop.is_set():
            left_s = until_s - self._board.monotonic_s()
            # Cleared before the next look at the outbox: what comes later wakes again.
            if left_s <= 0 or self._outbox.arrived.wait(min(left_s, STOP_S)):
                self._outbox.arrived.clear()
                return

    def _pause(self, seconds: float) -> float:
        self._not_before_s = self._board.monotonic_s() + seconds
        return seconds

    def _batch(self, now_s: float) -> list[Pending]:
        self._aside = {seq: s for seq, s in self._aside.items() if s > now_s}
        limit = 1 if self._one_by_one else self._uplink.payloads_max
        rows = self._outbox.head(limit + len(self._aside))
        rows = [row for row in rows if row.seq not in self._aside][:limit]
        # Whoever cut a connection before travels alone.
        suspects = [place for place, row in enumerate(rows) if row.seq in self._tries]
        return rows[: max(suspects[0], 1)] if suspects else rows

    def _settle(self, batch: Sequence[Pending], receipts: Sequence[Receipt]) -> float:
        """Do as the receipts say; return how long to wait before the next step."""
        outcomes = dict(zip((row.seq for row in batch), receipts, strict=True))
        arrived = [
            seq for seq, told in outcomes.items() if told.outcome is Outcome.DELIVERED
        ]
        self._outbox.delivered(arrived)
        self.delivered += len(arrived)
        refused, unknown = "", False
        for seq, told in outcomes.items():
            match told.outcome:
                case Outcome.DELIVERED:
                    pass
                case Outcome.REJECTED:
                    _logger.error("record rejected seq=%d reason=%s", seq, told.reason)
                    self._outbox.rejected(seq, told.reason)
                case Outcome.REFUSED:
                    refused = told.reason or "unknown"
                case Outcome.UNKNOWN:
                    unknown = True
            if told.outcome is not Outcome.UNKNOWN:
                self._tries.pop(seq, None)
        self._tell(refused)
        pause_s = self._after_silence(batch, answered=not unknown)
        return REFUSED_S if refused else pause_s

    def _after_silence(self, batch: Sequence[Pending], *, answered: bool) -> float:
        if answered:
            self._one_by_one = False
            self._unanswered_s = UNANSWERED_S_MIN
            return 0.0
        if len(batch) == 1:
            self._suspect(batch[0].seq)
        self._one_by_one = True
        pause_s = self._unanswered_s
        self._unanswered_s = min(pause_s * 2, UNANSWERED_S_MAX)
        return pause_s

    def _suspect(self, seq: int) -> None:
        self._tries[seq] = self._tries.get(seq, 0) + 1
        if self._tries[seq] >= SUSPECT_TRIES:
            self._aside[seq] = self._board.monotonic_s() + SUSPECT_S
            _logger.error(
                "record never answered, it steps aside seq=%d wait_s=%d", seq, SUSPECT_S
            )

    def _tell(self, refused: str) -> None:
        if refused and refused != self._told:
            _logger.error(
                "records refused, they are kept reason=%s again_s=%d",
                refused,
                REFUSED_S,
            )
        elif self._told and not refused:
            _logger.warning("records taken again")
        self._told = refused

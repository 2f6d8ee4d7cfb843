"""Takes records from the outbox to the uplink, and lets go of those that arrived."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence

from tallypost.board.base import Board
from tallypost.errors import OutboxUnavailableError, UplinkUnavailableError
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.shelf import Shelf
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.base import Appetite, Outcome, Receipt, Uplink, never

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
TOLD_S = 300.0
"""How long an alert waits for a better link whose gist a stand-in has told."""
SUSPECT_TRIES = 2
SUSPECTS_MAX = 64
"""So many are known at once; who is forgotten travels in company once more."""
STOP_S = 1.0
"""How soon a request to stop is heard."""

_logger = logging.getLogger(__name__)


Key = tuple[Subject, int]


def _no_duty() -> None:
    """Do nothing."""


class Delivery:
    """Sends what waits, alerts first and the oldest first, until the far side has it.

    A record that cuts the connection whenever it is sent (a broker may choke on it)
    must not hold up all others: after an answer that never came records go out one by
    one, and one that is never answered steps aside for a while.

    Args:
        outbox: Where records wait.
        uplink: The way to the far side.
        board: Whose clocks to ask.
        tray: Where messages wait that need no disk; they go out behind the alerts.
        batches: Where signed batches wait; they go out behind all else.
        duty: Done before each batch, at least once a minute: whoever has something to
            tell by the clock puts it onto the tray.

    Attributes:
        delivered: How many records have arrived so far.
        proven_s: When it was last known, by the board's monotonic clock, that messages
            go out, that none waits, or why they do not: no link, a disk that refuses, a
            far side that does. Silence after a message proves nothing, nor does a
            start: None before the first proof.
    """

    def __init__(
        self,
        outbox: Outbox,
        uplink: Uplink,
        board: Board,
        tray: Tray | None = None,
        *,
        batches: Shelf | None = None,
        duty: Callable[[], None] = _no_duty,
    ) -> None:
        self.delivered = 0
        self.proven_s: float | None = None
        self._duty = duty
        self._outbox = outbox
        self._tray = tray or Tray(outbox.arrived)
        # In the order in which they are sent.
        self._shelves: dict[Subject, Shelf] = {
            Subject.ALERT: outbox.alerts,
            **dict.fromkeys(sorted(self._tray.subjects), self._tray),
            Subject.KPI: outbox,
        }
        if batches is not None:
            self._shelves |= {Subject.BATCH: batches}
        self._uplink = uplink
        self._board = board
        self._not_before_s = 0.0
        self._unanswered_s = UNANSWERED_S_MIN
        self._one_by_one = False
        self._tries: dict[Key, int] = {}
        self._aside: dict[Key, float] = {}
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
        self._outbox.flush()

        def late() -> bool:
            return self._board.monotonic_s() >= deadline_s

        while self._pending and (left := deadline_s - self._board.monotonic_s()) > 0:
            self._board.wait(min(self.step(late), 0.1, left))
        return self._pending

    def step(self, stopping: Callable[[], bool] = never) -> float:
        """Send one batch; return after how many seconds another step makes sense.

        Args:
            stopping: Asked while the batch is under way: whether to leave it at that.
        """
        now_s = self._board.monotonic_s()
        if now_s < self._not_before_s:
            return self._not_before_s - now_s
        try:
            self._duty()
            self._outbox.tick()
            batch = self._batch(now_s)
            if not batch:
                self._prove()
                return IDLE_S
            receipts = self._uplink.send(batch, stopping)
        except (OutboxUnavailableError, UplinkUnavailableError):
            # Outbox and uplink have told the log themselves.
            self._prove()
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

    def _prove(self) -> None:
        self.proven_s = self._board.monotonic_s()

    def _pause(self, seconds: float) -> float:
        self._not_before_s = self._board.monotonic_s() + seconds
        return seconds

    @property
    def _pending(self) -> int:
        return sum(shelf.pending for shelf in self._distinct_shelves())

    def _distinct_shelves(self) -> Iterable[Shelf]:
        return dict.fromkeys(self._shelves.values())

    def _batch(self, now_s: float) -> list[Message]:
        self._aside = {key: s for key, s in self._aside.items() if s > now_s}
        appetite = self._uplink.appetite
        limit = 1 if self._one_by_one else appetite.messages_max
        rows: list[Message] = []
        for shelf in self._distinct_shelves():
            rows += self._ready(shelf, limit - len(rows), appetite)
        # Whoever cut a connection before travels alone.
        suspects = [place for place, row in enumerate(rows) if row.key in self._tries]
        return rows[: max(suspects[0], 1)] if suspects else rows

    def _ready(self, shelf: Shelf, room: int, appetite: Appetite) -> list[Message]:
        if not room:
            return []
        spare = len(self._aside)
        if shelf is self._outbox:
            found = self._outbox.head(room + spare, newest_first=appetite.newest_first)
        else:
            # Alerts that a far side refuses must not keep all records waiting.
            room = max(room // 2, 1)
            if shelf is self._tray:
                spare += self._tray.pending  # not all of it may be wanted
            found = shelf.head(room + spare)
        wanted = (row for row in found if row.subject in appetite.subjects)
        return [row for row in wanted if row.key not in self._aside][:room]

    def _settle(self, batch: Sequence[Message], receipts: Sequence[Receipt]) -> float:
        """Do as the receipts say; return how long to wait before the next step."""
        outcomes = dict(zip((row.key for row in batch), receipts, strict=True))
        self._let_go(
            key for key, told in outcomes.items() if told.outcome is Outcome.DELIVERED
        )
        refused, unknown = "", False
        for key, told in outcomes.items():
            if told.outcome is Outcome.UNKNOWN:
                unknown = True
                continue
            self._prove()
            self._tries.pop(key, None)
            if told.outcome is Outcome.REJECTED:
                self._reject(key, told.reason)
            elif told.outcome is Outcome.TOLD:
                self._make_way(key)
            elif told.outcome is Outcome.REFUSED and not self._yields(key, told.reason):
                refused = told.reason or "unknown"
        self._tell(refused)
        pause_s = self._after_silence(batch, answered=not unknown)
        return REFUSED_S if refused else pause_s

    def _let_go(self, arrived: Iterable[Key]) -> None:
        keys = list(arrived)
        self.delivered += len(keys)
        for subject, shelf in self._shelves.items():
            shelf.delivered([seq for about, seq in keys if about is subject])

    def _make_way(self, key: Key) -> None:
        """Have an alert whose gist was told wait, so that others get their turn."""
        if key[0] is Subject.ALERT:
            self._aside[key] = self._board.monotonic_s() + TOLD_S

    def _yields(self, key: Key, reason: str) -> bool:
        """Have what is refused make way, if it is not worth that records wait for it.

        Returns:
            Whether it does; else all wait.
        """
        if key[0] in self._tray.subjects:
            self._reject(key, reason)
        elif key[0] is Subject.BATCH:
            self._step_aside(key, "refused")
        else:
            return False
        return True

    def _reject(self, key: Key, reason: str) -> None:
        subject, seq = key
        _logger.error("%s rejected seq=%d reason=%s", _noun(subject), seq, reason)
        self._shelves[subject].rejected(seq, reason)

    def _after_silence(self, batch: Sequence[Message], *, answered: bool) -> float:
        if answered:
            self._one_by_one = False
            self._unanswered_s = UNANSWERED_S_MIN
            return 0.0
        if len(batch) == 1:
            self._suspect(batch[0].key)
        self._one_by_one = True
        pause_s = self._unanswered_s
        self._unanswered_s = min(pause_s * 2, UNANSWERED_S_MAX)
        return pause_s

    def _suspect(self, key: Key) -> None:
        self._tries[key] = self._tries.pop(key, 0) + 1  # the latest stands last
        if len(self._tries) > SUSPECTS_MAX:
            # What a newer message has replaced is never heard of again.
            del self._tries[next(iter(self._tries))]
        if self._tries[key] >= SUSPECT_TRIES:
            self._step_aside(key, "never answered")

    def _step_aside(self, key: Key, why: str) -> None:
        self._aside[key] = self._board.monotonic_s() + SUSPECT_S
        subject, seq = key
        _logger.error(
            "%s %s, it steps aside seq=%d wait_s=%d",
            *(_noun(subject), why, seq, SUSPECT_S),
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


def _noun(subject: Subject) -> str:
    return "record" if subject is Subject.KPI else subject.value

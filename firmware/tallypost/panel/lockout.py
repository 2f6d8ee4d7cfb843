"""Shuts the door after wrong codes, also for whoever starts the panel afresh."""

import logging
import math
from collections.abc import Callable
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.durable import write_durably
from tallypost.errors import RecordError

GUESSES = 5
LOCK_S_MIN = 300.0
LOCK_S_MAX = 3600.0
"""Five guesses an hour find none of 8e14 codes; who keeps trying keeps others out."""
LOCKOUT_FILE = "lockout.json"
FILE_BYTES_MAX = 4096
LOCKS_MAX = 1000

_logger = logging.getLogger(__name__)


class Lockout:
    """Counts guesses, each before it is tried: an end in between gives none away.

    After a start of the board a lock that went on begins anew, since nobody knows how
    long it was off.

    Args:
        file: Where they are counted.
        now_s: The board's monotonic clock.
        boot: The board's name for this start.
    """

    def __init__(self, file: Path, now_s: Callable[[], float], boot: str) -> None:
        self._file = file
        self._now_s = now_s
        self._boot = boot
        self._wrong, self._locks, self._until_s = 0, 0, -math.inf
        self._kept = file.exists()
        self._read()

    @property
    def left_s(self) -> float:
        """For how long nobody may guess; 0 where somebody may.

        Whoever takes the file away, as a long press of the button does, has it
        forgotten.
        """
        if self._kept and not self._file.exists():
            self._wrong, self._locks, self._until_s = 0, 0, -math.inf
            self._kept = False
        return max(self._until_s - self._now_s(), 0.0)

    @property
    def left(self) -> int:
        """How many guesses there still are."""
        return 0 if self.left_s else GUESSES - self._wrong

    def guess(self) -> None:
        """Count a guess as a wrong one; say so with `right` where it is not."""
        self._wrong += 1
        if self._wrong >= GUESSES:
            self._locks, self._wrong = min(self._locks + 1, LOCKS_MAX), 0
            self._until_s = self._now_s() + self._lock_s
            _logger.warning("panel locked for_s=%.0f", self._lock_s)
        self._keep()

    def right(self) -> None:
        """Forget all guesses."""
        self._wrong, self._locks, self._until_s = 0, 0, -math.inf
        self._keep()

    @property
    def _lock_s(self) -> float:
        """How long the lock lasts that was set last: each twice as long as before."""
        doublings = min(max(self._locks - 1, 0), 10)
        return min(LOCK_S_MIN * 2.0**doublings, LOCK_S_MAX)

    def _keep(self) -> None:
        told = {
            "wrong": self._wrong,
            "locks": self._locks,
            "until_monotonic_s": self._until_s if self.left_s else None,
            "boot": self._boot,
        }
        try:
            write_durably(self._file, spell(told))
            self._kept = True
        except OSError as error:
            # It still holds for as long as this process lives.
            _logger.warning("guesses are not kept reason=%s", error.strerror)

    def _read(self) -> None:
        try:
            with self._file.open("rb") as file:
                self._take(parse(file.read(FILE_BYTES_MAX), bytes_max=FILE_BYTES_MAX))
        except FileNotFoundError:
            return
        except (OSError, RecordError) as error:
            _logger.warning("guesses cannot be read action=locked reason=%s", error)
            self._locks = 1
            self._until_s = self._now_s() + self._lock_s
            self._keep()

    def _take(self, told: object) -> None:
        wrong, locks, until_s, boot = (
            fields.member(told, "", key)
            for key in ("wrong", "locks", "until_monotonic_s", "boot")
        )
        self._wrong = fields.whole(wrong, "wrong", low=0, high=GUESSES - 1)
        self._locks = fields.whole(locks, "locks", low=0, high=LOCKS_MAX)
        if until_s is None:
            return
        self._until_s = self._now_s() + self._lock_s
        if boot == self._boot:
            kept_s = fields.quantity(until_s, "until_monotonic_s")
            self._until_s = min(kept_s, self._until_s)
        else:
            # Once a start of the board, not with each panel: or it never ran out.
            self._keep()

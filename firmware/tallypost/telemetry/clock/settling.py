"""Gives everything that waits for a date its date, once somebody knows the time."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tallypost.board.base import Board, ClockReading
from tallypost.domain.dating import Dating, Undated
from tallypost.domain.records import ClockTrust, Interval
from tallypost.domain.words import DAY_S
from tallypost.errors import OutboxUnavailableError
from tallypost.telemetry.clock.dating import datings
from tallypost.telemetry.clock.placing import unwatched
from tallypost.telemetry.clock.reckoner import Reckoner

HOLE_S_MAX = 366 * DAY_S
"""A longer hole is a calendar that was wrong."""
SLACK_S = 0.5
"""Two ends that lie no further apart are one: clocks are read one after the other."""


_logger = logging.getLogger(__name__)


class Waiting(Protocol):
    """Where records wait for their dates."""

    def undated(self) -> Sequence[Undated]:
        """Return what waits, the lowest numbers first."""
        ...

    def date(self, dates: Mapping[int, Dating]) -> int:
        """Date records, all or none of them; return how many had none yet."""
        ...


@dataclass(frozen=True, slots=True)
class Settled:
    """What comes of dating.

    Attributes:
        dates: Of what waits, by number.
        holes: The times between what is dated, of which nothing is known.
        until_utc_s: End of the last that has a date; None where nothing ever had one.
    """

    dates: Mapping[int, Dating]
    holes: tuple[Interval, ...]
    until_utc_s: float | None


class Settling:
    """Dates what waits, as soon as a moment is known and whenever more comes.

    Args:
        store: Where records wait.
        reckoner: Knows what time it is.
        board: Whose start is the present one.
    """

    def __init__(self, store: Waiting, reckoner: Reckoner, board: Board) -> None:
        self._store = store
        self._reckoner = reckoner
        self._board = board
        self._idle = False
        self._met = False
        self._told: bool | None = None

    def covered_s(self) -> float | None:
        """Return until when this start is covered by what waits, in its own seconds.

        None where nothing of this start waits.
        """
        try:
            waiting = self._store.undated()
        except OutboxUnavailableError:
            return None
        boot = self._board.boot_id()
        ends_s = [each.end_monotonic_s for each in waiting if each.boot == boot]
        return max(ends_s, default=None)

    def hasten(self) -> None:
        """Look again: something waits."""
        self._idle = False

    def settle(self, since_utc_s: float | None) -> Settled | None:
        """Return the dates of what waits, for `date`; None where nothing comes of them.

        The first time that a moment is known something always does. Keep the holes
        first: whoever is killed in between finds the same dates again, and no hole
        between what has them already.

        Args:
            since_utc_s: End of the last that had a date before.
        """
        anchor = self._reckoner.anchor
        self._tell(known=anchor is not None)
        if self._idle:
            self._reckoner.remember()
        if anchor is None or self._idle:
            return None
        try:
            waiting = self._store.undated()
            dates = datings(
                waiting,
                boot=self._board.boot_id(),
                anchor=anchor,
                before=self._reckoner.before,
                earliest_utc_s=self._reckoner.built_utc_s,
            )
        except OutboxUnavailableError:  # told by the outbox; they wait on
            return None
        self._idle = not waiting
        if self._idle:
            self._reckoner.remember()
        first, self._met = not self._met, True
        if not waiting and not first:
            return None
        return Settled(dates, *_joined(waiting, dates, since_utc_s))

    def date(self, settled: Settled) -> bool:
        """Give what waits its dates; return whether it has them."""
        if not settled.dates:
            return True
        try:
            self._store.date(settled.dates)
        except OutboxUnavailableError:  # told by the outbox; they wait on
            return False
        return True

    def _tell(self, *, known: bool) -> None:
        if known and self._told is False:
            _logger.warning("time known, records get their dates")
        elif not known and self._told is None:
            _logger.warning("time unknown, records wait until somebody tells it")
        self._told = known

    def close(self) -> None:
        """Remember the present moment, unless something waits that is dated from one.

        The end is orderly: what comes next begins from here.
        """
        if self._idle:
            self._reckoner.remember(at_once=True)


def _joined(
    waiting: Sequence[Undated], dates: Mapping[int, Dating], since_utc_s: float | None
) -> tuple[tuple[Interval, ...], float | None]:
    """Return the holes between what was dated, and the end of the last of it."""
    until_utc_s = since_utc_s
    holes = []
    for date, duration_s in sorted(
        (dates[each.seq], each.duration_s) for each in waiting
    ):
        start_utc_s = date.start_utc_s
        if (
            until_utc_s is not None
            and SLACK_S < start_utc_s - until_utc_s <= HOLE_S_MAX
        ):
            clock = ClockReading(ClockTrust.UNSYNCED, date.uncertainty_s)
            length_s = start_utc_s - until_utc_s
            holes.append(unwatched(until_utc_s, length_s, clock, dated=date.how))
        end_utc_s = start_utc_s + duration_s
        until_utc_s = max(end_utc_s, until_utc_s or end_utc_s)
    return tuple(holes), until_utc_s

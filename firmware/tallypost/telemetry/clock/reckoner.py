"""Knows what time it is, and how surely, also where the kernel does not."""

import logging
from queue import Empty, SimpleQueue

from tallypost.board.base import BUILT_UTC_S, UNSYNCED, Board, ClockReading
from tallypost.domain.records import ClockTrust
from tallypost.domain.words import DAY_S, UTC_S_MAX
from tallypost.telemetry.clock.anchor import DRIFT, Anchor, Date
from tallypost.telemetry.clock.memory import Memory, Trusted

REMEMBER_S = 600.0
"""How often a moment is remembered while the time is known: one block of the card."""
RTC_READ_S = 1.0
"""A clock that counts whole seconds is read so badly, at worst."""
RTC_AGREES_S = 2.0
"""How far the clock on a battery may be from the calendar to be told to agree."""
RTC_AWAY_S_MAX = 366 * DAY_S
"""It is not believed after so long without anybody who has checked it."""
UNCERTAINTY_S_MAX = 3600.0
"""Whoever knows the time less well need not tell it."""

_logger = logging.getLogger(__name__)


class Reckoner:
    """The device's own idea of the time.

    The kernel is believed while somebody disciplines its clock. Afterwards, and where
    somebody else has told the time, the board's clock runs on from the last moment
    that was known, whatever becomes of the calendar; after a start, the clock on a
    battery does, if it agreed when the time was last known.

    Args:
        board: Whose clocks to ask.
        memory: Where the last known moment is kept.
        built_utc_s: It cannot be earlier than that.

    Attributes:
        built_utc_s: It cannot be earlier than that.
        before: The last known moment, of this start or one before, as it was remembered
            when this began.
    """

    def __init__(
        self, board: Board, memory: Memory, *, built_utc_s: float = BUILT_UTC_S
    ) -> None:
        self._board = board
        self._memory = memory
        self.built_utc_s = built_utc_s
        self._told: SimpleQueue[Anchor] = SimpleQueue()
        self._anchor: Anchor | None = None
        self._kept: Anchor | None = None
        self._remembered_s: float | None = None
        self.before = memory.read()
        self._by_battery = False
        if self.before is not None and self.before.boot == board.boot_id():
            self._anchor = self.before.anchor
        self.look()

    @property
    def anchor(self) -> Anchor | None:
        """The moment of this start that is known best; None where none is."""
        return self._anchor

    @property
    def dating(self) -> Anchor | None:
        """The moment that dates what is counted now; None where none is known.

        The calendar's while somebody keeps that: what is known best may be another one,
        as far away as both may be off.
        """
        return self._kept or self._anchor

    def told(self, utc_s: float, at_monotonic_s: float, uncertainty_s: float) -> None:
        """Hear from somebody what time it was at a moment of this start.

        Any thread may call it. It counts with the next `look`, while nobody disciplines
        the kernel's clock, and if it is not earlier than what is known.

        Args:
            utc_s: Seconds since 1970.
            at_monotonic_s: Seconds since the board was started.
            uncertainty_s: By how much it may be off, either way.
        """
        self._told.put(Anchor(at_monotonic_s, utc_s, uncertainty_s))

    def look(self) -> None:
        """Take note of what the kernel and others say; call it about once a second."""
        clock = self._board.clock()
        now_s, utc_s = self._board.monotonic_s(), self._board.utc_s()
        # Asked again: a calendar set in between would be believed as what it was.
        again = self._board.clock()
        disciplined = clock.trust is again.trust is ClockTrust.SYNCED
        while (told := self._next_told()) is not None:
            if not disciplined and self._possible(told, now_s):
                self._know(told, now_s)
        self._kept = None
        if disciplined and clock.uncertainty_s is not None:
            now = self._kept = Anchor(now_s, utc_s, clock.uncertainty_s)
            if self._anchor is not None and self._anchor.contradicts(now):
                _logger.warning("clock was set, what was known is wrong")
                self._anchor = None
            self._know(now, now_s)
        if self._anchor is None and self.before is not None:
            # Its driver may come later than we do.
            self._anchor = _by_battery(self._board, self.before)
            self._by_battery = self._anchor is not None

    def date(self, monotonic_s: float) -> Date | None:
        """Return when a moment of this start was; None where nobody knows."""
        return None if self._anchor is None else self._anchor.date(monotonic_s)

    def reading(self) -> ClockReading:
        """Return how far the device knows what time it is.

        That is what the kernel says of its calendar, while somebody keeps that.
        """
        clock = self._board.clock()
        if clock.trust is ClockTrust.SYNCED:
            return clock
        now = self.date(self._board.monotonic_s())
        if now is None:
            return UNSYNCED
        return ClockReading(ClockTrust.HOLDOVER, now.uncertainty_s)

    def remember(self, *, at_once: bool = False) -> None:
        """Keep the moment known best, if it is time to, for after the next start.

        Call it when everything that waited for a date has one: what is dated through
        starts is dated from the moment that is remembered.

        Args:
            at_once: It is time to.
        """
        now_s, since_s = self._board.monotonic_s(), self._remembered_s
        if self._anchor is None or self._by_battery:
            return
        early = since_s is not None and now_s < since_s + REMEMBER_S
        if early and not at_once:
            return
        self._remembered_s = now_s
        now = self._anchor.date(now_s)
        rtc_s = self._board.rtc_s()
        agrees = rtc_s is not None and (
            abs(rtc_s + RTC_READ_S / 2 - now.utc_s) <= RTC_AGREES_S
        )
        self._memory.write(Trusted(self._board.boot_id(), Anchor(now_s, *now), agrees))

    def _next_told(self) -> Anchor | None:
        try:
            return self._told.get_nowait()
        except Empty:
            return None

    def _possible(self, told: Anchor, now_s: float) -> bool:
        """Return whether what somebody said can be: time does not run backwards."""
        earliest_utc_s = self.built_utc_s
        if self.before is not None:
            known = self.before.anchor
            earliest_utc_s = max(earliest_utc_s, known.utc_s - known.uncertainty_s)
        if (
            not 0.0 <= told.uncertainty_s <= UNCERTAINTY_S_MAX
            or not 0.0 <= told.monotonic_s <= now_s
            or not earliest_utc_s <= told.utc_s + told.uncertainty_s <= UTC_S_MAX
            or (self._anchor is not None and self._anchor.contradicts(told))
        ):
            _logger.warning("time told that cannot be utc_s=%.0f", told.utc_s)
            return False
        return True

    def _know(self, anchor: Anchor, now_s: float) -> None:
        """Take a moment for known, if it says more of the present than what is."""
        known = self._anchor
        better = (
            known is None
            or anchor.date(now_s).uncertainty_s <= known.date(now_s).uncertainty_s
        )
        if better:
            self._anchor, self._by_battery = anchor, False


def _by_battery(board: Board, before: Trusted) -> Anchor | None:
    """Return what time it is by the clock on a battery; None where nobody knows.

    It is believed if it agreed when the time was last known, and has run on since.
    """
    rtc_s, known = board.rtc_s(), before.anchor
    if rtc_s is None or not before.rtc_agrees:
        return None
    utc_s = rtc_s + RTC_READ_S / 2
    doubt_s = known.uncertainty_s + RTC_AGREES_S + RTC_READ_S / 2
    elapsed_s = utc_s - known.utc_s
    if not -doubt_s <= elapsed_s <= RTC_AWAY_S_MAX:
        return None
    return Anchor(board.monotonic_s(), utc_s, doubt_s + DRIFT * max(elapsed_s, 0.0))

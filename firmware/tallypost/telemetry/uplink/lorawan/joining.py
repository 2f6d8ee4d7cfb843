"""When a modem may ask to be let into a network: seldom, and ever more seldom."""

from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.telemetry.uplink.link import Backoff
from tallypost.telemetry.uplink.lorawan.airtime import JOIN_REQUEST_BYTES
from tallypost.telemetry.uplink.lorawan.duty import DAY_S, HOUR_S
from tallypost.telemetry.uplink.lorawan.regions import Rules

FIRST_S = 15.0
"""A fleet that comes back after a power cut must not knock all at once."""
LONGEST_S = 3600.0
FIRST_HOUR_AIR_S = 36.0
NEXT_TEN_HOURS_AIR_S = 36.0
LATER_DAY_AIR_S = 8.7
LATER_S = 11 * HOUR_S


class Period(NamedTuple):
    """A time in which join requests may be on air for so long in all.

    Attributes:
        ends_s: When it ends, after the first request.
        air_s_max: For how long.
    """

    ends_s: float
    air_s_max: float


def period(since_s: float) -> Period:
    """Return the period that a moment is in.

    Source: LoRaWAN L2 1.0.4, chapter 7 "Retransmissions back-off", table 5.

    Args:
        since_s: How long after the first request.
    """
    if since_s < HOUR_S:
        return Period(HOUR_S, FIRST_HOUR_AIR_S)
    if since_s < LATER_S:
        return Period(LATER_S, NEXT_TEN_HOURS_AIR_S)
    days = (since_s - LATER_S) // DAY_S + 1.0
    return Period(LATER_S + days * DAY_S, LATER_DAY_AIR_S)


class Joining:
    """Counts attempts to join; each is reckoned at the region's slowest data rate.

    Args:
        rules: The region's.
        board: Whose clock to ask.

    Attributes:
        air_s: How long one attempt is on air.
    """

    def __init__(self, rules: Rules, board: Board) -> None:
        # Of those that a dwell time leaves.
        airs_s = [
            each.time_on_air_s(JOIN_REQUEST_BYTES)
            for each in rules.data_rates
            if rules.dwell_s is None
            or each.time_on_air_s(JOIN_REQUEST_BYTES) <= rules.dwell_s
        ]
        self.air_s = max(airs_s)
        self._board = board
        self._backoff = Backoff(FIRST_S, LONGEST_S)
        self._begun_s: float | None = None
        self._period = period(0.0)
        self._spent_s = 0.0
        self._not_before_s = board.monotonic_s()

    def wait_s(self) -> float:
        """Return after how long the next attempt may be."""
        return max(self._not_before_s - self._board.monotonic_s(), 0.0)

    def tried(self) -> None:
        """Note an attempt that came to nothing."""
        now_s = self._board.monotonic_s()
        if self._begun_s is None:
            self._begun_s = now_s
        since_s = now_s - self._begun_s
        if period(since_s) != self._period:
            self._period, self._spent_s = period(since_s), 0.0
        self._spent_s += self.air_s
        wait_s = self._backoff.next_s()
        if since_s >= LATER_S:
            wait_s = max(wait_s, self.air_s * DAY_S / LATER_DAY_AIR_S)
        if self._spent_s + self.air_s > self._period.air_s_max:
            wait_s = max(wait_s, self._period.ends_s - since_s)
        self._not_before_s = now_s + wait_s

    def succeeded(self) -> None:
        """Begin anew: the network has let us in."""
        self._begun_s, self._spent_s = None, 0.0
        self._period = period(0.0)
        self._backoff.reset()

"""When a modem may ask to be let into a network: seldom, and ever more seldom."""

import math

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


def earliest_s(air_s: float) -> float:
    """Return how long after the first join request so much airtime is granted in all.

    Source: LoRaWAN L2 1.0.4, chapter 7 "Retransmissions back-off", table 5.
    """
    if air_s <= FIRST_HOUR_AIR_S:
        return 0.0
    later_air_s = air_s - FIRST_HOUR_AIR_S - NEXT_TEN_HOURS_AIR_S
    if later_air_s <= 0.0:
        return HOUR_S
    return LATER_S + (math.ceil(later_air_s / LATER_DAY_AIR_S) - 1) * DAY_S


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
        self._spent_s = 0.0
        self._not_before_s = board.monotonic_s()

    def wait_s(self) -> float:
        """Return after how long the next attempt may be."""
        not_before_s = self._not_before_s
        if self._begun_s is not None:
            granted_s = self._begun_s + earliest_s(self._spent_s + self.air_s)
            not_before_s = max(not_before_s, granted_s)
        return max(not_before_s - self._board.monotonic_s(), 0.0)

    def tried(self) -> None:
        """Note an attempt that came to nothing."""
        now_s = self._board.monotonic_s()
        if self._begun_s is None:
            self._begun_s = now_s
        self._spent_s += self.air_s
        self._not_before_s = now_s + self._backoff.next_s()

    def succeeded(self) -> None:
        """Begin anew: the network has let us in."""
        self._begun_s, self._spent_s = None, 0.0
        self._backoff.reset()

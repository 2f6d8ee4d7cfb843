"""How much airtime is left: by law, by the network's fair use, for what is urgent."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.telemetry.uplink.lorawan.regions import Rules

HOUR_S = 3600.0
DAY_S = 86_400.0
RESERVE = 0.1
"""This share of every limit is kept for what is urgent."""
NOTHING_S = 1e-9
"""Less is an error of rounding."""


class Spent(NamedTuple):
    """One use of the air: when it was, on the monotonic clock, and how long."""

    at_s: float
    air_s: float


class Limit:
    """So much airtime in any window of a length, however the window lies.

    Args:
        air_s_max: How much.
        window_s: How long the window is.

    Attributes:
        air_s_max: As above.
        window_s: As above.
    """

    def __init__(self, air_s_max: float, window_s: float) -> None:
        self.air_s_max = air_s_max
        self.window_s = window_s
        self._spent: deque[Spent] = deque()

    def spend(self, spent: Spent) -> None:
        """Note that the air was used."""
        self._spent.append(spent)

    def spent(self, now_s: float) -> Sequence[Spent]:
        """Return what was used within the window, the earliest first."""
        self._forget(now_s)
        return tuple(self._spent)

    def left_s(self, now_s: float) -> float:
        """Return how much is left; below 0 where more was used than there was."""
        self._forget(now_s)
        return self.air_s_max - sum(each.air_s for each in self._spent)

    def wait_s(self, air_s: float, now_s: float, *, share: float = 1.0) -> float:
        """Return after how long so much may be used; for ever where it never may.

        Args:
            air_s: How much is wanted.
            now_s: The monotonic clock.
            share: Which part of the limit may be used for it.
        """
        allowed_s = self.air_s_max * share
        if air_s > allowed_s:
            return float("inf")
        over_s = self.air_s_max - self.left_s(now_s) + air_s - allowed_s
        for each in self._spent:
            if over_s <= 0.0:
                break
            over_s -= each.air_s
            if over_s <= NOTHING_S:
                return max(each.at_s + self.window_s - now_s, 0.0)
        return 0.0

    def _forget(self, now_s: float) -> None:
        while self._spent and self._spent[0].at_s <= now_s - self.window_s:
            self._spent.popleft()


class Budget:
    """All the limits of one device.

    Args:
        rules: The region's.
        fair_use_s: How much the network grants in any 24 hours; None for no limit.
        board: Whose clock to ask.
    """

    def __init__(self, rules: Rules, fair_use_s: float | None, board: Board) -> None:
        self._rules = rules
        self._board = board
        self._hour = None
        if rules.duty_cycle is not None:
            self._hour = Limit(rules.duty_cycle * HOUR_S, HOUR_S)
        self._day = None if fair_use_s is None else Limit(fair_use_s, DAY_S)
        self._used = Limit(DAY_S, DAY_S)

    def wait_s(self, air_s: float, *, urgent: bool = False) -> float:
        """Return after how long an uplink may go; for ever where it never may.

        Args:
            air_s: How long it is on air.
            urgent: Whether what is kept for such may be used.
        """
        if self._rules.dwell_s is not None and air_s > self._rules.dwell_s:
            return float("inf")
        now_s, share = self._board.monotonic_s(), 1.0 if urgent else 1.0 - RESERVE
        return max(
            (limit.wait_s(air_s, now_s, share=share) for limit in self._limits()),
            default=0.0,
        )

    def spend(self, air_s: float, *, ago_s: float = 0.0) -> None:
        """Note that the air was used.

        Args:
            air_s: For how long.
            ago_s: How long ago; notes come in the order of time.
        """
        spent = Spent(self._board.monotonic_s() - ago_s, air_s)
        for limit in (*self._limits(), self._used):
            limit.spend(spent)

    @property
    def day_s(self) -> float:
        """How much there is in a day, by whichever limit grants least."""
        rates = [limit.air_s_max / limit.window_s for limit in self._limits()]
        return DAY_S * min(rates, default=1.0)

    @property
    def used_day_s(self) -> float:
        """How much was used within the last 24 hours."""
        return DAY_S - self._used.left_s(self._board.monotonic_s())

    @property
    def spent(self) -> Sequence[Spent]:
        """What was used within the last 24 hours, the earliest first."""
        return self._used.spent(self._board.monotonic_s())

    @property
    def left_s(self) -> float | None:
        """How much is left by whichever limit leaves least; None without limits."""
        now_s = self._board.monotonic_s()
        left = [limit.left_s(now_s) for limit in self._limits()]
        return max(min(left), 0.0) if left else None

    def _limits(self) -> Iterable[Limit]:
        return [limit for limit in (self._hour, self._day) if limit is not None]

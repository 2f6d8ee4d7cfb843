"""Which of several brokers is to be tried next, and when to go back to the first."""

import logging
from collections.abc import Sequence

from tallypost.board.base import Board
from tallypost.telemetry.uplink.broker import Broker

RETURN_S_MIN = 30.0
RETURN_S_MAX = 3600.0
"""A first broker that fails as soon as we are back is left alone longer each time."""

_logger = logging.getLogger(__name__)


class Rota:
    """Takes the brokers in their order, each as often as it is worth.

    Args:
        brokers: The first is the best.
        tries_max: How often one is tried in a row before the next one is.
        board: Whose clock to ask.

    Attributes:
        failovers: How often another broker was gone over to.
    """

    def __init__(self, brokers: Sequence[Broker], tries_max: int, board: Board) -> None:
        self.failovers = 0
        self._brokers = brokers
        self._tries_max = tries_max
        self._board = board
        self._place = 0
        self._tries = 0
        self._return_s = RETURN_S_MIN
        self._left_s = 0.0

    @property
    def first(self) -> Broker:
        """The best of them."""
        return self._brokers[0]

    @property
    def current(self) -> Broker:
        """The one that is in use or is tried."""
        return self._brokers[self._place]

    @property
    def place(self) -> int:
        """Which one is in use or is tried, 1 the first."""
        return self._place + 1

    @property
    def alone(self) -> bool:
        """Whether there is no other."""
        return len(self._brokers) == 1

    def pick(self) -> Broker:
        """Return the broker to try now; each call counts as a try that may fail."""
        if self._tries >= self._tries_max and not self.alone:
            if not self._place:
                self._left_s = self._board.monotonic_s()
            self._go_to((self._place + 1) % len(self._brokers))
        self._tries += 1
        return self.current

    def give_up(self) -> None:
        """Try another one next: this one will not do until somebody mends it."""
        self._tries = self._tries_max

    def lasting(self) -> None:
        """Note that the one in use has held for a while: it may fail anew."""
        self._tries = 0
        if not self._place:
            self._return_s = RETURN_S_MIN

    @property
    def may_return(self) -> bool:
        """Whether it is time to ask if the first one is there again."""
        away_s = self._board.monotonic_s() - self._left_s
        return self._place > 0 and away_s >= self._return_s

    def go_home(self) -> None:
        """Try the first one next."""
        self._return_s = min(self._return_s * 2, RETURN_S_MAX)
        self._go_to(0)

    def _go_to(self, place: int) -> None:
        self.failovers += 1
        self._place, self._tries = place, 0
        _logger.warning("uplink goes over broker=%s", self.current)

"""What the house does when a radio network's keeper asks."""

from collections.abc import Callable
from functools import partial

from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.settings.device import DeviceSettings
from tallypost.settings.slower import keep_interval
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.asked import due_within
from tallypost.telemetry.outbox.outbox import Outbox


class HouseDeeds:
    """Does it.

    Args:
        outbox: Where records are sent again from.
        reckoner: Is told the time.
        own: What the device's own settings say.
        actuator: The board's hands.
        renew: Has both halves start anew.
        board: Whose clock tells when the time was heard.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        reckoner: Reckoner,
        own: DeviceSettings,
        actuator: Actuator,
        renew: Callable[[], None],
        board: Board,
    ) -> None:
        self._outbox = outbox
        self._reckoner = reckoner
        self._own = own
        self._actuator = actuator
        self._renew = renew
        self._board = board

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        """Send records again; return how many."""
        return self._outbox.ask_again(first_seq, last_seq)

    def due(self, first_seq: int, last_seq: int) -> tuple[int, Message | None]:
        """Return how many of a range must go out, and the newest of them."""
        work = partial(due_within, first_seq=first_seq, last_seq=last_seq)
        return self._outbox.look(work)

    def newest_seq(self) -> int:
        """Return the newest record's number; 0 before the first."""
        return self._outbox.look(ledger.last_seq) or 0

    def set_interval(self, interval_s: int) -> None:
        """Have intervals be so long from the next `renew` on."""
        keep_interval(interval_s, self._own)

    def renew(self) -> None:
        """Start both halves anew, with the interval of now."""
        self._renew()

    def reboot(self) -> None:
        """Start the whole machine anew."""
        self._actuator.reboot()

    def time_is(self, utc_s: float, uncertainty_s: float) -> None:
        """Take note of what time it is now."""
        self._reckoner.told(utc_s, self._board.monotonic_s(), uncertainty_s)

"""An uplink to nowhere: keeps what was sent, and fails when it is told to."""

from collections.abc import Callable, Sequence

from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.uplink.base import Outcome, Receipt, never


class LoopbackUplink:
    """A backend in memory, for tests, demonstrations and devices on a bench.

    Args:
        payloads_max: How many payloads one `send` should carry.

    Attributes:
        sent: What the far side has, in the order in which it came.
        down: There is no link.
        silent: Payloads arrive, and nobody says so.
        refuse: Why the far side takes nothing for now; None where it does.
        reject: Says of which payloads the far side will never take them.
    """

    def __init__(self, payloads_max: int = 20) -> None:
        self.sent: list[bytes] = []
        self.down = False
        self.silent = False
        self.refuse: str | None = None
        self.reject: Callable[[bytes], bool] | None = None
        self._payloads_max = payloads_max

    def send(
        self, payloads: Sequence[bytes], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over payloads; return what became of each."""
        if self.down:
            raise UplinkUnavailableError("loopback: is down; set down to False")
        return [
            Receipt(Outcome.UNKNOWN, "not sent") if stopping() else self._take(payload)
            for payload in payloads
        ]

    @property
    def payloads_max(self) -> int:
        """How many payloads one `send` should carry."""
        return self._payloads_max

    def close(self) -> None:
        """Be down from now on; closing twice is harmless."""
        self.down = True

    def _take(self, payload: bytes) -> Receipt:
        if self.refuse is not None:
            return Receipt(Outcome.REFUSED, self.refuse)
        if self.reject is not None and self.reject(payload):
            return Receipt(Outcome.REJECTED, "loopback: was told to reject it")
        self.sent.append(payload)
        if self.silent:
            return Receipt(Outcome.UNKNOWN, "loopback: was told to be silent")
        return Receipt(Outcome.DELIVERED)

"""What delivery asks of a way to the backend."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Outcome(Enum):
    """What became of one payload."""

    DELIVERED = "delivered"
    """The far side has it, and said so."""
    UNKNOWN = "unknown"
    """Nobody answered in time: send it again."""
    REFUSED = "refused"
    """The far side may not take it now (credentials, access rules, quota): somebody
    must mend that; keep it and try later."""
    REJECTED = "rejected"
    """These bytes will never be taken: set them aside."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one payload, and what the far side said about it."""

    outcome: Outcome
    reason: str = ""


def never() -> bool:
    """Say that nobody asks to stop."""
    return False


class Uplink(Protocol):
    """Carries payloads to the backend; opens on construction, connects by itself.

    A link that is down is no failure: it connects again for as long as it takes.
    """

    def send(
        self, payloads: Sequence[bytes], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over payloads, several in flight at once; return what became of each.

        Args:
            payloads: Encoded records, oldest first.
            stopping: Asked again and again, quick to answer. Once it says yes nothing
                more goes out, and within two seconds this returns: what nobody has
                answered by then is unknown.

        Returns:
            One receipt a payload, in the same order.

        Raises:
            UplinkUnavailableError: There is no link just now; nothing was sent.
        """
        ...

    @property
    def payloads_max(self) -> int:
        """How many payloads one `send` should carry."""
        ...

    def close(self) -> None:
        """Say good-bye to the far side, within about two seconds.

        A `send` under way in another thread returns by then, too. Closing twice is
        harmless.
        """
        ...

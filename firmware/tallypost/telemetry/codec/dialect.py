"""How a device may speak over MQTT so that another platform understands it, too.

Records go out as they always do, acknowledged one by one: a dialect is spoken beside
them, on a connection of its own, and never takes their place. So nothing of what a
backend relies on is lost by speaking to somebody else as well.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tallypost.telemetry.codec.message import Message


class Publication(NamedTuple):
    """One message of MQTT.

    Attributes:
        topic: The whole topic.
        payload: Its bytes.
        qos: 0 or 1.
        retain: Whether the broker keeps it for who comes later.
    """

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Dialect(Protocol):
    """What is said besides records; one object lives as long as its uplink."""

    def will(self) -> Publication | None:
        """Return what the broker says should the next connection be lost, if anything.

        Asked once before each connection.
        """
        ...

    def greeting(self) -> Sequence[Publication]:
        """Return what is said first on a new connection, in this order."""
        ...

    def farewell(self) -> Sequence[Publication]:
        """Return what is said before the device leaves by itself."""
        ...

    def beside(self, message: Message) -> Sequence[Publication]:
        """Return what is said of a record or an alert that has arrived."""
        ...

    @property
    def hears(self) -> Sequence[str]:
        """Topics that it wants to hear."""
        ...

    def heard(self, topic: str, payload: bytes) -> Sequence[Publication]:
        """Return the answer to what came; bytes may be anybody's, and of any kind."""
        ...

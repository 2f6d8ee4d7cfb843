"""A device as a network knows it."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from tallypost.simulated.lorawan.commands import Said
from tallypost.simulated.lorawan.crypto import Keys
from tallypost.simulated.lorawan.frames import OPTIONS_BYTES_MAX, Data, Flags


class Queued(NamedTuple):
    """What waits for a device to speak."""

    port: int
    payload: bytes
    confirmed: bool


@dataclass
class Member:
    """One of them.

    Attributes:
        nonces: Every DevNonce that it joined with: none is taken a second time.
        join_nonce: How often it was let in.
        counter: Of its last uplink; -1 before the first.
        counter_down: Of the next downlink.
        queue: What waits for it, the first in front.
        commands: What its MAC is to be told with the next downlink.
        answers: What its MAC said, the newest last.
    """

    dev_eui: bytes
    join_eui: bytes = bytes(8)
    app_key: bytes = field(default=b"", repr=False)
    nonces: set[int] = field(default_factory=set)
    join_nonce: int = 0
    address: int = 0
    keys: Keys | None = None
    counter: int = -1
    counter_down: int = 0
    queue: deque[Queued] = field(default_factory=deque)
    commands: list[Said] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)
    unacknowledged: Queued | None = None

    def begin(self, address: int, keys: Keys) -> None:
        """Begin a session."""
        self.address, self.keys = address, keys
        self.counter, self.counter_down = -1, 0
        self.commands.clear()

    def settle(self, *, acknowledged: bool) -> None:
        """Queue once more what the device was to acknowledge, and did not."""
        if self.unacknowledged is not None and not acknowledged:
            self.queue.appendleft(self.unacknowledged)
        self.unacknowledged = None

    def speak(self, *, ack: bool, payload_bytes_max: int) -> bytes | None:
        """Return the next downlink; None where there is nothing to say.

        Args:
            ack: Whether the device waits to hear that it was heard.
            payload_bytes_max: How much fits at the data rate of the answer.
        """
        options = self._options()
        room = payload_bytes_max - len(options)
        fits = bool(self.queue) and len(self.queue[0].payload) <= room
        if self.keys is None or not (ack or options or fits):
            return None
        told = self.queue.popleft() if fits else None
        frame = Data(
            up=False,
            address=self.address,
            counter=self.counter_down,
            confirmed=told is not None and told.confirmed,
            flags=Flags(ack=ack, pending=bool(self.queue)),
            options=options,
            port=told.port if told else None,
            payload=told.payload if told else b"",
        )
        self.counter_down += 1
        self.unacknowledged = told if told is not None and told.confirmed else None
        return frame.sealed(self.keys)

    def _options(self) -> bytes:
        """Return the commands that fit into a head; the others stay for the next."""
        options = b""
        while self.commands:
            encoded = self.commands[0].encoded()
            if len(options) + len(encoded) > OPTIONS_BYTES_MAX:
                break
            options += encoded
            del self.commands[0]
        return options

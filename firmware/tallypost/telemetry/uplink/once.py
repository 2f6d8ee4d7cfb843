"""Makes paho keep its word where a message must come exactly once.

Two things are amiss for quality of service 2, each of which loses a message: paho takes
a broker's refusal for a consent, and counts its packets from 1 on each connection, so
that a broker that remembers us takes a new message for the repetition of an old one.
"""

import threading
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tallypost.telemetry.uplink.reasons import FAILURE

NUMBERS = 32_767
"""So many numbers of packets belong to messages that come exactly once, and as many to
all others."""


class OnceClient(Client):
    """A client whose messages of quality of service 2 arrive once, or are refused."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self._wanted = threading.local()
        self._count = 0
        super().__init__(*arguments, **more)

    def number_next(self, seq: int) -> None:
        """Have the packet that this thread publishes next go under a message's number.

        The same message has the same number on every connection: a broker that has it
        already knows it again, as it should.
        """
        self._wanted.number = 1 + seq % NUMBERS

    def _mid_generate(self) -> int:
        wanted: int | None = getattr(self._wanted, "number", None)
        if wanted is not None:
            self._wanted.number = None
            return wanted
        with self._mid_generate_mutex:
            self._count = (self._count + 1) % NUMBERS
            return NUMBERS + 1 + self._count

    def _handle_pubrec(self) -> MQTTErrorCode:
        # Source: MQTT Version 5.0, 3.5.2: the packet's number and a reason, which is
        # left out where it is a success; a failure ends the exchange.
        packet = bytes(self._in_packet["packet"])
        number, code = (
            int.from_bytes(packet[:2], "big"),
            int.from_bytes(packet[2:3], "big"),
        )
        if code < FAILURE:
            return super()._handle_pubrec()
        reason = ReasonCode(PacketTypes.PUBREC, identifier=code)
        with self._out_message_mutex:
            if number not in self._out_messages:
                return MQTTErrorCode.MQTT_ERR_SUCCESS
            return self._do_on_publish(number, reason, Properties(PacketTypes.PUBREC))  # type: ignore[no-untyped-call]

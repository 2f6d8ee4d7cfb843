"""Callbacks for paho that put what they hear aside, and do nothing else.

paho's loop ends, and says nothing, when a callback raises. None of these knows the
client: a client that nobody knows any more closes all that it opened.
"""

import logging
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NamedTuple

from tallypost.domain.health import Trouble
from tallypost.telemetry.uplink import reasons
from tallypost.telemetry.uplink.broker import alert
from tallypost.telemetry.uplink.ear import Ear
from tallypost.telemetry.uplink.link import Failure
from tallypost.telemetry.uplink.window import Acknowledgement, Gone

PACKET_BYTES_MIN = 4096
"""A record of one line has 750 bytes, one of a rich site 3000: whoever takes less takes
too little, and what is too large for a broker is set aside for good."""

_logger = logging.getLogger(__name__)


class Welcome(NamedTuple):
    """What the broker answered when we knocked.

    Attributes:
        code: 0 lets us in.
        text: The code in words.
        properties: What else the broker said of itself; paho's.
        knows_us: Whether it has kept our session.
    """

    code: int
    text: str
    properties: Any
    knows_us: bool

    def refusal(self) -> Failure | None:
        """Return why this broker is of no use to us; None where it is."""
        if self.code:
            wish = reasons.with_wish(self.code, self.text)
            return Failure(
                f"it does not let us in: {wish}",
                Trouble.REFUSED,
                useless_soon=reasons.key_refused(self.code),
            )
        if getattr(self.properties, "MaximumQoS", 1) < 1:
            return Failure(
                "it takes quality of service 0 only, which loses records; "
                "name another broker",
                Trouble.REFUSED,
                useless_soon=True,
            )
        bytes_max = getattr(self.properties, "MaximumPacketSize", PACKET_BYTES_MIN)
        if bytes_max < PACKET_BYTES_MIN:
            return Failure(
                f"it takes packets of {bytes_max} bytes at most, records have more; "
                f"have it take {PACKET_BYTES_MIN} at least, or name another broker",
                Trouble.REFUSED,
                useless_soon=True,
            )
        return None


class Ending(NamedTuple):
    """Why a connection ended."""

    trouble: Trouble
    text: str


def welcomes(queue: "SimpleQueue[Welcome]") -> Callable[..., None]:
    """Return what hears a CONNACK."""

    def on_connect(
        _client: Any, _userdata: Any, flags: Any, reason: Any, properties: Any
    ) -> None:
        text = _words(reason, properties)
        queue.put(Welcome(reason.value, text, properties, flags.session_present))

    return on_connect


def endings(queue: "SimpleQueue[Ending]") -> Callable[..., None]:
    """Return what hears a DISCONNECT, or the end of a connection without one."""

    def on_disconnect(
        _client: Any, _userdata: Any, flags: Any, reason: Any, properties: Any
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            text = reasons.with_wish(reason.value, _words(reason, properties))
            queue.put(Ending(Trouble.REFUSED, f"the broker ended it: {text}"))
        elif str(reason) == "Keep alive timeout":
            queue.put(
                Ending(Trouble.NO_ANSWER, "the broker does not answer; is it frozen?")
            )

    return on_disconnect


def alerts(queue: "SimpleQueue[Ending]") -> Callable[..., None]:
    """Return what hears paho's own log: a TLS alert is told nowhere else."""

    def on_log(_client: Any, _userdata: Any, _level: Any, text: str) -> None:
        meaning = alert(text)
        if meaning:
            queue.put(Ending(Trouble.TLS, f"TLS: {meaning}"))

    return on_log


def answers(queue: "SimpleQueue[Acknowledgement | Gone]") -> Callable[..., None]:
    """Return what hears a PUBACK."""

    def on_publish(
        _client: Any, _userdata: Any, number: int, reason: Any, properties: Any
    ) -> None:
        receipt = reasons.receipt(reason.value, _words(reason, properties))
        queue.put(Acknowledgement(number, receipt))

    return on_publish


def downlinks(ear: Ear) -> Callable[..., None]:
    """Return what hears a PUBLISH."""

    def on_message(_client: Any, _userdata: Any, message: Any) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        ear.hear(topic, message.payload, retained=message.retain)

    return on_message


def subscriptions(topics: Sequence[str]) -> Callable[..., None]:
    """Return what hears a SUBACK, and tells the log where the broker refuses one."""

    def on_subscribe(
        _client: Any, _userdata: Any, _number: int, codes: Any, _properties: Any
    ) -> None:
        for topic, code in zip(topics, codes, strict=False):
            if code.is_failure:
                wish = reasons.with_wish(code.value, str(code))
                _logger.warning("subscription refused topic=%s reason=%s", topic, wish)

    return on_subscribe


def hurry(opened: Any) -> None:
    """Have small packets and their acknowledgements sent at once, this time.

    Else the two ends' TCP wait for each other, 40 ms at the end of every batch.
    Source: tcp(7): TCP_QUICKACK "is not permanent".
    """
    with suppress(OSError, AttributeError):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def nothing(*_anything: object) -> None:
    """Hear, and do nothing: paho behaves otherwise where somebody hears."""


def _words(reason: Any, properties: Any) -> str:
    said = getattr(properties, "ReasonString", "")
    clean = "".join(letter if letter.isprintable() else "?" for letter in said[:200])
    return f"{reason} ({clean})" if clean else str(reason)

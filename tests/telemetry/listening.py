"""Somebody who listens beside a broker, and waits that end."""

import threading
import time
from collections.abc import Callable

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Uplink
from tallypost.telemetry.uplink.broker import Pace

QUICK = Pace(timeout_s=1.0, retry_s_min=0.05, retry_s_max=0.3, will_delay_s=1)


def records(*payloads: bytes) -> list[Message]:
    """Return payloads as messages to the topic of records."""
    return [
        Message(Subject.KPI, seq, payload) for seq, payload in enumerate(payloads, 1)
    ]


def until(truth: Callable[[], bool], timeout_s: float = 120.0) -> None:
    """Return once something is true; fail where that takes too long."""
    deadline = time.monotonic() + timeout_s
    while not truth():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_up(uplink: Uplink) -> bool:
    """Whether there is a link."""
    try:
        uplink.send([])
    except UplinkUnavailableError:
        return False
    return True


class Listener:
    """An independent subscriber that the broker remembers while it is away."""

    def __init__(self, port: int, topic: str = "tallypost/#") -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._ready = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, "listener", protocol=paho.MQTTv5
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topic, 1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, bytes(message.payload), message.retain)
        )
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 600
        self._client.connect_async(
            "127.0.0.1", port, clean_start=False, properties=properties
        )
        self._client.loop_start()
        assert self._ready.wait(60)

    @property
    def connected(self) -> bool:
        """Whether the broker is there for it just now."""
        return self._client.is_connected()

    def payloads(self, topic: str = "tallypost/tp-1/kpi") -> list[bytes]:
        """What came on a topic so far."""
        return [payload for name, payload, _ in list(self.heard) if name == topic]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

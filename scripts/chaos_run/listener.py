"""The far side: a subscriber with a session that lasts, and a good memory."""

import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from scripts.chaos_run.broker import Broker
from scripts.chaos_run.places import DEVICE, PREFIX

SUBJECTS = ("kpi", "alert")
WEEK_S = 7 * 86_400
QUIET_S = 0.05
AGAIN_S = 0.1


class Arrival(NamedTuple):
    """One message as it came.

    Attributes:
        time_s: Of this machine's monotonic clock.
        subject: The last level of its topic.
        payload: As it came.
    """

    time_s: float
    subject: str
    payload: bytes


class Listener:
    """Takes every record that the broker delivers, in the order of their coming.

    Args:
        broker: Running.

    Attributes:
        arrivals: What came so far; only ever grows.
        seqs: The numbers of all that came, by subject.
    """

    def __init__(self, broker: Broker) -> None:
        self.arrivals: list[Arrival] = []
        self.seqs: dict[str, set[int]] = {subject: set() for subject in SUBJECTS}
        self._subscribed = False
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id="chaos-listener",
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        # paho says whole seconds, and takes any.
        self._client.reconnect_delay_set(AGAIN_S, AGAIN_S)  # type: ignore[arg-type]
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = self._note_subscribed
        self._client.on_disconnect = self._note_lost
        self._client.on_message = self._take
        lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        lasting.SessionExpiryInterval = WEEK_S
        self._client.connect(
            broker.host, broker.port, 30, clean_start=False, properties=lasting
        )
        self._client.loop_start()

    def await_subscribed(self, timeout_s: float = 15.0) -> None:
        """Return once the broker knows who wants records."""
        until_s = time.monotonic() + timeout_s
        while not self._subscribed:
            if time.monotonic() > until_s:
                raise SystemExit("chaos: the broker takes no subscription")
            time.sleep(0.02)

    def await_quiet(self, timeout_s: float = 2.0) -> None:
        """Return once nothing has come for a moment."""
        until_s = time.monotonic() + timeout_s
        known = -1
        while known != len(self.arrivals) and time.monotonic() < until_s:
            known = len(self.arrivals)
            time.sleep(QUIET_S)

    def drop(self) -> None:
        """Lose the connection; another one comes soon."""
        opened: Any = self._client.socket()
        with suppress(OSError, AttributeError):
            opened.shutdown(socket.SHUT_RDWR)

    def send(self, subject: str, payload: bytes) -> None:
        """Say something to the device."""
        self._client.publish(f"{PREFIX}/{DEVICE}/{subject}", payload, qos=1)

    def write(self, file: Path) -> None:
        """Write down what came, a message a line."""
        file.write_bytes(b"".join(each.payload + b"\n" for each in self.arrivals))

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _subscribe(self, *_facts: Any) -> None:
        topics = [(f"{PREFIX}/{DEVICE}/{subject}", 1) for subject in SUBJECTS]
        self._client.subscribe(topics)

    def _note_subscribed(self, *_facts: Any) -> None:
        self._subscribed = True

    def _note_lost(self, *_facts: Any) -> None:
        self._subscribed = False

    def _take(self, _client: Any, _userdata: Any, message: Any) -> None:
        subject = message.topic.rpartition("/")[2]
        self.arrivals.append(Arrival(time.monotonic(), subject, message.payload))
        self.seqs[subject].add(json.loads(message.payload)["seq"])

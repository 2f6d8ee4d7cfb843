"""Publishes for an operator, and waits for what the device answers."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.errors import UplinkError

CONNECT_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A message.

    Attributes:
        payload: What it holds.
        kept: Whether the broker had kept it from before.
    """

    payload: bytes
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a broker is, and what it wants to know.

    Attributes:
        host: Its name.
        port: Where it listens.
        tls: How the link is encrypted; None for not at all.
        username: Who logs in; None where nobody has to.
        password: His password.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    username: str | None = None
    password: str | None = None


class Connection:
    """A link to a broker, open from construction to `close`.

    Args:
        address: Where it is.
        listen: The topic to hear.

    Raises:
        UplinkError: It cannot be reached, or refuses.
    """

    def __init__(self, address: Address, listen: str) -> None:
        self._place = f"{address.host}:{address.port}"
        self._heard: SimpleQueue[Heard] = SimpleQueue()
        self._steps: SimpleQueue[str] = SimpleQueue()
        self._client = client = Client(CallbackAPIVersion.VERSION2)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        if address.username is not None:
            client.username_pw_set(address.username, address.password)
        if address.tls is not None:
            client.tls_set_context(address.tls)
        try:
            client.connect(address.host, address.port)
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or error
            raise UplinkError(
                f"{self._place}: cannot be reached ({said}); see that the broker runs, "
                "and that --host, --port and --no-tls are right"
            ) from error
        client.loop_start()
        self._await("connect")
        client.subscribe(listen, 1)
        self._await("subscribe")

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand over a message; on return the broker has it.

        Raises:
            UplinkError: It does not answer.
        """
        told = self._client.publish(topic, payload, qos=1, retain=retain)
        told.wait_for_publish(CONNECT_S)
        if not told.is_published():
            raise UplinkError(f"{self._place}: does not answer; try again")

    def answer(self, wait_s: float, is_wanted: Callable[[Heard], bool]) -> bytes | None:
        """Return the first message that is wanted; None where none comes in time.

        Args:
            wait_s: For how long to wait.
            is_wanted: Says whether one is.
        """
        until_s = time.monotonic() + wait_s
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                heard = self._heard.get(timeout=left_s)
            except Empty:
                break
            if is_wanted(heard):
                return heard.payload
        return None

    def close(self) -> None:
        """Say good-bye; closing twice is harmless."""
        self._client.disconnect()
        self._client.loop_stop()

    def _await(self, step: str) -> None:
        try:
            reason = self._steps.get(timeout=CONNECT_S)
        except Empty:
            reason = "does not answer"
        if reason:
            self.close()
            raise UplinkError(f"{self._place}: {step}: {reason}")

    def _on_connect(
        self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        self._steps.put(str(reason) if reason.is_failure else "")

    def _on_subscribe(
        self, _client: Any, _data: Any, _number: Any, reasons: Any, _properties: Any
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        self._steps.put(", ".join(refused))

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        self._heard.put(Heard(message.payload, kept=message.retain))

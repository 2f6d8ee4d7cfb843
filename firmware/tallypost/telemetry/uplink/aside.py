"""A connection of its own on which a device speaks a dialect beside its records.

The records' own connection keeps its session, its will and its acknowledgements; this
one begins anew each time, leaves the will that the dialect asks for, and may fail
without anybody waiting for it. Whatever must not be missed goes the other way.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from tallypost.errors import UplinkError
from tallypost.telemetry.codec.dialect import Dialect, Publication
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink.base import Appetite, Outcome, Receipt, Uplink, never
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.client import furnish, transport
from tallypost.telemetry.uplink.credentials import tls_context
from tallypost.telemetry.uplink.link import Backoff

WAITING_MAX = 1440
"""So many records wait for a connection that is down: a day of minutes."""
LOOP_S = 0.2
"""How soon a record goes out, and a request to stop is heard."""
LAST_LOOPS = 5
STOP_S = 2.0

_logger = logging.getLogger(__name__)


class Aside:
    """A connection that opens itself, again and again, and speaks one dialect.

    Args:
        broker: Where to connect, and as whom.
        dialect: What is said.
        client_id: The name at the broker: another than that of the records' own link.
        pace: How patient it is.
    """

    def __init__(
        self,
        broker: Broker,
        dialect: Dialect,
        *,
        client_id: str,
        pace: Pace,
    ) -> None:
        self._brokers = broker.candidates()
        self._dialect = dialect
        self._client_id = client_id
        self._pace = pace
        self._waiting: deque[Message] = deque(maxlen=WAITING_MAX)
        self._closing = threading.Event()
        self._welcome = False
        self._told = ""
        self._thread = threading.Thread(target=self._run, name=client_id, daemon=True)
        self._thread.start()

    def say(self, message: Message) -> None:
        """Have a record said as soon as there is a connection; returns at once."""
        self._waiting.append(message)

    def close(self) -> None:
        """Say farewell, within about two seconds; closing twice is harmless."""
        self._closing.set()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        backoff = Backoff(self._pace.retry_s_min, self._pace.retry_s_max)
        tries = 0
        while not self._closing.is_set():
            self._welcome = False
            broker = self._brokers[tries % len(self._brokers)]
            why = self._one_connection(broker)
            if self._welcome:
                backoff.reset()
                tries = 0
            else:
                tries += 1
            if not self._closing.is_set():
                self._tell(why)
            self._closing.wait(backoff.next_s())

    def _one_connection(self, broker: Broker) -> str:
        try:
            return self._serve(self._made(broker), broker)
        # Whatever a client library makes of hostile bytes, or a dialect of a record,
        # must end this connection, and never the thread that would open the next one.
        except Exception as error:  # the head of a thread
            _logger.exception("dialect failed client=%s", self._client_id)
            return type(error).__name__

    def _made(self, broker: Broker) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=MQTTProtocolVersion.MQTTv311,
            transport=transport(broker),
            clean_session=True,
            reconnect_on_failure=False,
        )
        client.connect_timeout = self._pace.timeout_s
        furnish(client, broker)
        if (will := self._dialect.will()) is not None:
            client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _serve(self, client: Client, broker: Broker) -> str:
        """Keep one connection for as long as it lasts; return why it ended."""
        try:
            if broker.tls is not None:
                client.tls_set_context(tls_context(broker.tls))
            client.connect(broker.host, broker.port, self._pace.keepalive_s)
        except (OSError, ValueError, UplinkError) as error:
            return str(error) or type(error).__name__
        code = MQTTErrorCode.MQTT_ERR_SUCCESS
        while code is MQTTErrorCode.MQTT_ERR_SUCCESS and not self._closing.is_set():
            code = client.loop(LOOP_S)
            # What the broker does not read is not piled up for it.
            while self._welcome and self._waiting and not client.want_write():
                _publish(client, self._dialect.beside(self._waiting.popleft()))
        if self._closing.is_set() and self._welcome:
            self._leave(client)
        return code.name

    def _leave(self, client: Client) -> None:
        """Say what waits, and farewell; who reads nothing is left all the same."""
        while self._waiting:
            _publish(client, self._dialect.beside(self._waiting.popleft()))
        _publish(client, self._dialect.farewell())
        for _ in range(LAST_LOOPS):
            if client.want_write():
                client.loop(LOOP_S)
        client.disconnect()

    def _tell(self, why: str) -> None:
        if why != self._told:
            self._told = why
            _logger.warning(
                "dialect not spoken client=%s reason=%s", self._client_id, why
            )

    def _on_connect(
        self, client: Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._tell(f"the broker does not let us in: {reason}")
            return
        self._told = ""
        self._welcome = True
        for topic in self._dialect.hears:
            client.subscribe(topic, qos=1)
        _publish(client, self._dialect.greeting())
        _logger.info("dialect spoken client=%s", self._client_id)

    def _on_message(self, client: Client, _userdata: Any, message: Any) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        _publish(client, self._dialect.heard(topic, message.payload))


class Beside:
    """An uplink whose delivered records are said in dialects, too.

    Args:
        uplink: The way of the records.
        asides: Who says them in another dialect.
    """

    def __init__(self, uplink: Uplink, asides: Sequence[Aside]) -> None:
        self._uplink = uplink
        self._asides = asides

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages; those that arrived are said in the dialects as well."""
        receipts = self._uplink.send(messages, stopping)
        for message, receipt in zip(messages, receipts, strict=True):
            if receipt.outcome is Outcome.DELIVERED:
                for aside in self._asides:
                    aside.say(message)
        return receipts

    @property
    def appetite(self) -> Appetite:
        """What one `send` should carry."""
        return self._uplink.appetite

    def close(self) -> None:
        """Say farewell in each dialect, then close the uplink."""
        for aside in self._asides:
            aside.close()
        self._uplink.close()


def _publish(client: Client, told: Iterable[Publication]) -> None:
    for each in told:
        client.publish(each.topic, each.payload, each.qos, each.retain)

"""One connection to an MQTT broker.

The client library has ways of its own to queue, to send again and to connect again;
none of them is used. Each connection is a client object of its own, driven by our
thread and thrown away with the connection, so what is under way is what the outbox
was told of, and nothing old is ever sent behind its back.
"""

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue

from paho.mqtt.enums import MQTTErrorCode

from tallypost.board.base import Board
from tallypost.domain import fields
from tallypost.domain.health import Trouble
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink import client, hearing, reasons
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Pace, what_is_wrong
from tallypost.telemetry.uplink.client import Version
from tallypost.telemetry.uplink.door import Door
from tallypost.telemetry.uplink.link import Failure
from tallypost.telemetry.uplink.manner import STATUS
from tallypost.telemetry.uplink.once import OnceClient
from tallypost.telemetry.uplink.speaker import Speaker
from tallypost.telemetry.uplink.topics import status
from tallypost.telemetry.uplink.window import Acknowledgement, Gone

LOOP_S = 0.5
PAUSE_S = 0.02
SOON_S = 10.0
FAREWELL_S = 1.0
"""How long the broker may take to acknowledge that we are leaving."""
DISCONNECT_S = 0.5
"""How long the last packet may take into the socket."""

_logger = logging.getLogger(__name__)


class MqttSession:
    """One connection to the broker, from its opening to its end.

    Args:
        door: The way in.
        speaker: Who speaks, and where.
        pace: How patient the connection is.
        version: Of MQTT.
        board: Whose clocks to ask.

    Attributes:
        broker: With whom it is.
        answers: What the broker says of records, and that the connection ended.
        window: How many records may be under way.
        knocked: Whether anybody took the connection.
        refused_code: Why the broker did not let us in; 0 where it did.
        known: Whether the broker has kept our session: else it may have forgotten all.
    """

    def __init__(
        self,
        door: Door,
        speaker: Speaker,
        pace: Pace,
        version: Version,
        board: Board,
    ) -> None:
        self.answers: SimpleQueue[Acknowledgement | Gone] = SimpleQueue()
        self.window = pace.window
        self._bytes_max = 2**28
        self.knocked = False
        self.refused_code: int | None = None
        self.known = False
        self.broker = door.broker
        self._speaker = speaker
        self._pace = pace
        self._version = version
        self._board = board
        self._abandoned: Failure | None = None
        self._left: Failure | None = None
        self._retain = True
        self._aliases: dict[str, int] = {}
        self._aliases_max = 0
        self._since_monotonic_s = 0.0
        self._welcome: SimpleQueue[hearing.Welcome] = SimpleQueue()
        self._endings: SimpleQueue[hearing.Ending] = SimpleQueue()
        self._client = self._made(door)

    def open(self) -> Failure | None:
        """Connect, and say that we are there; return why that failed, None if not."""
        try:
            client.connect(self._client, self.broker, self._pace, self._version)
        except OSError as error:
            return what_is_wrong(self.broker, error)
        except ValueError:
            fact = f"{self.broker.host!a} is no name of a host; name one"
            return Failure(fact, Trouble.NO_ADDRESS)
        self.knocked = True
        return self._await_welcome()

    def publish(self, message: Message) -> int | None:
        """Send a record; return the packet's number, None where there is no link."""
        manner = self._speaker.manners[message.subject]
        topic, properties = self._speaker.topics.of(message.subject), None
        if self._version == "5":
            topic, alias = self._addressed(topic)
            properties = client.publish_properties(manner, alias)
        if manner.qos > 1:
            self._client.number_next(message.seq)
        info = self._client.publish(
            topic,
            message.payload,
            qos=manner.qos,
            retain=manner.retain and self._retain,
            properties=properties,
        )
        return info.mid if info.rc is MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def too_large(self, message: Message) -> str:
        """Return why the broker will never take a record; empty where it may."""
        manner = self._speaker.manners[message.subject]
        packet_bytes = reasons.publish_packet_bytes(
            topic_bytes=len(self._speaker.topics.of(message.subject).encode()),
            properties_bytes=client.properties_bytes(manner, self._version),
            payload_bytes=len(message.payload),
        )
        if packet_bytes <= self._bytes_max:
            return ""
        return f"{packet_bytes} bytes are above the {self._bytes_max} of the broker"

    def serve(self) -> Failure:
        """Keep the connection alive; return why it ended."""
        code = MQTTErrorCode.MQTT_ERR_SUCCESS
        ear = self._speaker.ear
        while code is MQTTErrorCode.MQTT_ERR_SUCCESS and not self._abandoned:
            hearing.hurry(self._client.socket())
            code = self._client.loop(LOOP_S)
            if ear is not None:
                ear.pass_on()
        return self._abandoned or self._left or self._why(code)

    def leave(self, failure: Failure) -> None:
        """Say good-bye while another thread serves; nothing is waited for long."""

        def pause() -> MQTTErrorCode:
            self._board.wait(PAUSE_S)
            return MQTTErrorCode.MQTT_ERR_SUCCESS

        # Where the answer is late DISCONNECT goes out behind it all the same: a broker
        # that still reads hears both, in this order, and says nothing of a loss.
        farewell = status("offline", reason=failure.reason)
        self._left = failure
        self._tell_status(pause, FAREWELL_S, farewell)
        self._client.disconnect()
        deadline_s = self._board.monotonic_s() + DISCONNECT_S
        # The thread that serves closes the socket once it has written the packet.
        while self._client.socket() and self._board.monotonic_s() < deadline_s:
            pause()

    def abandon(self, failure: Failure) -> None:
        """Give the connection up; any thread may say so."""
        self._abandoned = failure
        # Wakes whoever serves; closing would not.
        with suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    def end(self) -> None:
        """Let go of the socket, and tell whoever still waits for answers."""
        if (opened := self._client.socket()) is not None:
            opened.close()
        self.answers.put(Gone("the connection is lost"))

    def _made(self, door: Door) -> OnceClient:
        ear = self._speaker.ear
        made = client.made(door, self._speaker, self._pace, self._version)
        made.on_connect = hearing.welcomes(self._welcome)
        made.on_disconnect = hearing.endings(self._endings)
        made.on_publish = hearing.answers(self.answers)
        made.on_log = hearing.alerts(self._endings)
        if ear is not None:
            made.on_message = hearing.downlinks(ear)
            made.on_subscribe = hearing.subscriptions(list(ear.topics))
        return made

    def _await_welcome(self) -> Failure | None:
        deadline_s = self._board.monotonic_s() + self._pace.timeout_s
        while self._board.monotonic_s() < deadline_s:
            code = self._client.loop(LOOP_S)
            if not self._welcome.empty():
                return self._let_in(self._welcome.get())
            if code is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                return self._why(code)
        return Failure(
            "it takes the connection and says nothing; is it a broker?",
            Trouble.NO_ANSWER,
        )

    def _let_in(self, welcome: hearing.Welcome) -> Failure | None:
        self._since_monotonic_s = self._board.monotonic_s()
        self.refused_code, properties = welcome.code, welcome.properties
        self.known = welcome.knows_us
        if (failure := welcome.refusal()) is not None:
            return failure
        self.window = min(self.window, getattr(properties, "ReceiveMaximum", 65535))
        self._bytes_max = getattr(properties, "MaximumPacketSize", self._bytes_max)
        self._retain = bool(getattr(properties, "RetainAvailable", 1))
        self._aliases_max = getattr(properties, "TopicAliasMaximum", 0)
        since = fields.instant_text(float(int(self._board.utc_s())))
        birth = status("online", since=since, **self._speaker.facts)
        # Answered before any record goes out: it counts in the broker's own limit.
        loop = partial(self._client.loop, LOOP_S)
        if not self._tell_status(loop, self._pace.timeout_s, birth):
            return Failure(
                "it lets us in and then says nothing; is it frozen?", Trouble.NO_ANSWER
            )
        answer = None if self.answers.empty() else self.answers.get()
        if isinstance(answer, Acknowledgement):
            told = answer.receipt
            if told.outcome is not Outcome.DELIVERED:
                _logger.warning("status refused reason=%s", told.reason)
        if self._speaker.ear is not None:
            client.subscribe(self._client, self._speaker.ear.topics, self._version)
        return None

    def _addressed(self, topic: str) -> tuple[str, int | None]:
        """Return how a topic is spelt this time, and the number that stands for it.

        Source: MQTT Version 5.0, 3.3.2.3.4 "Topic Alias": spelt once, then empty.
        """
        if topic in self._aliases:
            return "", self._aliases[topic]
        if len(self._aliases) >= self._aliases_max:
            return topic, None
        self._aliases[topic] = len(self._aliases) + 1
        return topic, self._aliases[topic]

    def _tell_status(
        self, advance: Callable[[], MQTTErrorCode], timeout_s: float, payload: bytes
    ) -> bool:
        """Return whether the broker has it in time, or has said that it refuses it."""
        topic = self._speaker.topics.status
        properties = None
        if self._version == "5":
            properties = client.publish_properties(STATUS, alias=None)
        said = self._client.publish(
            topic, payload, STATUS.qos, retain=self._retain, properties=properties
        )
        deadline_s = self._board.monotonic_s() + timeout_s
        code = said.rc
        while code is MQTTErrorCode.MQTT_ERR_SUCCESS and not said.is_published():
            if self._board.monotonic_s() >= deadline_s:
                return False
            code = advance()
        return code is MQTTErrorCode.MQTT_ERR_SUCCESS

    def _why(self, code: MQTTErrorCode) -> Failure:
        try:
            told = self._endings.get_nowait()
        except Empty:
            if code is MQTTErrorCode.MQTT_ERR_PROTOCOL:
                return Failure("it does not speak MQTT as we do", Trouble.PROTOCOL)
            lasted_s = self._board.monotonic_s() - self._since_monotonic_s
            if self.refused_code is None or lasted_s > SOON_S:
                return Failure("the connection was cut", Trouble.CUT)
            name = self.broker.client_id or self._speaker.topics.device
            return Failure(
                f"the connection was cut soon; is another client called {name}?",
                Trouble.CUT,
            )
        return Failure(told.text, told.trouble)

"""Carries records to an MQTT broker: version 5, or 3.1.1 where it knows no other."""

import logging

from tallypost.board.base import Board
from tallypost.telemetry.uplink import reasons
from tallypost.telemetry.uplink.base import Hearer
from tallypost.telemetry.uplink.broker import Broker, Pace, tls_context
from tallypost.telemetry.uplink.client import Version
from tallypost.telemetry.uplink.link import Backoff, Failure, Link
from tallypost.telemetry.uplink.mqtt_session import MqttSession
from tallypost.telemetry.uplink.probe import knows_no_mqtt_5
from tallypost.telemetry.uplink.speaker import Terms, speaker
from tallypost.telemetry.uplink.windowed import WindowedUplink

END_S = 0.5
"""How long to wait at the end for the thread that serves the connection."""

_logger = logging.getLogger(__name__)


class MqttUplink(WindowedUplink[MqttSession]):
    """A link to one broker that opens itself, again and again.

    Args:
        broker: Where it is, and what it wants to know of us.
        device: Part of the topics, and of nobody else's.
        terms: How the broker's keeper wants to be spoken to.
        on_downlink: Told of what the far side says, from the link's own thread: quick
            to return, and it raises nothing. None listens to nothing.
        pace: How patient the link is.
        board: Whose clocks to ask.

    Raises:
        UplinkError: A topic that nobody may publish to, a file of TLS that is none.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        device: str,
        terms: Terms | None = None,
        on_downlink: Hearer | None = None,
        pace: Pace | None = None,
        board: Board,
    ) -> None:
        self._broker = broker
        self._speaker = speaker(device, terms or Terms(), on_downlink, board)
        self._pace = pace = pace or Pace()
        self._board = board
        self._version: Version = "3.1.1" if broker.protocol == "3.1.1" else "5"
        if broker.tls is not None:
            tls_context(broker.tls)
        backoff = Backoff(pace.retry_s_min, pace.retry_s_max)
        super().__init__(
            Link(str(broker), self._open, backoff, board),
            window=pace.window,
            timeout_s=pace.timeout_s,
            farewell_s=END_S,
            board=board,
        )

    @property
    def downlinks_ignored(self) -> int:
        """How much of what came was none of ours, too large, too much or repeated."""
        return self._speaker.ear.ignored.total() if self._speaker.ear else 0

    def _open(self) -> MqttSession | Failure:
        session = MqttSession(
            self._broker, self._speaker, self._pace, self._version, self._board
        )
        failure = session.open()
        if failure is None:
            return session
        session.end()
        if self._broker.protocol == "auto" and self._knows_no_mqtt_5(session):
            _logger.warning(
                "broker speaks MQTT 3.1.1 only, it cannot refuse a record broker=%s",
                self._broker,
            )
            self._version = "3.1.1"
            return self._open()
        return failure

    def _knows_no_mqtt_5(self, session: MqttSession) -> bool:
        if self._version == "3.1.1" or not session.knocked:
            return False
        if session.refused_code is None:
            return knows_no_mqtt_5(self._broker, self._pace.timeout_s)
        return session.refused_code == reasons.UNSUPPORTED_PROTOCOL_VERSION

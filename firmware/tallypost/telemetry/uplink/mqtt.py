"""Carries records to an MQTT broker: version 5, or 3.1.1 where it knows no other."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from tallypost.board.base import Board
from tallypost.domain.health import CENTURY_DAYS, LinkHealth, Trouble
from tallypost.domain.words import DAY_S
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.uplink import reasons
from tallypost.telemetry.uplink.base import Hearer, Receipt, kept, never
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.client import Version
from tallypost.telemetry.uplink.credentials import Credentials
from tallypost.telemetry.uplink.door import Door
from tallypost.telemetry.uplink.link import Backoff, Failure, Link
from tallypost.telemetry.uplink.mqtt_session import MqttSession
from tallypost.telemetry.uplink.probe import is_there, knows_no_mqtt_5
from tallypost.telemetry.uplink.rota import Rota
from tallypost.telemetry.uplink.speaker import Terms, speaker
from tallypost.telemetry.uplink.topics import Farewell
from tallypost.telemetry.uplink.windowed import WindowedUplink

END_S = 0.5
"""How long to wait at the end for the thread that serves the connection."""

RENEWED = Failure("our certificate was renewed", Trouble.REPLACED)
MOVED = Failure(Farewell.MOVED, Trouble.REPLACED)
"""The first broker is there again; this is also what the other one is told."""

_logger = logging.getLogger(__name__)


class MqttUplink(WindowedUplink[MqttSession]):
    """A link to a broker that opens itself, again and again.

    Where there are several brokers, the next one is gone over to when one fails again
    and again, and the first is gone back to when it answers again. What is under way
    in between counts as unanswered and is sent once more; what another broker than the
    first will never take is kept for that one.

    Args:
        broker: Where it is, and what it wants to know of us.
        device: Part of the topics, and of nobody else's.
        terms: How the broker's keeper wants to be spoken to.
        on_downlink: Told of what the far side says, from the link's own thread: quick
            to return, and it raises nothing. None listens to nothing.
        pace: How patient the link is.
        board: Whose clocks to ask.

    Attributes:
        strangers: How many connections there were to a broker that did not know us.

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
        self.strangers = 0
        self._speaker = speaker(device, terms or Terms(), on_downlink, board)
        self._pace = pace = pace or Pace()
        self._board = board
        brokers = broker.candidates()
        self._rota = Rota(brokers, pace.tries_max, board)
        self._versions: dict[Broker, Version] = {
            each: "3.1.1" if each.protocol == "3.1.1" else "5" for each in brokers
        }
        self._credentials = Credentials(broker.tls) if broker.tls else None
        self._closing = threading.Event()
        super().__init__(
            Link(
                lambda: str(self._rota.current),
                self._open,
                Backoff(pace.retry_s_min, pace.retry_s_max),
                board,
                self._rota.lasting,
            ),
            window=pace.window,
            timeout_s=pace.timeout_s,
            farewell_s=END_S,
            board=board,
        )
        if self._credentials is not None or not self._rota.alone:
            threading.Thread(target=self._watch, name="watch", daemon=True).start()

    @property
    def health(self) -> LinkHealth:
        """How the link is."""
        ear = self._speaker.ear
        return LinkHealth(
            up=self._link.current is not None,
            broker=self._rota.place,
            connects=self._link.connects,
            failures=self._link.failures,
            failovers=self._rota.failovers,
            last_trouble=self._link.last_trouble,
            downlinks_ignored=ear.ignored.total() if ear else 0,
            certificate_left_days=self._certificate_left_days(),
        )

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages, several in flight at once; return what became of each."""
        session = self._link.current
        receipts = super().send(messages, stopping)
        if session is not None and session.broker is self._rota.first:
            return receipts
        return [kept(each) for each in receipts]

    def close(self) -> None:
        """Say good-bye to the broker; a frozen one is not waited for long."""
        self._closing.set()
        super().close()

    def _open(self) -> MqttSession | Failure:
        if self._credentials is not None:
            self._credentials.renew()
        opened = self._knock(self._rota.pick())
        if isinstance(opened, MqttSession) or self._rota.alone:
            return opened
        if opened.useless_soon:
            self._rota.give_up()
        # Another broker may let us in at once.
        return replace(opened, useless_soon=False)

    def _knock(self, broker: Broker) -> MqttSession | Failure:
        session = MqttSession(
            self._door(broker),
            self._speaker,
            self._pace,
            self._versions[broker],
            self._board,
        )
        failure = session.open()
        if failure is None:
            self.strangers += not session.known
            return session
        session.end()
        if broker.protocol == "auto" and self._knows_no_mqtt_5(session):
            _logger.warning(
                "broker speaks MQTT 3.1.1 only, it cannot refuse a record broker=%s",
                broker,
            )
            self._versions[broker] = "3.1.1"
            return self._knock(broker)
        return failure

    def _knows_no_mqtt_5(self, session: MqttSession) -> bool:
        if self._versions[session.broker] == "3.1.1" or not session.knocked:
            return False
        if session.refused_code is None:
            return knows_no_mqtt_5(self._door(session.broker), self._pace.timeout_s)
        return session.refused_code == reasons.UNSUPPORTED_PROTOCOL_VERSION

    def _door(self, broker: Broker) -> Door:
        return Door(broker, self._credentials.context if self._credentials else None)

    def _certificate_left_days(self) -> float | None:
        if self._credentials is None or self._credentials.expires_utc_s is None:
            return None
        left_s = self._credentials.expires_utc_s - self._board.utc_s()
        return min(max(left_s / DAY_S, -CENTURY_DAYS), CENTURY_DAYS)

    def _watch(self) -> None:
        """Look for a better link while there is one, until all is closed."""
        while not self._closing.wait(self._pace.watch_s):
            session = self._link.current
            if session is None:
                continue
            if self._credentials is not None and self._credentials.renew():
                self.replace(session, RENEWED, politely=False)
            elif self._rota.may_return and self._first_is_back():
                self._rota.go_home()
                self.replace(session, MOVED, politely=True)

    def _first_is_back(self) -> bool:
        return is_there(self._door(self._rota.first), self._pace.timeout_s)

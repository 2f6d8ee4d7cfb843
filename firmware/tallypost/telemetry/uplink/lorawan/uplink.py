"""Carries records over LoRaWAN."""

import logging
from collections import deque
from collections.abc import Callable, Sequence

from tallypost.board.base import Board
from tallypost.domain.health import LinkHealth, RadioHealth, Trouble
from tallypost.errors import RecordError, UplinkUnavailableError
from tallypost.telemetry.codec.compact.downlink import Resend
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Appetite, Outcome, Receipt, never
from tallypost.telemetry.uplink.lorawan.asked import Asked
from tallypost.telemetry.uplink.lorawan.beside import Beside, named
from tallypost.telemetry.uplink.lorawan.conversation import Conversation
from tallypost.telemetry.uplink.lorawan.duty import HOUR_S, Budget
from tallypost.telemetry.uplink.lorawan.heeding import Deeds, Heeding
from tallypost.telemetry.uplink.lorawan.ledger import AirLedger
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.pace import Pace
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.lorawan.words import SPOKEN, Habits
from tallypost.telemetry.uplink.modem.base import Radio

TIME_S = 300.0
"""How often at most something is said for no other reason than to hear the time."""
TOLD_ALERTS_MAX = 1024
"""Of so many it is known that they were told while they wait for another link."""
DONE = Receipt(Outcome.DELIVERED)

_logger = logging.getLogger(__name__)


class LorawanUplink:
    """A link that answers seldom.

    A record that went out unconfirmed counts as delivered: its running totals are in
    all that follow, and a far side that misses its number asks for it. Whatever went
    out since the last answer, before an outage, is sent again by itself. Alerts are
    confirmed, each.

    As a fallback it tells the gist: the newest record now and then, and in between, as
    airtime allows, what was asked for again by radio; and alerts at once. All of it
    stays for the link that carries it whole.

    Args:
        station: The modem.
        layout: Of the site.
        deeds: What the house does when the network's keeper asks.
        radio: How the modem speaks.
        budget: The same as the station's.
        memory: The same as the station's.
        habits: How much is said.
        record_s: At least so long from one new record to the next.
        fallback: Whether another link carries records whole.
        board: Whose clock to ask.
    """

    def __init__(  # noqa: PLR0913  all by name
        self,
        station: Station,
        layout: Layout,
        deeds: Deeds,
        *,
        radio: Radio,
        budget: Budget,
        memory: Memory,
        habits: Habits,
        record_s: float,
        fallback: bool = False,
        board: Board,
    ) -> None:
        self._station = station
        self._budget = budget
        self._habits = habits
        self._fallback = fallback
        self._board = board
        self._deeds = deeds
        self._asked = Asked(deeds, memory)
        named_layout = named(layout, memory)
        self._heeding = Heeding(
            deeds,
            resend=self._send_again,
            station=station,
            radio=radio,
            habits=habits,
            memory=memory,
        )
        self._beside = Beside(station, self._heeding, named_layout, memory)
        self._talk = Conversation(station, named_layout, habits, deeds, memory, board)
        self._ledger = AirLedger(budget, memory, board)
        self._pace = Pace(budget.day_s, record_s, board)
        self._health_due_s = self._time_due_s = board.monotonic_s()
        self._newest_seq = self._tried_alert_seq = 0
        self._told_alerts: deque[int] = deque(maxlen=TOLD_ALERTS_MAX)
        self._last_health: Message | None = None

    @property
    def appetite(self) -> Appetite:
        """What one `send` should carry."""
        return Appetite(messages_max=1, subjects=SPOKEN, newest_first=True)

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        """Hand over messages, one after the other; return what became of each."""
        receipts: list[Receipt] = []
        for message in messages:
            # Whoever had another link in mind has not put the newest first.
            ours = message.subject is not Subject.KPI or len(messages) == 1
            if stopping() or (self._fallback and (receipts or not ours)):
                break
            try:
                receipts.append(self._deliver(message, stopping))
            except UplinkUnavailableError:
                if not receipts:
                    raise
                break
        left = len(messages) - len(receipts)
        return receipts + [Receipt(Outcome.UNKNOWN, "not sent")] * left

    @property
    def health(self) -> LinkHealth:
        """How the link is."""
        station = self._station
        last = station.last_trouble
        return LinkHealth(
            up=station.joined and not self._talk.proof.doubtful,
            broker=0,
            connects=station.joins,
            failures=station.failures,
            failovers=0,
            last_trouble=Trouble.NO_ANSWER if self._talk.proof.doubtful else last,
            downlinks_ignored=self._heeding.ignored,
            radio=self.radio_health,
        )

    @property
    def radio_health(self) -> RadioHealth:
        """How the radio is."""
        station = self._station
        link = station.link
        return RadioHealth(
            modem=station.info.model if station.info else None,
            joined=station.joined,
            doubtful=self._talk.proof.doubtful,
            uplinks=self._talk.uplinks,
            unanswered=self._talk.unanswered,
            data_rate=station.data_rate,
            margin_db=link.margin_db if link else None,
            gateways=link.gateways if link else None,
            airtime_day_s=self._budget.used_day_s,
            airtime_left_s=self._budget.left_s,
        )

    def close(self) -> None:
        """Let go of the modem, which stays in its network."""
        self._station.close()

    def _deliver(self, message: Message, stopping: Callable[[], bool]) -> Receipt:
        """Send one message, and what waits beside; return what became of it."""
        try:
            receipt = self._say(message)
        except RecordError as error:
            return Receipt(Outcome.REJECTED, str(error))
        except UplinkUnavailableError:
            if not (self._fallback and self._say_asked()):
                raise
            receipt = Receipt(Outcome.TOLD)
        self._beside.follow(stopping)
        self._ledger.note()
        return receipt

    def _say(self, message: Message) -> Receipt:
        match message.subject:
            case Subject.KPI:
                return self._say_record(message)
            case Subject.ALERT:
                return self._say_alert(message)
            case Subject.HEALTH:
                self._last_health = message
                self._say_now_and_then(message)
                return DONE
            case Subject.TIME_REQUEST:
                self._ask_time()
                return DONE
            case _:
                return Receipt(Outcome.TOLD, "a radio has no words for it")

    def _say_alert(self, message: Message) -> Receipt:
        """Say it at once, and once nobody has answered, as seldom as all else."""
        if message.seq in self._told_alerts:
            return Receipt(Outcome.TOLD)
        unanswered = self._talk.unanswered
        new = message.seq > self._tried_alert_seq
        try:
            self._talk.say(message, confirmed=True, urgent=True, at_once=new)
        finally:
            if self._talk.unanswered > unanswered:
                self._tried_alert_seq = max(self._tried_alert_seq, message.seq)
        if self._fallback:
            self._told_alerts.append(message.seq)
            return Receipt(Outcome.TOLD)
        return DONE

    def _say_record(self, message: Message) -> Receipt:
        new = message.seq > self._newest_seq
        if self._fallback and not new:
            raise UplinkUnavailableError("radio: has told the newest record")
        wait_s = self._pace.wait_s(new=new)
        if wait_s > 0.0:
            raise UplinkUnavailableError(f"radio: the next record in {wait_s:.0f} s")
        said = self._talk.say(message)
        self._pace.went(said.air_s, new=new)
        self._newest_seq = max(self._newest_seq, message.seq)
        if self._fallback:
            return Receipt(Outcome.TOLD)
        if said.answered is None:
            self._talk.proof.went(message.seq)
        return DONE

    def _say_asked(self) -> bool:
        """Say a record that was asked for, if there is one, and airtime for it."""
        if self._pace.wait_s(new=False) > 0.0:
            return False
        message = self._asked.newest()
        if message is None:
            return False
        try:
            said = self._talk.say(message)
            self._pace.went(said.air_s, new=False)
        except RecordError as error:
            _logger.warning("record not told seq=%d reason=%s", message.seq, error)
        self._asked.told(message.seq)
        return True

    def _send_again(self, command: Resend) -> int:
        """Have records sent again; return how many.

        Raises:
            OutboxUnavailableError: The disk refuses.
            ValueError: There are none of these numbers yet.
        """
        numbers = command.numbers(self._deeds.newest_seq())
        if not numbers:
            raise ValueError("resend: no record has these numbers yet")
        ask = self._asked.ask if self._fallback else self._deeds.ask_again
        return ask(numbers[0], numbers[-1])

    def _say_now_and_then(self, message: Message) -> None:
        now_s = self._board.monotonic_s()
        if now_s >= self._health_due_s:
            self._talk.say(message)
            self._health_due_s = now_s + self._habits.health_every_h * HOUR_S

    def _ask_time(self) -> None:
        """Ask with the next frame; where none will follow soon, say how we are."""
        self._talk.ask_time()
        now_s = self._board.monotonic_s()
        if self._last_health is not None and now_s >= self._time_due_s:
            self._time_due_s = now_s + TIME_S
            self._talk.say(self._last_health)

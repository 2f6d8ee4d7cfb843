"""From the outbox to the uplink: let go of only what arrived."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import Interval
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.delivery import IDLE_S, REFUSED_S, SUSPECT_S, Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.base import Appetite, Outcome, Receipt, never
from tallypost.telemetry.uplink.loopback import LoopbackUplink
from tests.telemetry.listening import until

Make = Callable[..., Interval]


@pytest.fixture
def uplink() -> LoopbackUplink:
    return LoopbackUplink(messages_max=4)


@pytest.fixture
def delivery(outbox: Outbox, uplink: LoopbackUplink, board: SimulatedBoard) -> Delivery:
    return Delivery(outbox, uplink, board)


def fill(outbox: Outbox, interval: Make, count: int) -> None:
    for minute in range(count):
        assert outbox.put(interval(minute), "tp-1") is not None


def seqs(payloads: Sequence[bytes]) -> list[int]:
    return [json.loads(payload)["seq"] for payload in payloads]


def test_what_waits_is_delivered_in_order_and_let_go_of(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery, interval: Make
) -> None:
    fill(outbox, interval, 10)
    assert delivery.drain(60) == 0
    assert seqs(uplink.sent) == list(range(1, 11))
    assert delivery.delivered == 10


def test_with_nothing_to_send_it_rests(delivery: Delivery) -> None:
    assert delivery.step() >= 10


def test_delivery_a_link_known_to_be_down_and_nothing_to_send_prove_that_it_works(
    outbox: Outbox,
    uplink: LoopbackUplink,
    delivery: Delivery,
    interval: Make,
    board: SimulatedBoard,
) -> None:
    def proves() -> bool:
        board.advance(100)
        delivery.step()
        return delivery.proven_s == board.monotonic_s()

    assert delivery.proven_s is None, "a start"
    assert proves(), "nothing to send"
    fill(outbox, interval, 1)
    uplink.silent = True
    assert not proves(), "sent, and nobody answers"
    uplink.silent, uplink.down = False, True
    assert proves(), "known to be down"
    uplink.down = False
    assert proves(), "delivered"
    assert outbox.pending == 0


def test_a_link_that_is_down_costs_nothing(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery, interval: Make
) -> None:
    fill(outbox, interval, 5)
    uplink.down = True
    assert delivery.drain(60) == 5
    uplink.down = False
    assert delivery.drain(60) == 0
    assert seqs(uplink.sent) == [1, 2, 3, 4, 5]


def test_what_is_refused_is_kept_and_said_once(
    outbox: Outbox,
    uplink: LoopbackUplink,
    delivery: Delivery,
    board: SimulatedBoard,
    interval: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fill(outbox, interval, 5)
    uplink.refuse = "Not authorized; look after the access rules"
    assert delivery.step() == REFUSED_S
    for _ in range(5):
        board.advance(REFUSED_S)
        delivery.step()
    assert outbox.pending == 5
    assert caplog.text.count("records refused, they are kept") == 1
    assert "Not authorized" in caplog.text
    uplink.refuse = None
    board.advance(REFUSED_S)
    assert delivery.drain(60) == 0
    assert "records taken again" in caplog.text


def test_a_refusal_is_not_asked_about_again_at_once(
    outbox: Outbox,
    uplink: LoopbackUplink,
    delivery: Delivery,
    board: SimulatedBoard,
    interval: Make,
) -> None:
    fill(outbox, interval, 1)
    uplink.refuse = "quota exceeded"
    delivery.step()
    uplink.refuse = None
    board.advance(REFUSED_S / 2)
    assert delivery.step() == pytest.approx(REFUSED_S / 2)
    assert uplink.sent == []


def test_what_is_rejected_steps_out_of_the_way_of_the_rest(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery, interval: Make
) -> None:
    fill(outbox, interval, 6)
    uplink.reject = lambda payload: json.loads(payload)["seq"] == 2
    assert delivery.drain(60) == 0
    assert seqs(uplink.sent) == [1, 3, 4, 5, 6]


def test_what_nobody_answered_is_sent_again(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery, interval: Make
) -> None:
    fill(outbox, interval, 3)
    uplink.silent = True
    delivery.step()
    assert outbox.pending == 3
    uplink.silent = False
    assert delivery.drain(60) == 0
    assert set(seqs(uplink.sent)) == {1, 2, 3}


class Choking:
    """A far side that loses the connection whenever it is sent one certain record."""

    def __init__(self, poison: int) -> None:
        self.sent: list[int] = []
        self.choked = 0
        self._poison = poison
        self.appetite = Appetite(messages_max=4)

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        receipts = []
        for message in messages:
            seq = message.seq
            if seq == self._poison or stopping():
                self.choked += 1
                break
            self.sent.append(seq)
            receipts.append(Receipt(Outcome.DELIVERED))
        lost = [Receipt(Outcome.UNKNOWN, "cut")] * (len(messages) - len(receipts))
        return receipts + lost

    def close(self) -> None:
        pass


def test_a_record_that_cuts_every_connection_does_not_hold_up_the_others(
    outbox: Outbox, board: SimulatedBoard, interval: Make
) -> None:
    fill(outbox, interval, 12)
    uplink = Choking(poison=6)
    delivery = Delivery(outbox, uplink, board)
    assert delivery.drain(60) == 1
    assert uplink.sent == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
    choked = uplink.choked
    board.advance(SUSPECT_S)
    fill(outbox, interval, 3)
    assert delivery.drain(60) == 1
    assert uplink.sent[-3:] == [13, 14, 15]
    assert uplink.choked == choked + 1, "tried again, alone and once"


def test_a_record_is_on_its_way_as_soon_as_it_is_put(
    tmp_path: Path, interval: Make
) -> None:
    board = LinuxBoard()
    outbox = Outbox(tmp_path / "outbox.db", board=board)
    uplink, stop = LoopbackUplink(), threading.Event()
    running = threading.Thread(target=Delivery(outbox, uplink, board).run, args=(stop,))
    running.start()
    try:
        time.sleep(0.2)
        outbox.put(interval(), "tp-1")
        until(lambda: bool(uplink.sent), IDLE_S / 2)
    finally:
        stop.set()
        running.join(60)
    assert not running.is_alive()
    outbox.close()


def test_draining_ends_in_time_and_says_what_is_left(
    tmp_path: Path, interval: Make
) -> None:
    outbox = Outbox(tmp_path / "outbox.db", board=LinuxBoard())
    uplink = LoopbackUplink()
    uplink.down = True
    outbox.put(interval(), "tp-1")
    begun = time.monotonic()
    assert Delivery(outbox, uplink, LinuxBoard()).drain(0.4) == 1
    assert 0.3 < time.monotonic() - begun < 1
    outbox.close()


ALERT = Alert(
    kind=AlertKind.INTRUSION,
    state=AlertState.BEGUN,
    time_utc_s=1_795_342_500.0,
    collection="intrusions",
    element="tracks",
)


def test_alerts_go_ahead_of_records_that_wait_longer(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery, interval: Make
) -> None:
    fill(outbox, interval, 10)
    outbox.alerts.put(ALERT, "tp-1")
    outbox.alerts.put(replace(ALERT, state=AlertState.ENDED), "tp-1")
    assert delivery.drain(60) == 0

    subjects = [message.subject for message in uplink.messages]
    assert subjects == [Subject.ALERT] * 2 + [Subject.KPI] * 10
    assert delivery.delivered == 12


def test_alerts_that_are_asked_for_go_out_once_more_byte_for_byte(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery
) -> None:
    for number in range(5):
        outbox.alerts.put(replace(ALERT, element=f"n{number}"), "tp-1")
    delivery.drain(60)
    first_time = list(uplink.sent)

    assert outbox.alerts.ask_again(2, 4) == 3
    assert delivery.drain(60) == 0
    assert uplink.sent == first_time + first_time[1:4]


def test_an_alert_that_waited_for_days_is_delivered_with_its_own_time(
    outbox: Outbox, uplink: LoopbackUplink, delivery: Delivery, board: SimulatedBoard
) -> None:
    uplink.down = True
    outbox.alerts.put(ALERT, "tp-1")
    assert delivery.drain(60) == 1
    board.advance(3 * 86_400)
    uplink.down = False
    assert delivery.drain(60) == 0

    assert json.loads(uplink.sent[0])["time"] == "2026-11-22T10:15:00Z"


class NoAlerts:
    """A far side whose access rules know no topic of alerts."""

    appetite = Appetite(messages_max=4)

    def __init__(self) -> None:
        self.sent: list[int] = []

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        del stopping
        self.sent += [each.seq for each in messages if each.subject is Subject.KPI]
        return [
            Receipt(Outcome.REFUSED, "not authorized")
            if each.subject is Subject.ALERT
            else Receipt(Outcome.DELIVERED)
            for each in messages
        ]

    def close(self) -> None:
        pass


def test_alerts_that_are_refused_do_not_hold_up_records(
    outbox: Outbox, board: SimulatedBoard, interval: Make
) -> None:
    fill(outbox, interval, 6)
    for number in range(9):
        outbox.alerts.put(replace(ALERT, element=f"n{number}"), "tp-1")
    uplink = NoAlerts()
    delivery = Delivery(outbox, uplink, board)
    assert delivery.drain(4 * REFUSED_S) == 9

    assert uplink.sent == [1, 2, 3, 4, 5, 6]


def test_a_rejected_alert_is_let_go_of_and_the_log_is_told(
    outbox: Outbox,
    uplink: LoopbackUplink,
    delivery: Delivery,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox.alerts.put(ALERT, "tp-1")
    uplink.reject = lambda _: True
    assert delivery.drain(60) == 0

    assert "alert rejected seq=1" in caplog.text


class Frugal(LoopbackUplink):
    """A link that carries little: the newest record, and no word of how we are."""

    @property
    def appetite(self) -> Appetite:
        return Appetite(
            messages_max=1,
            subjects=frozenset({Subject.ALERT, Subject.KPI}),
            newest_first=True,
        )


def test_a_frugal_link_is_given_the_newest_and_only_what_it_has_words_for(
    outbox: Outbox, board: SimulatedBoard, interval: Make
) -> None:
    uplink, tray = Frugal(), Tray(outbox.arrived)
    delivery = Delivery(outbox, uplink, board, tray)
    tray.post(Subject.HEALTH, b"{}")
    fill(outbox, interval, 3)
    outbox.alerts.put(ALERT, "tp-1")
    for _ in range(4):
        delivery.step()
    outbox.ask_again(1, 2)
    for _ in range(2):
        delivery.step()

    keys = [message.key for message in uplink.messages]
    assert keys[0] == (Subject.ALERT, 1)
    assert [seq for _, seq in keys[1:]] == [3, 2, 1, 2, 1]
    assert tray.pending == 1, "it waits for a link that has words for it"


class Summing(LoopbackUplink):
    """A link that tells the gist of records, and has none let go."""

    def send(
        self, messages: Sequence[Message], stopping: Callable[[], bool] = never
    ) -> list[Receipt]:
        super().send(messages, stopping)
        return [Receipt(Outcome.TOLD) for _ in messages]


def test_of_what_the_gist_was_told_the_whole_is_kept(
    outbox: Outbox, board: SimulatedBoard, interval: Make
) -> None:
    fill(outbox, interval, 2)
    uplink = Summing()
    delivery = Delivery(outbox, uplink, board)
    assert delivery.step() == 0.0
    assert (seqs(uplink.sent), outbox.pending, delivery.delivered) == ([1, 2], 2, 0)

"""What waits on the tray beside the outbox, and how it goes out."""

from collections.abc import Callable

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import Interval
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.delivery import SUSPECTS_MAX, Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.loopback import LoopbackUplink

Make = Callable[..., Interval]
ALERT = Alert(
    kind=AlertKind.INTRUSION,
    state=AlertState.BEGUN,
    time_utc_s=1_795_342_500.0,
    collection="intrusions",
    element="tracks",
)


@pytest.fixture
def tray(outbox: Outbox) -> Tray:
    return Tray(outbox.arrived)


@pytest.fixture
def uplink() -> LoopbackUplink:
    return LoopbackUplink(messages_max=8)


@pytest.fixture
def delivery(
    outbox: Outbox, tray: Tray, uplink: LoopbackUplink, board: SimulatedBoard
) -> Delivery:
    return Delivery(outbox, uplink, board, tray)


def test_what_lies_on_the_tray_goes_out_behind_alerts_and_before_records(
    outbox: Outbox,
    tray: Tray,
    uplink: LoopbackUplink,
    delivery: Delivery,
    interval: Make,
) -> None:
    assert outbox.put(interval(0), "tp-1") is not None
    tray.post(Subject.HEALTH, b"well")
    tray.post(Subject.REPLY, b"done")
    outbox.alerts.put(ALERT, "tp-1")
    assert delivery.drain(60) == 0
    assert [message.subject for message in uplink.messages] == [
        Subject.ALERT,
        Subject.HEALTH,
        Subject.REPLY,
        Subject.KPI,
    ]


def test_what_is_refused_on_the_tray_is_let_go_of_and_keeps_nothing_waiting(
    outbox: Outbox,
    tray: Tray,
    uplink: LoopbackUplink,
    delivery: Delivery,
    interval: Make,
) -> None:
    tray.post(Subject.HEALTH, b"well")
    uplink.refuse = "Not authorized"
    assert delivery.step() == 0.0
    assert (tray.pending, tray.lost) == (0, 1)
    uplink.refuse = None
    assert outbox.put(interval(0), "tp-1") is not None
    assert delivery.drain(60) == 0
    assert len(uplink.sent) == 1


def test_messages_that_are_replaced_before_anybody_answers_are_forgotten(
    tray: Tray, uplink: LoopbackUplink, delivery: Delivery, board: SimulatedBoard
) -> None:
    uplink.silent = True
    for hour in range(3 * SUSPECTS_MAX):
        tray.post(Subject.HEALTH, f"hour {hour}".encode())
        board.advance(delivery.step() + 3600.0)
    assert len(delivery._tries) == SUSPECTS_MAX
    uplink.silent = False
    assert delivery.drain(60) == 0
    assert uplink.sent[-1] == f"hour {hour}".encode()

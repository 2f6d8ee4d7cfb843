"""Signed batches go out behind all else, and nothing ever waits for them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.delivery import SUSPECT_S, Delivery
from tallypost.telemetry.notary.book import Book
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.loopback import LoopbackUplink

Make = Callable[..., Interval]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = Book(tmp_path)
    for text in (b"one", b"two"):
        made.append(text)
    return made


@pytest.fixture
def uplink() -> LoopbackUplink:
    return LoopbackUplink(messages_max=8)


@pytest.fixture
def delivery(
    outbox: Outbox, book: Book, uplink: LoopbackUplink, board: SimulatedBoard
) -> Delivery:
    return Delivery(outbox, uplink, board, Tray(outbox.arrived), batches=book)


def test_they_go_out_behind_records_in_their_order(
    outbox: Outbox,
    book: Book,
    uplink: LoopbackUplink,
    delivery: Delivery,
    interval: Make,
) -> None:
    outbox.put(interval(0), "tp-1")

    assert delivery.drain(60) == 0
    assert [each.subject for each in uplink.messages] == [
        Subject.KPI,
        Subject.BATCH,
        Subject.BATCH,
    ]
    assert [each.payload for each in uplink.messages[1:]] == [b"one", b"two"]
    assert book.pending == 0


def test_a_broker_that_refuses_them_keeps_no_record_waiting(
    outbox: Outbox,
    book: Book,
    uplink: LoopbackUplink,
    delivery: Delivery,
    interval: Make,
    board: SimulatedBoard,
) -> None:
    uplink.refuse = "Not authorized"
    assert delivery.step() == 0.0
    uplink.refuse = None
    outbox.put(interval(0), "tp-1")
    outbox.flush()
    delivery.step()
    assert [each.subject for each in uplink.messages] == [Subject.KPI]

    board.advance(SUSPECT_S)
    delivery.drain(60)
    assert [each.payload for each in uplink.messages[1:]] == [b"one", b"two"]
    assert book.pending == 0

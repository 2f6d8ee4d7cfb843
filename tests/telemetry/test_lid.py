"""A box that is opened is told once, and once when it is shut."""

from itertools import pairwise

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.telemetry.lid import Lid


class Book:
    """Alerts in memory."""

    def __init__(self) -> None:
        self.kept: list[AlertRecord] = []

    def tell(self, alert: Alert) -> list[AlertRecord]:
        self.kept.append(
            AlertRecord(device="tp-1", seq=len(self.kept) + 1, alert=alert)
        )
        return self.kept[-1:]

    def going_on(self, kind: AlertKind) -> bool:
        assert kind is AlertKind.TAMPER
        return any(each.alert.state is AlertState.BEGUN for each in self.kept[-1:])


def test_it_is_told_once_and_with_its_own_time(board: SimulatedBoard) -> None:
    book = Book()
    lid = Lid(book, book.tell, board)
    board.advance(30.0)

    [begun] = lid.note(opened=True, since_s=20.0)
    assert lid.note(opened=True, since_s=20.0) == []
    board.advance(5.0)
    [ended] = lid.note(opened=False, since_s=35.0)
    assert lid.note(opened=False, since_s=35.0) == []

    told = (begun.alert.state, ended.alert.state)
    assert told == (AlertState.BEGUN, AlertState.ENDED)
    assert begun.alert.time_utc_s == board.utc_s() - 15.0
    assert ended.alert.time_utc_s == board.utc_s()
    assert len(book.kept) == 2


def test_what_was_told_before_a_restart_is_not_told_again(
    board: SimulatedBoard,
) -> None:
    book = Book()
    Lid(book, book.tell, board).note(opened=True, since_s=0.0)

    assert Lid(book, book.tell, board).note(opened=True, since_s=0.0) == []
    assert Lid(book, book.tell, board).note(opened=False, since_s=0.0)


def test_a_lid_that_rattles_makes_no_flood(board: SimulatedBoard) -> None:
    book = Book()
    lid = Lid(book, book.tell, board)
    for second in range(86_400):
        lid.note(opened=second % 2 == 0, since_s=board.monotonic_s())
        board.advance(1.0)
    begun = [
        each.alert.time_utc_s
        for each in book.kept
        if each.alert.state is AlertState.BEGUN
    ]

    gaps = [later - earlier for earlier, later in pairwise(begun)]
    assert min(gaps) >= 10.0
    assert max(gaps) <= 3610.0
    assert 25 <= len(begun) <= 40


def test_what_was_too_soon_is_told_later(board: SimulatedBoard) -> None:
    book = Book()
    lid = Lid(book, book.tell, board)
    lid.note(opened=True, since_s=0.0)
    board.advance(1.0)
    lid.note(opened=False, since_s=1.0)
    board.advance(1.0)
    assert lid.note(opened=True, since_s=2.0) == []
    board.advance(10.0)

    [again] = lid.note(opened=True, since_s=2.0)
    assert again.alert.time_utc_s == board.utc_s() - 10.0


def test_a_lid_that_was_quiet_for_an_hour_is_told_at_once(
    board: SimulatedBoard,
) -> None:
    book = Book()
    lid = Lid(book, book.tell, board)
    for second in range(3600):
        lid.note(opened=second % 2 == 0, since_s=board.monotonic_s())
        board.advance(1.0)
    board.advance(3600.0)
    found = []
    for opened in (True, False, True):
        found.append(lid.note(opened=opened, since_s=board.monotonic_s()))
        board.advance(11.0)

    assert all(found)

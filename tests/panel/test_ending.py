"""When the panel ends, and when a session is over."""

from pathlib import Path

from tallypost.board.simulated import SimulatedBoard
from tallypost.panel.ending import LINGER_S, OPEN_MAX_S, WAIT_S, Ending
from tallypost.panel.pace import BURST, PART_TOKENS, Pace
from tallypost.panel.sessions import IDLE_S, INVITATION_S, Sessions


def test_it_ends_when_nobody_comes_and_waits_anew_when_it_is_wished_for_again(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    ending = Ending(tmp_path, Sessions(board.monotonic_s), board.monotonic_s)
    board.advance(WAIT_S - 1)
    assert ending.reason() is None
    (tmp_path / "wanted").touch()
    assert ending.reason() is None
    assert not (tmp_path / "wanted").exists()
    board.advance(WAIT_S - 1)
    assert ending.reason() is None
    board.advance(2)

    assert ending.reason() == "nobody came"


def test_it_ends_soon_after_the_last_session_is_over(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    sessions = Sessions(board.monotonic_s)
    ending = Ending(tmp_path, sessions, board.monotonic_s)
    board.advance(1)
    token, _ = sessions.begin()
    assert ending.reason() is None
    sessions.end(token)
    assert ending.reason() is None, "a slip can be mended"
    board.advance(LINGER_S)

    assert ending.reason() == "nobody is in any more"


def test_it_ends_after_the_longest_time_whoever_is_in(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    sessions = Sessions(board.monotonic_s)
    ending = Ending(tmp_path, sessions, board.monotonic_s)
    token, _ = sessions.begin()
    for _ in range(int(OPEN_MAX_S / 600)):
        assert ending.reason() is None
        board.advance(600)
        assert sessions.find(token) is not None

    assert ending.reason() == "it was open for as long as it may be"


def test_a_session_is_over_without_requests_and_events_are_none(
    board: SimulatedBoard,
) -> None:
    sessions = Sessions(board.monotonic_s)
    token, _ = sessions.begin()
    board.advance(IDLE_S - 1)
    assert sessions.find(token, asks=False) is not None
    board.advance(2)

    assert sessions.find(token) is None
    assert sessions.find("") is None


def test_an_invitation_is_good_for_two_minutes_and_once(board: SimulatedBoard) -> None:
    sessions = Sessions(board.monotonic_s)
    sessions.begin()
    late = sessions.invite()
    board.advance(INVITATION_S)
    assert not sessions.redeem(late)
    code = sessions.invite()
    assert not sessions.redeem("22222222")
    assert sessions.redeem(code.lower().replace("-", " "))

    assert not sessions.redeem(code)


def test_a_clock_that_jumps_changes_nothing(board: SimulatedBoard) -> None:
    sessions = Sessions(board.monotonic_s)
    token, _ = sessions.begin()
    board.jump(-1e9)

    assert sessions.find(token) is not None


def test_one_address_is_answered_so_often_and_others_meanwhile(
    board: SimulatedBoard,
) -> None:
    pace = Pace(board.monotonic_s)
    assert all(pace.allows("a") for _ in range(BURST))
    assert not pace.allows("a")
    assert pace.allows("b")
    board.advance(1.0)

    assert sum(pace.allows("a") for _ in range(BURST)) == 20
    for address in range(1000):
        pace.allows(str(address))
    assert len(pace._buckets) <= 256


def test_parts_of_a_page_cost_a_tenth_so_that_a_reload_never_comes_out_blank(
    board: SimulatedBoard,
) -> None:
    pace = Pace(board.monotonic_s)

    loads = sum(pace.allows("10.42.0.7", PART_TOKENS) for _ in range(1000))

    assert loads == 1000
    assert sum(pace.allows("10.42.0.7") for _ in range(100)) <= 20

"""The far side is asked what time it is, and believed as far as it can be."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.base import BUILT_UTC_S, ClockReading
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.fields import instant_text
from tallypost.domain.records import ClockTrust
from tallypost.telemetry.clock.asking import AGAIN_S, FAR_SIDE_S, TRIP_S_MAX, Asking
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner

NOW_UTC_S = BUILT_UTC_S + 1e6


@dataclass
class Talk:
    """A device without a clock, and what it asks."""

    folder: Path
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.board = SimulatedBoard(utc_s=7.0, trust=ClockTrust.UNSYNCED)
        self.reckoner = Reckoner(self.board, Memory(self.folder / "clock"))
        self.asking = Asking(self.reckoner, self.board, self.asked.append)

    def nonce(self) -> str:
        return str(json.loads(self.asked[-1])["nonce"])

    def answer(self, **changes: object) -> None:
        told = {"nonce": self.nonce(), "utc": instant_text(NOW_UTC_S)} | changes
        self.asking.hear(json.dumps(told).encode())
        self.reckoner.look()


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    talk = Talk(tmp_path)
    talk.asking.tick()
    return talk


def test_an_answer_is_as_sure_as_half_its_way_was_short(talk: Talk) -> None:
    talk.board.advance(3.0)
    talk.answer()

    assert talk.reckoner.date(1.5) == (NOW_UTC_S, 1.5 + FAR_SIDE_S)


def test_a_device_that_knows_the_time_does_not_ask(tmp_path: Path) -> None:
    talk = Talk(tmp_path)
    talk.board.reading = ClockReading(ClockTrust.SYNCED, 0.5)
    talk.board.jump(NOW_UTC_S)
    talk.reckoner.look()
    talk.asking.tick()

    assert talk.asked == []


def test_it_asks_again_every_minute_and_each_time_anew(talk: Talk) -> None:
    for _ in range(int(3 * AGAIN_S)):
        talk.board.advance(1.0)
        talk.asking.tick()

    assert len(talk.asked) == len(set(talk.asked)) == 4


def test_after_an_answer_it_asks_no_more_until_the_doubt_has_grown(talk: Talk) -> None:
    talk.answer()
    talk.asking.tick()
    assert len(talk.asked) == 1
    talk.board.advance(86_400.0)
    talk.asking.tick()

    assert len(talk.asked) == 2


def test_a_second_answer_is_not_heard(talk: Talk) -> None:
    talk.board.advance(10.0)
    talk.answer()
    before = talk.reckoner.anchor
    talk.answer(utc=instant_text(NOW_UTC_S + 3.0))

    assert talk.reckoner.anchor == before is not None


def test_an_answer_that_took_too_long_is_not_heard(talk: Talk) -> None:
    talk.board.advance(TRIP_S_MAX + 0.1)
    talk.answer()

    assert talk.reckoner.anchor is None


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "0" * 32},
        {"nonce": ""},
        {"nonce": "é"},
        {"nonce": None},
        {"utc": None},
        {"utc": 1_795_342_500},
        {"utc": "2026-11-22T10:15:00+01:00"},
        {"utc": "2026-13-22T10:15:00Z"},
        {"utc": "1969-12-31T23:59:59Z"},
        {"utc": "2026-10-31T23:59:59Z"},
        {"more": "x" * 300},
    ],
    ids=str,
)
def test_what_is_no_answer_is_passed_over(
    talk: Talk, changes: dict[str, object]
) -> None:
    talk.answer(**changes)

    assert talk.reckoner.anchor is None


@given(answer=st.binary(max_size=300))
def test_any_bytes_are_passed_over(
    tmp_path_factory: pytest.TempPathFactory, answer: bytes
) -> None:
    talk = Talk(tmp_path_factory.mktemp("talk"))
    talk.asking.tick()
    talk.asking.hear(answer)
    talk.reckoner.look()

    assert talk.reckoner.anchor is None

"""What the lights say can be counted, and told apart without a colour."""

import itertools
import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.lights import (
    RHYTHMS,
    Code,
    Facts,
    Player,
    Rhythm,
    at,
    code,
    pattern,
)
from tallypost.board.pins import Output, Pins
from tallypost.board.simulated import SimulatedBoard
from tallypost.board.simulated_pins import SimulatedLines

WELL = Facts(watching=True, linked=True)
CASES = {
    Code.IDENTIFY: replace(WELL, identify=True),
    Code.OPEN: replace(WELL, opened=True),
    Code.STARTING: Facts(),
    Code.BLIND: replace(WELL, watching=False),
    Code.STRAINED: replace(WELL, strained=True),
    Code.TIMELESS: replace(WELL, timed=False),
    Code.TRIAL: replace(WELL, trial=True),
    Code.CUT_OFF: replace(WELL, linked=False),
    Code.WELL: WELL,
}
some_facts = st.builds(
    Facts,
    watching=st.sampled_from([None, True, False]),
    linked=st.sampled_from([None, True, False]),
    **{
        each.name: st.booleans()
        for each in fields(Facts)
        if each.name not in {"watching", "linked"}
    },
)


def seen(rhythm: Rhythm) -> tuple[int, float]:
    """What one remembers of a rhythm: flashes between two long pauses, share of light.

    One pause counts as long where it is twice as long as the shortest.
    """
    flashes = len(rhythm) // 2
    return flashes, round(sum(rhythm[::2]) / sum(rhythm), 1)


@pytest.mark.parametrize("said", Code, ids=lambda each: each.name.lower())
def test_each_state_has_its_code(said: Code) -> None:
    assert code(CASES[said]) is said


def test_no_two_codes_look_alike() -> None:
    assert set(RHYTHMS) == set(Code)
    for one, other in itertools.combinations(RHYTHMS.values(), 2):
        periods = sorted((sum(one), sum(other)))
        assert seen(one) != seen(other) or periods[1] / periods[0] > 2


def test_nothing_flashes_as_often_as_can_hurt() -> None:
    """Source: WCAG 2.2, 2.3.1: no more than three flashes in any second."""
    for rhythm in RHYTHMS.values():
        starts = [
            begin + sum(rhythm[:place])
            for begin in (0.0, sum(rhythm), 2 * sum(rhythm))
            for place in range(0, len(rhythm), 2)
        ]
        within = [sum(one <= x <= one + 1.0 for x in starts) for one in starts]
        assert max(within) <= 3


@given(some_facts)
def test_what_is_worse_is_never_hidden_by_what_is_less_bad(facts: Facts) -> None:
    said = code(facts)

    assert said is Code.WELL or said <= code(
        replace(facts, trial=False, linked=True if facts.linked is False else None)
    )
    assert code(replace(facts, identify=True)) is Code.IDENTIFY
    assert set(pattern(facts)) == set(Output)


def test_a_covered_camera_looks_like_a_silent_one() -> None:
    assert code(replace(WELL, hidden=True)) is Code.BLIND


@pytest.mark.parametrize(
    ("quiet", "sounds"), [(False, True), (True, False)], ids=["aloud", "quiet"]
)
def test_the_buzzer_sounds_where_one_looks_for_the_box_unless_it_shall_not(
    *, quiet: bool, sounds: bool
) -> None:
    facts = replace(WELL, identify=True, quiet=quiet)

    assert (pattern(facts)[Output.BUZZER][0] > 0) is sounds
    assert pattern(WELL)[Output.BUZZER][0] == 0


@given(st.sampled_from(list(RHYTHMS.values())), st.floats(0, 1e6))
def test_a_rhythm_is_always_somewhere(rhythm: Rhythm, passed_s: float) -> None:
    _, left_s = at(rhythm, passed_s)

    assert 0 < left_s <= max(rhythm) or math.isinf(left_s)


def played(player: Player, board: SimulatedBoard, seconds: float) -> list[float]:
    """When it was stepped, as seldom as it asks for."""
    begun_s, steps = board.monotonic_s(), []
    while board.monotonic_s() - begun_s < seconds:
        steps.append(board.monotonic_s() - begun_s)
        board.advance(min(player.step(board.monotonic_s()), seconds))
    return steps


def test_three_flashes_are_three_flashes(board: SimulatedBoard) -> None:
    lines = SimulatedLines(board)
    shown: list[bool] = []

    def show(output: Output, *, on: bool) -> None:
        assert output is Output.STATUS
        shown.append(on)

    lines.show = show  # type: ignore[method-assign]
    player = Player(Pins(lines, board))
    player.play({Output.STATUS: RHYTHMS[Code.BLIND]}, board.monotonic_s())
    played(player, board, sum(RHYTHMS[Code.BLIND]) - 0.1)

    assert shown == [True, False] * 3


def test_a_rhythm_that_is_played_goes_on_where_it_is(board: SimulatedBoard) -> None:
    lines = SimulatedLines(board)
    player = Player(Pins(lines, board))
    for _ in range(10):
        player.play({Output.STATUS: (1.0, 1.0)}, board.monotonic_s())
        player.step(board.monotonic_s())
        lit = Output.STATUS in lines.lit
        assert lit is (board.monotonic_s() % 2 < 1)
        board.advance(0.3)


def test_what_does_not_change_is_looked_after_seldom(board: SimulatedBoard) -> None:
    player = Player(Pins(SimulatedLines(board), board))
    player.play(pattern(WELL), board.monotonic_s())

    assert len(played(player, board, 60.0)) <= 30


def test_beeps_come_over_what_the_buzzer_does(board: SimulatedBoard) -> None:
    lines = SimulatedLines(board)
    player = Player(Pins(lines, board))
    player.play({Output.BUZZER: (0.0, 1.0)}, board.monotonic_s())
    player.step(board.monotonic_s())
    assert lines.lit == set()
    player.beep(2, board.monotonic_s())

    sounded = 0
    before = False
    for _ in range(100):
        player.step(board.monotonic_s())
        now = Output.BUZZER in lines.lit
        sounded += now and not before
        before = now
        board.advance(0.01)
    assert sounded == 2
    assert lines.lit == set()

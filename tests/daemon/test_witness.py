"""What is proven of the other half, and left for others to read."""

from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.assembly.attendant import Seen
from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.telemetry_half import OtherHalf
from tallypost.daemon.witness import (
    EVERY_S,
    Deposition,
    Proof,
    Witness,
    read_proof,
)
from tallypost.domain.aiming import Sight
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import Interval, Quality
from tallypost.telemetry.reception.base import Closed
from tallypost.wall.frame import Hello, State
from tallypost.wall.spelling import Told

COVERED = Alert(kind=AlertKind.CAMERA_COVERED, state=AlertState.BEGUN, time_utc_s=1.7e9)
WORD = Proof(framed_s=None, proven_s=1.5, told_s=2.0, watching=False, lid_open=True)


def interval(frames: int) -> Interval:
    quality = Quality(observed_s=0.0, frames=frames, frames_dropped=0)
    return Interval(
        start_utc_s=0.0, duration_s=60.0, lines={}, zones={}, quality=quality
    )


SIGHT = Sight(at_monotonic_s=0.0, rate_hz=10.0, sharpness=0.5, light=0.5)


@pytest.fixture
def witness(board: SimulatedBoard) -> Witness:
    return Witness(board, interval_s=60.0)


def test_only_pictures_prove_that_it_sees(
    witness: Witness, board: SimulatedBoard
) -> None:
    board.advance(10.0)
    for told in (Hello(), State.WATCHING, COVERED, interval(frames=0)):
        witness.note(told)
    assert witness.framed_s is None

    witness.note(interval(frames=1))
    assert witness.framed_s == 10.0


def test_a_silent_camera_stays_silent_until_it_watches(witness: Witness) -> None:
    assert witness.seen == Seen(None, hidden=False)
    witness.note(State.CAMERA_SILENT)
    witness.note(interval(frames=1))
    witness.note(State.MEMORY_NOT_LOCKED)
    assert witness.seen.watching is False

    witness.note(State.WATCHING)
    assert witness.seen.watching is True


def test_a_half_that_begins_anew_is_not_known_to_watch(witness: Witness) -> None:
    witness.note(State.WATCHING)
    witness.note(Hello())

    assert witness.seen.watching is None


@pytest.mark.parametrize("told", [interval(1), SIGHT], ids=["interval", "sight"])
def test_pictures_tell_a_half_that_has_begun_late_that_the_other_watches(
    witness: Witness, told: Told
) -> None:
    """The other half says so once, when it begins itself."""
    witness.note(told)

    assert witness.seen.watching is True


def test_a_half_that_proves_nothing_any_more_does_not_watch(
    witness: Witness, board: SimulatedBoard
) -> None:
    found = []
    witness.note(State.WATCHING)
    for _ in range(3):
        board.advance(60.0)
        witness.note(interval(frames=1))
    for seconds in (230.0, 20.0):
        board.advance(seconds)
        found.append(witness.seen.watching)
    witness.note(interval(frames=1))
    found.append(witness.seen.watching)

    assert found == [True, False, True]


def test_who_never_hears_of_a_picture_is_not_starting_for_ever(
    witness: Witness, board: SimulatedBoard
) -> None:
    board.advance(250.0)

    assert witness.seen.watching is False


def test_a_half_that_watches_is_known_to_operators_as_well(witness: Witness) -> None:
    """Settings on trial are kept by it."""
    other_half = OtherHalf(Closed(), witness)
    found = []
    for told in (interval(1), State.CAMERA_LOST, State.WATCHING, Hello()):
        other_half.noted(told)
        found.append(other_half.watching)

    assert found == [True, False, True, False]


def test_what_hides_the_street_is_known_until_it_is_over(witness: Witness) -> None:
    ended = replace(COVERED, state=AlertState.ENDED)
    hidden = []
    for told in (COVERED, ended, COVERED, Hello()):
        witness.note(told)
        hidden.append(witness.seen.hidden)

    assert hidden == [True, False, True, False]


def test_what_is_left_is_what_is_read(tmp_path: Path, board: SimulatedBoard) -> None:
    file = tmp_path / "proof.json"
    assert read_proof(file) is None
    Deposition(file, lambda: WORD, board).tick()

    assert read_proof(file) == WORD


def test_it_is_left_seldom_and_a_disk_that_refuses_ends_nothing(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    asked = []

    def proof() -> Proof:
        asked.append(1)
        return WORD

    deposition = Deposition(tmp_path / "no" / "proof.json", proof, board)
    for _ in range(100):
        board.advance(1.0)
        deposition.tick()

    assert len(asked) == 100 / EVERY_S

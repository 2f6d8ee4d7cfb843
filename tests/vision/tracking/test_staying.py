"""Who stays where it was, behind a low score or stopped on its way."""

from collections.abc import Iterable

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.geometry import Boxes
from tallypost.vision.tracking.staying import halted, held
from tallypost.vision.tracking.tracker import Tracker

RATES_HZ = [2, 5, 10, 25]
GOOD, LOW = 0.9, 0.2


def boxes(*lefts: float) -> Boxes:
    return np.array([(x, 100, x + 100, 200) for x in lefts], np.float32).reshape(-1, 4)


def found(**scores: float) -> Detections:
    """Return who is found, by where: x100=0.9 begins at 100."""
    return Detections(
        boxes(*(float(name[1:]) for name in scores)),
        np.array(list(scores.values()), np.float32),
        np.zeros(len(scores), np.int64),
    )


def numbers(looks: Iterable[Detections], rate_hz: float) -> list[list[int]]:
    tracker = Tracker()
    return [
        tracker.update(look, number / rate_hz).ids.tolist()
        for number, look in enumerate(looks)
    ]


def test_a_low_score_where_one_is_expected_holds_it_unless_a_good_one_fits_better() -> (
    None
):
    expected, both = boxes(100), boxes(120, 110)
    alike = np.ones((2, 1), np.bool_)

    assert held(expected, both, np.array([False, True]), alike).tolist() == [True]
    assert held(expected, both, np.array([True, False]), alike).tolist() == [False]
    assert not held(expected, both, np.array([False, True]), ~alike).any()
    assert not held(expected, boxes(160), np.array([True]), alike[:1]).any()
    assert not held(expected, boxes(), np.zeros(0, np.bool_), alike[:0]).any()


def test_who_stopped_is_told_from_who_went_on_when_a_size_lies_between() -> None:
    seen, there = boxes(100), boxes(130)
    alike = np.ones((1, 1), np.bool_)

    assert halted(seen, boxes(200), there, alike)[0, 0] == pytest.approx(70 / 130)
    assert not halted(seen, boxes(190), there, alike).any()
    assert not halted(seen, boxes(300), boxes(150), alike).any()
    assert not halted(seen, boxes(300), there, ~alike).any()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_car_that_scores_low_is_not_taken_for_the_one_beside_it(
    rate_hz: int,
) -> None:
    dim = [found(x100=GOOD)] * (rate_hz + 1) + [found(x100=LOW, x220=GOOD)] * 2
    told = numbers(dim, rate_hz)
    after = numbers([*dim, found(x100=GOOD, x220=GOOD)], rate_hz)

    assert told[-1][0] == told[rate_hz][0]
    assert after[-1] == [1, 2]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_was_seen_for_a_moment_is_awaited_while_low_scores_tell_of_it(
    rate_hz: int,
) -> None:
    looks = [found(x100=GOOD)] * (rate_hz + 1)
    looks += [found(x100=LOW)] * (5 * rate_hz) + [found(x100=GOOD)]

    assert numbers(looks, rate_hz)[-1] == [1]


@pytest.mark.parametrize("score", [GOOD, LOW])
@pytest.mark.parametrize("rate_hz", [2, 5, 10])
def test_a_walker_who_stops_unseen_keeps_the_number(rate_hz: int, score: float) -> None:
    walks = [found(**{f"x{100 * n / rate_hz + 100}": GOOD}) for n in range(3 * rate_hz)]
    hides = [Detections.none()] * (rate_hz * 6 // 5)
    stands = [found(x390=score)] + [found(x390=GOOD)] * 2

    assert numbers([*walks, *hides, *stands], rate_hz)[-1] == [1]

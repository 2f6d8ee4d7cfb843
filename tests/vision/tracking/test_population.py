"""What is known of those who are followed."""

import numpy as np
import pytest

from tallypost.domain.vision import Detections
from tallypost.vision.tracking.kalman import GROWTH, SPEED, Motion
from tallypost.vision.tracking.population import Population


def seen(x: float) -> Detections:
    box = np.array([[x, 100, x + 40, 200]], np.float32)
    return Detections(box, np.ones(1, np.float32), np.zeros(1, np.int64))


def followed(*places: float) -> Population:
    """Return one object that was seen at these places, a second apart."""
    crowd = Population()
    crowd.begin(
        Motion().begin(seen(places[0]).boxes), seen(places[0]), 0.0, np.zeros(1)
    )
    for time_s, place in enumerate(places[1:], start=1):
        crowd.look(np.ones(1, np.bool_), time_s)
        crowd.see(np.zeros(1, np.intp), seen(place), time_s)
    crowd.confirmed[:] = True
    crowd.states[:, SPEED] = crowd.states[:, GROWTH] = 7.0
    return crowd


def missed(crowd: Population) -> Population:
    crowd.look(np.ones(1, np.bool_), 9.0)
    return crowd


def test_who_is_seen_goes_on_as_it_did() -> None:
    crowd = followed(100, 100, 100)
    crowd.rest(1.0)
    assert (crowd.states[:, 4:8] == 7.0).all()


@pytest.mark.parametrize(
    ("places", "speed"),
    [((100, 102, 98), 0.0), ((100, 160, 220), 7.0), ((100, 100, 160), 7.0)],
    ids=["stood", "walks", "has just set off"],
)
def test_who_is_missed_stops_growing_and_walks_on_unless_it_stood(
    places: tuple[float, ...], speed: float
) -> None:
    crowd = missed(followed(*places))
    crowd.rest(1.0)
    assert (crowd.states[:, GROWTH] == 0.0).all()
    assert (crowd.states[:, SPEED] == speed).all()


def test_who_is_hidden_is_not_missed_but_only_for_so_long() -> None:
    crowd = missed(followed(100, 160))
    row = np.ones(1, np.bool_)
    crowd.hide(row, 0.5, 0.5)
    assert crowd.missed.tolist() == [0]
    assert not crowd.watched.any()
    assert not crowd.here.any()
    missed(crowd).hide(row, 0.5, 0.5)
    assert crowd.missed.tolist() == [1]


def test_numbers_are_told_apart_whatever_was_forgotten() -> None:
    crowd = followed(100)
    crowd.keep(np.zeros(1, np.bool_))
    crowd.begin(Motion().begin(seen(5).boxes), seen(5), 1.0, np.zeros(1))
    assert crowd.ids.tolist() == [2]

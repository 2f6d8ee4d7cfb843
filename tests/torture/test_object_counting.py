"""What we take Ultralytics' counter to do, as its makers tell it."""

import numpy as np
import pytest

from scripts.benchmarks.counting_ultralytics import ObjectCounting

UPRIGHT = np.array([(640.0, 720.0), (640.0, 0.0)])
LEVEL = np.array([(0.0, 420.0), (1280.0, 420.0)])
BAND = np.array([(500.0, 0.0), (600.0, 0.0), (600.0, 720.0), (500.0, 720.0)])

Centres = list[tuple[float, float]]
WAYS: dict[str, tuple[np.ndarray, Centres, tuple[int, int]]] = {
    "to the right over an upright line": (UPRIGHT, [(600, 9), (700, 9)], (1, 0)),
    "to the left over an upright line": (UPRIGHT, [(700, 9), (600, 9)], (0, 1)),
    "down over a level line": (LEVEL, [(9, 400), (9, 440)], (1, 0)),
    "up over a level line": (LEVEL, [(9, 440), (9, 400)], (0, 1)),
    "over and back: a number counts once": (
        UPRIGHT,
        [(600, 9), (700, 9), (600, 9)],
        (1, 0),
    ),
    "into a polygon to the right": (BAND, [(450, 300), (550, 310)], (1, 0)),
    "into a polygon to the left": (BAND, [(650, 300), (550, 310)], (0, 1)),
    "through a polygon between two looks": (BAND, [(450, 300), (650, 300)], (1, 0)),
    "beside a polygon": (BAND, [(300, 300), (400, 300)], (0, 0)),
    "out of a polygon that it was born in": (BAND, [(550, 300), (650, 300)], (0, 0)),
}


@pytest.mark.parametrize(("region", "centres", "expected"), WAYS.values(), ids=WAYS)
def test_a_way_counts_as_it_is_documented_to(
    region: np.ndarray, centres: Centres, expected: tuple[int, int]
) -> None:
    counter = ObjectCounting(region)
    for centre in centres:
        counter.look(np.array([7]), np.array([centre], float))

    assert (counter.in_count, counter.out_count) == expected

"""Times that always rise, whatever the pictures come with."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.vision.camera.stamps import (
    LAG_S_MAX,
    FootageStamps,
    LiveStamps,
    Thinning,
)

STEP_S = 0.1
WILD = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-10, 10),
    st.sampled_from([0.0, 0.1, 0.2]),
)


def placed(stamps: list[float | None]) -> list[float]:
    placing = FootageStamps()
    return [placing.place(stamp, STEP_S, 0.0) for stamp in stamps]


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        pytest.param([0, 0.1, 0.15, 0.4], [0, 0.1, 0.15, 0.4], id="variable rate"),
        pytest.param([7, 7.04, 7.08], [0, 0.04, 0.08], id="begins anywhere"),
        pytest.param([None, None, None], [0, 0.1, 0.2], id="none at all"),
        pytest.param([0, None, 0.2], [0, 0.1, 0.2], id="one missing"),
        pytest.param([0, math.nan, 0.2], [0, 0.1, 0.2], id="not a number"),
        pytest.param([0, 0.1, 0.1, 0.2], [0, 0.1, 0.2, 0.3], id="one twice"),
        pytest.param([0, 0.1, 0, 0.1], [0, 0.1, 0.2, 0.3], id="begun again"),
        pytest.param([0, 0.1, 2e9, 2e9 + 1], [0, 0.1, 0.2, 1.2], id="a wild leap"),
        pytest.param([0, 60, 120], [0, 60, 120], id="one picture a minute"),
    ],
)
def test_footage_keeps_its_own_times_where_they_make_sense(
    stamps: list[float | None], times: list[float]
) -> None:
    assert placed(stamps) == pytest.approx(times)


@given(st.lists(WILD, max_size=30))
def test_times_of_footage_rise_whatever_the_stamps(stamps: list[float | None]) -> None:
    times = placed(stamps)

    assert all(later > sooner for sooner, later in itertools.pairwise(times))


@given(st.lists(st.tuples(WILD, st.floats(0, 3)), max_size=30))
def test_live_times_rise_whatever_the_stamps(
    pictures: list[tuple[float | None, float]],
) -> None:
    placing = LiveStamps()
    arrival_s, last_s = 1000.0, -math.inf

    for stamp_s, pause_s in pictures:
        arrival_s += pause_s
        time_s = placing.place(stamp_s, STEP_S, arrival_s)

        assert time_s > last_s
        assert time_s >= arrival_s - LAG_S_MAX - 1e-6
        last_s = time_s


def test_a_burst_on_the_network_does_not_make_anybody_jump() -> None:
    placing = LiveStamps()
    # Twenty pictures, 0.1 s apart; five of them are held up and come all at once.
    arrivals = [100 + 0.1 * index for index in range(20)]
    arrivals[10:15] = [arrivals[14]] * 5

    times = [
        placing.place(50 + 0.1 * index, STEP_S, arrival)
        for index, arrival in enumerate(arrivals)
    ]

    for sooner, later in itertools.pairwise(times):
        assert later - sooner == pytest.approx(0.1, abs=0.005)


def test_a_clock_that_drifts_is_followed_without_a_leap() -> None:
    placing = LiveStamps()
    last_s = -math.inf

    for index in range(20_000):  # the camera's clock loses 1 in 1000
        arrival_s = 0.1 * index
        time_s = placing.place(arrival_s * 0.999, STEP_S, arrival_s)
        assert index == 0 or time_s - last_s == pytest.approx(0.1, abs=0.001)
        last_s = time_s

    assert arrival_s - time_s < 0.1


def test_without_stamps_a_live_picture_was_taken_when_it_came() -> None:
    placing = LiveStamps()

    assert [placing.place(None, STEP_S, at) for at in (5.0, 5.5)] == [5.0, 5.5]


@pytest.mark.parametrize(
    ("rate_hz", "rate_hz_max", "expected"),
    [
        pytest.param(25, 10, 10, id="uneven"),
        pytest.param(30, 10, 10, id="even"),
        pytest.param(10, 10, 10, id="the same"),
        pytest.param(5, 10, 5, id="too few"),
        pytest.param(25, None, 25, id="no limit"),
    ],
)
def test_thinning_lets_the_asked_rate_through(
    rate_hz: int, rate_hz_max: float | None, expected: int
) -> None:
    thinning = Thinning(rate_hz_max)
    stamps = [round(index / rate_hz, 3) for index in range(rate_hz * 10)]

    taken = [stamp for stamp in stamps if thinning.takes(stamp)]

    assert len(taken) == pytest.approx(expected * 10, abs=1)
    gaps = [later - sooner for sooner, later in itertools.pairwise(taken)]
    assert max(gaps) <= 1 / expected + 1 / rate_hz


def test_thinning_does_not_catch_up_after_a_hole() -> None:
    thinning = Thinning(10)

    assert [thinning.takes(at) for at in (0, 5, 5.05, 5.1)] == [True, True, False, True]

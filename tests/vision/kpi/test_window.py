"""Figures of aligned, half-open intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.base import UNSYNCED, ClockReading
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import ClockTrust, Interval
from tallypost.vision.kpi.running import STEP_S
from tallypost.vision.kpi.window import BLIND_S_MIN, Arrival, Moment, Window

START_UTC_S = 1_700_000_040.0  # a full minute
SYNCED = ClockReading(ClockTrust.SYNCED, 0.01)


def moment(time_s: float, jumped_s: float = 0.0) -> Moment:
    return Moment(time_s, START_UTC_S + time_s + jumped_s, SYNCED)


class Gate:
    """Gathers how often it was crossed, and for how long."""

    name = "gate"

    def __init__(self) -> None:
        self.crossed = 0
        self.watched_s = 0.0
        self.taken: list[float] = []

    def elapse(self, seconds: float) -> None:
        self.watched_s += seconds

    def take(self, observed_s: float) -> LineFigures:
        self.taken.append(self.watched_s)
        assert self.watched_s == pytest.approx(observed_s)
        figures = LineFigures(forward={"car": self.crossed} if self.crossed else {})
        self.crossed, self.watched_s = 0, 0.0
        return figures


def window(
    interval_s: float = 60.0, gate: Gate | None = None, *, trimmed: bool = False
) -> Window:
    return Window(
        interval_s=interval_s,
        gatherers={"lines": [gate or Gate()]},
        trimmed=trimmed,
    )


def watch(target: Window, seconds: float, rate_hz: float = 10.0) -> list[Interval]:
    closed = []
    for number in range(round(seconds * rate_hz)):
        closed += target.look(moment(number / rate_hz))
    return closed


def test_an_interval_is_over_with_the_first_frame_of_the_next() -> None:
    target = window()

    assert watch(target, 60.0) == []
    [first] = target.look(moment(60.0))
    assert first.start_utc_s == START_UTC_S
    assert first.duration_s == 60.0
    assert first.quality.frames == 600
    assert first.quality.observed_s == pytest.approx(60.0)


def test_the_first_interval_is_aligned_even_if_the_first_frame_comes_late() -> None:
    target = window()
    target.look(moment(37.0))
    target.look(moment(38.0))
    [first] = target.look(moment(60.0))

    assert first.start_utc_s == START_UTC_S
    assert first.quality.observed_s == pytest.approx(1.0)


def test_a_frame_on_the_border_belongs_to_the_next_interval() -> None:
    gate = Gate()
    target = window(gate=gate)
    target.look(moment(59.9))
    closed = target.look(moment(60.0))
    gate.crossed += 1
    [second] = target.finish()

    assert closed[0].lines["gate"].forward == {}
    assert second.lines["gate"].forward == {"car": 1}


def test_an_interval_without_a_frame_has_no_lines_and_no_zeros() -> None:
    target = window()
    target.look(moment(0.0))
    target.idle(moment(30.0))
    first, second = target.idle(moment(121.0))

    assert first.lines["gate"].forward == {}
    assert second.lines == {}
    assert second.zones == {}
    assert second.quality.frames == 0
    assert second.quality.observed_s == 0.0
    assert second.quality.frame_lifetime_ms_p99 is None
    assert second.quality.frame_lifetime_ms_max is None


def test_a_gap_between_frames_was_not_watched() -> None:
    target = window()
    target.look(moment(0.0))
    target.look(moment(1.0))
    target.look(moment(1.0 + BLIND_S_MIN + 0.1))
    target.look(moment(4.0))
    [only] = target.finish()

    assert only.quality.observed_s == pytest.approx(1.0 + (4.0 - 3.1))


def test_a_camera_that_was_silent_too_long_was_not_watching() -> None:
    target = window()
    target.look(moment(0.0))
    target.idle(moment(2.5))
    target.look(moment(3.0))
    [only] = target.finish()

    assert only.quality.observed_s == 0.0


def test_waiting_for_a_frame_that_comes_in_time_costs_nothing() -> None:
    target = window()
    target.look(moment(59.0))
    assert target.idle(moment(60.2)) == []
    [first] = target.look(moment(60.5))
    [second] = target.finish()

    assert first.quality.observed_s == pytest.approx(1.0)
    assert second.quality.observed_s == pytest.approx(0.5)


def test_slow_frames_watch_as_well_where_they_are_meant_to_be_slow() -> None:
    target = Window(interval_s=60.0, gatherers={}, blind_s=10.0)
    closed = []
    for number in range(13):
        target.idle(moment(max(number * 5.0 - 2.0, 0.0)))
        closed += target.look(moment(number * 5.0))

    assert closed[0].quality.observed_s == pytest.approx(60.0)


def test_a_calendar_set_back_a_little_takes_no_time_away() -> None:
    target = window()
    target.look(moment(0.0))
    target.look(moment(0.1, -0.4))
    [only] = target.finish()

    assert only.quality.observed_s >= 0.0


def test_frames_dropped_add_up() -> None:
    target = window()
    target.look(moment(0.0), Arrival(dropped=2))
    target.look(moment(1.0), Arrival(dropped=1))
    [only] = target.finish()

    assert only.quality.frames_dropped == 3


def test_half_of_all_nearly_all_and_all_pictures_lived_no_longer() -> None:
    target = window()
    target.look(moment(0.0))
    for lifetime_ms in range(1, 101):
        target.lived(float(lifetime_ms))
    [only] = target.finish()

    assert only.quality.frame_lifetime_ms_p50 == pytest.approx(50.5)
    assert only.quality.frame_lifetime_ms_p99 == pytest.approx(99.01)
    assert only.quality.frame_lifetime_ms_max == 100.0


def test_an_interval_border_between_two_frames_parts_the_time() -> None:
    gate = Gate()
    target = window(interval_s=10.0, gate=gate)
    for number in range(31):
        target.look(moment(number * 0.7))
    target.finish()

    assert gate.taken == [
        pytest.approx(10.0),
        pytest.approx(10.0),
        pytest.approx(1.0),
    ]


def test_what_an_element_does_not_know_is_absent() -> None:
    class Nobody(Gate):
        def take(self, observed_s: float) -> None:  # type: ignore[override]
            del observed_s

    target = window(gate=Nobody())
    target.look(moment(0.0))
    [only] = target.finish()

    assert only.lines == {}


YEAR_S = 365.25 * 86_400.0
STEPS_S = [-10 * YEAR_S, -3600.0, -1.0, 1.0, 59.0, 3600.0, 10 * YEAR_S]


@pytest.mark.parametrize("step_s", STEPS_S)
def test_a_calendar_that_steps_cuts_the_interval_and_costs_no_count(
    step_s: float,
) -> None:
    gate = Gate()
    target = window(gate=gate)
    for second in range(41):
        target.look(moment(float(second)))
    gate.crossed += 1
    [cut] = target.look(moment(41.0, step_s))
    gate.crossed += 1
    target.look(moment(42.0, step_s))
    [rest] = target.finish()

    assert (cut.start_utc_s, cut.duration_s) == (START_UTC_S, 41.0)
    assert cut.quality.clock_uncertainty_s == pytest.approx(abs(step_s) + 0.01)
    assert rest.start_utc_s == START_UTC_S + 41.0 + step_s
    assert cut.lines["gate"].forward == rest.lines["gate"].forward == {"car": 1}
    assert cut.quality.observed_s == pytest.approx(41.0)


@pytest.mark.parametrize("step_s", STEPS_S)
def test_a_step_soon_after_the_beginning_moves_the_interval(step_s: float) -> None:
    target = window(trimmed=True)
    target.look(moment(7.0))
    assert target.look(moment(8.0, step_s)) == []
    [only] = target.finish()

    assert only.start_utc_s == pytest.approx(START_UTC_S + 7.0 + step_s)
    assert only.duration_s == pytest.approx(1.0)
    assert only.start_monotonic_s == 7.0
    assert only.quality.clock_uncertainty_s == pytest.approx(abs(step_s) + 0.01)


def test_a_calendar_that_begins_with_1970_is_no_fault() -> None:
    target = window(trimmed=True)
    target.look(moment(0.0))
    [cut] = target.look(Moment(10.0, 0.5, UNSYNCED))
    [only] = target.finish()

    assert (cut.start_utc_s, cut.duration_s) == (START_UTC_S, 10.0)
    assert only.start_utc_s == 0.5


def test_a_second_that_is_counted_twice_is_seen() -> None:
    """The kernel repeats 23:59:59 where a leap second is inserted."""
    midnight = START_UTC_S + 60.0
    target = window()
    told = []
    for tick in range(1200):
        true_s = tick / 10
        leapt_s = -1.0 if START_UTC_S + true_s >= midnight else 0.0
        told += target.look(moment(true_s, leapt_s))
    told += target.finish()

    first, second = told[:2]
    assert first.end_utc_s == pytest.approx(midnight, abs=0.11)
    assert second.start_utc_s == pytest.approx(midnight - 1.0, abs=0.11)
    assert first.quality.clock_uncertainty_s == 0.01
    assert second.quality.clock_uncertainty_s == pytest.approx(1.01)
    assert sum(each.quality.frames for each in told) == 1200


def test_a_watch_is_told_as_long_as_it_was() -> None:
    target = window(trimmed=True)
    told = []
    for second in range(5, 131):
        told += target.look(moment(float(second)))
    told += target.finish()

    assert [each.start_utc_s - START_UTC_S for each in told] == [5.0, 60.0, 120.0]
    assert [each.start_monotonic_s for each in told] == [5.0, 60.0, 120.0]
    assert [each.duration_s for each in told] == [55.0, 60.0, 10.0]


def test_an_interval_is_believed_no_further_than_at_either_end() -> None:
    for begun, over in ((UNSYNCED, SYNCED), (SYNCED, UNSYNCED)):
        target = window()
        target.look(Moment(0.0, START_UTC_S, begun))
        target.look(Moment(1.0, START_UTC_S + 1.0, over))
        [only] = target.finish()

        assert only.quality.clock is ClockTrust.UNSYNCED
        assert only.quality.clock_uncertainty_s is None


@pytest.mark.parametrize("off_s", [-0.4, -0.05, 0.05, 0.4])
@pytest.mark.parametrize("set_at_s", [60.2, 95.0, 119.9])
def test_a_calendar_set_a_little_when_it_is_first_kept_moves_no_frame_out_of_its_time(
    off_s: float, set_at_s: float
) -> None:
    target = window()
    looks_s: list[float] = []
    for tenth in range(2400):
        time_s = tenth / 10
        kept = time_s >= set_at_s
        utc_s = START_UTC_S + time_s + (0.0 if kept else off_s)
        for interval in target.look(
            Moment(time_s, utc_s, SYNCED if kept else UNSYNCED)
        ):
            start_s = interval.start_monotonic_s
            assert start_s is not None
            assert all(
                start_s - 0.02 <= look_s <= start_s + interval.duration_s + 0.02
                for look_s in looks_s
            )
            assert interval.quality.frames == len(looks_s)
            looks_s = []
        looks_s.append(time_s)


def test_a_calendar_that_is_slewed_is_in_doubt_by_as_much() -> None:
    target = window()
    for second in range(60):
        target.look(Moment(float(second), START_UTC_S + second * 1.005, SYNCED))
    [only] = target.finish()

    assert only.quality.clock_uncertainty_s == pytest.approx(0.01 + 59 * 0.005)


@given(
    steps_s=st.lists(
        st.sampled_from([0.0, 0.0, 0.0, *STEPS_S, -59.4, 29.9]),
        min_size=1,
        max_size=300,
    )
)
def test_a_calendar_that_flaps_tells_no_more_than_twice_as_often(
    steps_s: list[float],
) -> None:
    """And each interval begins where the one before it has ended."""
    target = window(trimmed=True)
    shift_s = 0.0
    told = target.look(moment(0.0))
    for second, step_s in enumerate(steps_s, 1):
        shift_s = max(shift_s + step_s, -40 * YEAR_S)
        told += target.look(moment(float(second), shift_s))
    told += target.finish()

    assert len(told) <= 2 + 2 * len(steps_s) / 60.0
    assert sum(each.quality.frames for each in told) == len(steps_s) + 1
    edge_s = 0.0
    for each in told:
        assert each.start_monotonic_s == pytest.approx(edge_s, abs=1e-3)
        assert each.duration_s <= 60.0 + STEP_S
        edge_s += each.duration_s
    assert edge_s == pytest.approx(len(steps_s), abs=0.01)


def test_days_without_a_frame_do_not_make_thousands_of_intervals() -> None:
    target = window()
    target.look(moment(0.0))

    assert len(target.look(moment(86_400.0 * 30))) == 1


@given(
    gaps=st.lists(
        st.floats(min_value=0.01, max_value=5.0).filter(
            lambda gap_s: abs(gap_s - BLIND_S_MIN) > 1e-6  # times are sums: not exact
        ),
        min_size=1,
        max_size=200,
    ),
    interval_s=st.sampled_from([1.0, 5.0, 60.0]),
)
def test_no_frame_is_lost_and_no_second_watched_twice(
    gaps: list[float], interval_s: float
) -> None:
    target = window(interval_s)
    time_s = 0.0
    closed = target.look(moment(0.0))
    watched_s = 0.0
    for gap_s in gaps:
        time_s += gap_s
        watched_s += gap_s if gap_s <= BLIND_S_MIN else 0.0
        closed += target.look(moment(time_s))
    closed += target.finish()

    assert sum(each.quality.frames for each in closed) == len(gaps) + 1
    assert sum(each.quality.observed_s for each in closed) == pytest.approx(
        watched_s, abs=1e-3
    )
    starts = [each.start_utc_s for each in closed]
    assert starts == sorted(set(starts))
    assert all(start % interval_s == 0 for start in starts)
    assert all(each.quality.observed_s <= each.duration_s for each in closed)

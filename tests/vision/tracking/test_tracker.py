"""Who is who, told from boxes alone."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from tallypost.domain.vision import Detections, Tracks
from tallypost.vision.tracking.rules import Patience
from tallypost.vision.tracking.tracker import Tracker

RATES_HZ = [2, 5, 10, 25]
CLASSES = ("person", "bicycle", "car", "truck")
PERSON, BICYCLE, CAR, TRUCK = range(4)

Seen = tuple[float, float, float, float]  # centre x, foot y, width, height


def found(
    *seen: Seen, score: float = 0.9, class_ids: Sequence[int] | None = None
) -> Detections:
    boxes = [(x - w / 2, y - h, x + w / 2, y) for x, y, w, h in seen]
    return Detections(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(len(seen), score, np.float32),
        np.array(class_ids if class_ids is not None else [0] * len(seen), np.int64),
    )


def play(tracker: Tracker, looks: Iterable[tuple[float, Detections]]) -> list[Tracks]:
    return [tracker.update(detections, time_s) for time_s, detections in looks]


def ids(told: Iterable[Tracks]) -> set[int]:
    return {one for tracks in told for one in tracks.ids.tolist()}


def times(rate_hz: float, seconds: float) -> list[float]:
    return [look / rate_hz for look in range(int(seconds * rate_hz) + 1)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_walker_is_one_object_at_any_rate(rate_hz: int) -> None:
    told = play(
        Tracker(),
        ((t, found((100 + 60 * t, 300, 40, 100))) for t in times(rate_hz, 6)),
    )
    assert len(ids(told)) == 1
    assert len(told[-1]) == 1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_fast_car_is_one_object_at_any_rate(rate_hz: int) -> None:
    # Three of its own lengths a second: at two looks its boxes never touch.
    told = play(
        Tracker(),
        ((t, found((100 + 360 * t, 300, 120, 60))) for t in times(rate_hz, 4)),
    )
    assert len(ids(told)) == 1
    assert sum(len(tracks) > 0 for tracks in told) >= 4 * rate_hz - 0.25 * rate_hz - 1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_single_false_alarm_is_never_told(rate_hz: int) -> None:
    looks = [(t, found()) for t in times(rate_hz, 3)]
    looks[3] = (looks[3][0], found((300, 300, 40, 100)))
    assert not ids(play(Tracker(), looks))


def test_a_single_false_alarm_is_never_told_however_short_the_patience() -> None:
    looks = [(0.0, found()), (0.1, found((300, 300, 40, 100))), (0.2, found())]
    assert not ids(play(Tracker(patience=Patience(confirm_s=0.0)), looks))


def test_two_looks_with_a_gap_between_are_not_enough_and_three_are() -> None:
    post = found((300, 300, 40, 100))
    seen = (0.0, 0.2, 0.3)
    looks = [(t, post if t in seen else found()) for t in (0.0, 0.1, 0.2, 0.3)]
    told = play(Tracker(), looks)
    assert [len(tracks) for tracks in told] == [0, 0, 0, 1]


def test_a_look_in_vain_after_lost_frames_is_no_end_of_who_was_seen_twice() -> None:
    walker = found((300, 300, 40, 100), score=0.5)
    looks = [(0.0, walker), (0.2, walker), (0.65, found()), (0.85, walker)]
    twice = [ids([each]) for each in play(Tracker(), looks)]
    once = play(Tracker(), [*looks[1:], (1.05, walker)])

    assert twice[-1] == {1}
    assert ids(once) == set()


def test_who_was_seen_three_times_may_be_seen_badly_before_it_is_believed() -> None:
    def told(good: int) -> int:
        """Return to how many looks a walker was told, seen well at so many of nine."""
        looks = (
            (
                n / 25,
                found((100 + 20 * n, 300, 40, 100), score=0.6 if n < good else 0.3),
            )
            for n in range(9)
        )
        tracker = Tracker()
        return sum(len(tracks) > 0 for tracks in play(tracker, looks))

    assert told(good=3) > 0
    assert told(good=2) == 0


def test_who_is_seldom_seen_is_not_taken_for_one_far_away() -> None:
    """A lamp seen now and then is no car that sets off when a car is told elsewhere."""

    def fate(blink_s: float) -> tuple[int, int]:
        lamp, elsewhere = (660, 400, 170, 92), (510, 360, 170, 92)
        looks = [
            (t, found(*[lamp] * (t % 2 <= blink_s), score=0.6))
            for t in [look / 10 for look in range(81)]
        ]
        told = play(
            tracker := Tracker(),
            [*looks, *((8 + n / 10, found()) for n in range(1, 6))],
        )
        after = play(tracker, ((8.6 + n / 10, found(elsewhere)) for n in range(6)))
        return max(ids(told)), max(ids(after))

    lamp, other = fate(0.4)
    car, same = fate(2.0)
    assert lamp != other
    assert car == same


def test_an_object_is_told_with_the_place_where_it_was_first_seen() -> None:
    told = play(
        Tracker(), ((t, found((100 + 80 * t, 300, 40, 100))) for t in times(2, 2))
    )
    first = next(tracks for tracks in told if len(tracks))
    assert first.time_s == 0.5
    assert first.born_s.tolist() == [0.0]
    assert first.born_boxes[0].tolist() == [80, 200, 120, 300]


def test_a_low_score_keeps_a_track_but_begins_none() -> None:
    strong = [(t, found((100, 300, 40, 100))) for t in (-0.3, -0.2, -0.1)]
    weak = [(t, found((100, 300, 40, 100), score=0.2)) for t in times(10, 0.8)]
    assert not ids(play(Tracker(score_min=0.4), weak))
    told = play(Tracker(score_min=0.4), strong + weak)
    assert len(ids(told)) == 1
    assert len(told[-1]) == 1


def test_nobody_lives_on_low_scores_for_ever() -> None:
    looks = [(t - 1, found((100, 300, 40, 100))) for t in times(10, 0.9)]
    looks += [(t, found((100, 300, 40, 100), score=0.2)) for t in times(10, 12)]
    told = play(Tracker(score_min=0.4), looks)
    assert not len(told[-1])
    assert sum(len(tracks.ended_ids) for tracks in told) == 1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_an_object_hidden_for_a_second_comes_back_under_its_number(
    rate_hz: int,
) -> None:
    told = play(
        Tracker(),
        (
            (t, found() if 3 < t <= 4 else found((100 + 60 * t, 300, 40, 100)))
            for t in times(rate_hz, 7)
        ),
    )
    assert len(ids(told)) == 1
    assert len(told[-1]) == 1
    assert not any(len(tracks.ended_ids) for tracks in told)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_stands_still_is_awaited_for_as_long_as_it_has_stood(rate_hz: int) -> None:
    told = play(
        Tracker(),
        (
            (t, found() if 8 < t <= 14 else found((300, 300, 40, 100)))
            for t in times(rate_hz, 16)
        ),
    )
    assert len(ids(told)) == 1
    assert len(told[-1]) == 1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_who_appears_beside_one_that_stood_there_long_ago_is_another(
    rate_hz: int,
) -> None:
    told = play(
        Tracker(),
        (
            (t, found((300 if t <= 8 else 370, 300, 40, 100)))
            for t in times(rate_hz, 16)
            if t <= 8 or t > 11
        ),
    )
    assert len(ids(told)) == 2


def test_who_is_hidden_behind_another_that_walks_along_is_not_missed() -> None:
    told = play(
        Tracker(),
        (
            (
                t,
                found(
                    (100 + 60 * t, 300, 60, 110),
                    *[(110 + 60 * t, 296, 40, 100)] * (t <= 1 or t > 5),
                ),
            )
            for t in times(10, 7)
        ),
    )
    assert len(ids(told)) == 2
    assert len(told[-1]) == 2


def test_a_box_that_shrank_before_it_was_hidden_does_not_shrink_to_nothing() -> None:
    def seen(t: float) -> Detections:
        right = min(120 + 60 * t, 300)  # a van's edge
        left = 80 + 60 * t
        if right - left < 10:
            return found()
        return found(((left + right) / 2, 300, right - left, 100))

    def out(t: float) -> Detections:
        return found((100 + 60 * t, 300, 40, 100))

    told = play(
        Tracker(), ((t, seen(t) if t < 4 else out(t)) for t in times(10, 7) if t < 6)
    )
    assert len(ids(told)) == 1


def test_a_bus_told_as_two_for_a_while_is_one() -> None:
    def halves(x: float) -> Detections:
        return found((x - 90, 300, 220, 160), (x + 90, 300, 220, 160), class_ids=[2, 2])

    def whole(x: float) -> Detections:
        return found((x, 300, 400, 160), class_ids=[2])

    told = play(
        Tracker(classes=CLASSES),
        ((t, (halves if 2 < t <= 4 else whole)(300 + 100 * t)) for t in times(10, 6)),
    )
    assert len(ids(told)) == 1


def test_a_part_of_another_object_is_long_on_trial() -> None:
    def seen(t: float) -> Detections:
        bus = (300.0, 300.0, 400.0, 160.0)
        wheel = (350.0, 300.0, 100.0, 80.0)
        return found(
            bus, *[wheel] * (1 < t <= 1.8), class_ids=[2] * (1 + (1 < t <= 1.8))
        )

    told = play(Tracker(classes=CLASSES), ((t, seen(t)) for t in times(10, 3)))
    assert len(ids(told)) == 1


@pytest.mark.parametrize(("score", "looks"), [(0.99, 2), (0.7, 3), (0.42, 4)])
def test_the_surer_the_detector_the_sooner_an_object_is_believed(
    score: float, looks: int
) -> None:
    told = play(
        Tracker(score_min=0.4),
        ((t, found((300, 300, 40, 100), score=score)) for t in times(10, 1)),
    )
    assert [len(tracks) for tracks in told].index(1) == looks - 1


def test_flicker_at_every_second_look_is_still_an_object() -> None:
    told = play(
        Tracker(),
        (
            (t, found((100, 300, 40, 100)) if look % 2 == 0 else found())
            for look, t in enumerate(times(25, 3))
        ),
    )
    assert len(ids(told)) == 1


def test_two_who_meet_and_pass_keep_their_numbers() -> None:
    told = play(
        Tracker(),
        (
            (t, found((100 + 60 * t, 300, 40, 100), (400 - 60 * t, 306, 40, 100)))
            for t in times(10, 5)
        ),
    )
    assert len(ids(told)) == 2
    right = told[-1].boxes[:, 0].argmax()
    assert told[-1].ids[right] == told[5].ids[told[5].boxes[:, 0].argmin()]


@pytest.mark.parametrize("classes", [(), CLASSES], ids=["unnamed", "named"])
@pytest.mark.parametrize(
    ("one", "other"), [(CAR, TRUCK), (PERSON, BICYCLE)], ids=["car-truck", "rider"]
)
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_class_that_flips_breaks_no_track_and_the_majority_names_it(
    rate_hz: int, one: int, other: int, classes: tuple[str, ...]
) -> None:
    told = play(
        Tracker(classes=classes),
        (
            (
                t,
                found(
                    (100 + 60 * t, 300, 80, 80),
                    class_ids=[other if look % 3 == 2 else one],
                ),
            )
            for look, t in enumerate(times(rate_hz, 5))
        ),
    )
    assert len(ids(told)) == 1
    assert told[-1].class_ids.tolist() == [one]


def test_one_object_that_the_model_tells_twice_is_one() -> None:
    twice = (200.0, 300.0, 120.0, 80.0), (201.0, 300.0, 120.0, 81.0)
    told = play(
        Tracker(classes=CLASSES),
        ((t, found(*twice, class_ids=[CAR, TRUCK])) for t in times(10, 2)),
    )
    assert len(ids(told)) == 1


def test_a_person_does_not_become_the_car_behind() -> None:
    looks = [(t, found((200, 300, 160, 90), class_ids=[CAR])) for t in times(5, 2)] + [
        (2.2 + t, found((200, 300, 60, 90), class_ids=[PERSON])) for t in times(5, 2)
    ]
    told = play(Tracker(classes=CLASSES), looks)
    assert len(ids(told)) == 2


def test_an_end_is_told_once_and_only_of_those_who_were_told() -> None:
    looks = [(t, found((100, 300, 40, 100))) for t in times(10, 1)]
    looks.append((1.1, found((400, 300, 40, 100))))
    looks += [(1.2 + t, found()) for t in times(10, 4)]
    told = play(Tracker(), looks)
    ended = [one for tracks in told for one in tracks.ended_ids.tolist()]
    assert ended == list(ids(told))


@pytest.mark.parametrize(
    "jump_s", [300.0, -300.0], ids=["a gap of minutes", "footage begins afresh"]
)
def test_a_jump_in_time_gives_everybody_up(jump_s: float) -> None:
    tracker = Tracker()
    before = play(tracker, ((t, found((100, 300, 40, 100))) for t in times(10, 1)))
    after = play(
        tracker, ((jump_s + t, found((100, 300, 40, 100))) for t in times(10, 1))
    )
    assert after[0].ended_ids.tolist() == list(ids(before))
    assert not ids(before) & ids(after)


@pytest.mark.parametrize("step_s", [0.0, -0.05], ids=["stands still", "goes back"])
def test_a_stamp_that_does_not_rise_costs_nobody_the_number(step_s: float) -> None:
    stamps = [0.0, 0.1, 0.2, 0.3, 0.3 + step_s, 0.4, 0.5]
    told = play(Tracker(), ((t, found((100, 300, 40, 100))) for t in stamps))
    assert len(ids(told)) == 1
    assert len(told[-1]) == 1


def test_who_was_not_seen_is_not_told_even_if_the_stamp_stands_still() -> None:
    tracker = Tracker()
    play(tracker, ((t, found((100, 300, 40, 100))) for t in times(10, 1)))
    assert len(tracker.update(found(), 1.0)) == 0


@pytest.mark.parametrize("time_s", [float("nan"), float("inf")])
def test_a_time_that_is_no_number_is_refused(time_s: float) -> None:
    with pytest.raises(ValueError, match="want seconds"):
        Tracker().update(found(), time_s)


def test_a_class_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="has no name"):
        Tracker(classes=CLASSES).update(found((1, 2, 3, 4), class_ids=[9]), 0.0)


def test_boxes_without_an_area_are_left_out() -> None:
    bad = Detections(
        np.array(
            [[np.nan, 0, 9, 9], [5, 5, 5, 9], [9, 9, 1, 1], [0, 0, np.inf, 1]],
            np.float32,
        ),
        np.full(4, 0.9, np.float32),
        np.zeros(4, np.int64),
    )
    assert not ids(play(Tracker(), ((t, bad) for t in times(10, 1))))


def test_a_flood_of_detections_is_borne() -> None:
    rng = np.random.default_rng(5)
    low = rng.uniform(0, 900, (5000, 2))
    flood = Detections(
        np.concatenate([low, low + 30], axis=1).astype(np.float32),
        rng.uniform(0.5, 1, 5000).astype(np.float32),
        np.zeros(5000, np.int64),
    )
    told = play(Tracker(), ((t, flood) for t in times(10, 0.5)))
    assert len(told[-1]) <= 400


def test_numbers_are_never_given_twice_nor_kept_for_ever() -> None:
    tracker = Tracker(patience=Patience(awaited_s=0.5, stood_max_s=0.5))
    seen: set[int] = set()
    for visit in range(50):
        told = play(
            tracker,
            (
                (visit * 3 + t, found((100, 300, 40, 100)) if t < 1 else found())
                for t in times(10, 2.5)
            ),
        )
        assert len(ids(told)) == 1
        assert not ids(told) & seen
        seen |= ids(told)
        assert len(tracker._followed) == 0


@pytest.mark.parametrize("rate_hz", [10, 5, 2])
def test_real_people_are_followed_at_low_rates(data: object, rate_hz: int) -> None:
    rows = np.loadtxt(f"{data}/mot15/PETS09-S2L1/det.txt", delimiter=",")
    tracker = Tracker(score_min=0.5)
    told = []
    for frame in range(1, 796, 10 // rate_hz):
        here = rows[rows[:, 0] == frame]
        boxes = np.concatenate([here[:, 2:4], here[:, 2:4] + here[:, 4:6]], axis=1)
        detections = Detections(
            boxes.astype(np.float32),
            here[:, 6].astype(np.float32),
            np.zeros(len(here), np.int64),
        )
        told.append(tracker.update(detections, frame / 10))
    # 19 people come and go behind a lamp post and each other.
    assert 19 <= len(ids(told)) <= 75


LEFT_PART = np.array([[-np.inf, -np.inf, 400, np.inf]], np.float32)
RIGHT_PART = np.array([[300, -np.inf, np.inf, np.inf]], np.float32)


def test_a_track_that_nobody_looked_for_has_not_been_missed() -> None:
    tracker = Tracker()
    play(tracker, ((t, found((600, 300, 40, 100))) for t in times(10, 1)))
    away = [(1 + t, replace(found(), looked=LEFT_PART)) for t in times(10, 4)]

    told = play(tracker, away)
    [back] = play(tracker, [(5.1, found((600, 300, 40, 100)))])

    assert not ids(told)
    assert not any(len(tracks.ended_ids) for tracks in told)
    assert back.ids.tolist() == [1]


def test_a_track_that_is_looked_for_in_vain_ends() -> None:
    tracker = Tracker()
    play(tracker, ((t, found((600, 300, 40, 100))) for t in times(10, 1)))
    away = [(1 + t, replace(found(), looked=RIGHT_PART)) for t in times(10, 4)]

    told = play(tracker, away)

    assert sum(len(tracks.ended_ids) for tracks in told) == 1


def test_a_track_that_nobody_looks_for_any_more_ends_too() -> None:
    tracker = Tracker(patience=Patience(gap_s=5.0))
    play(tracker, ((t, found((600, 300, 40, 100))) for t in times(10, 1)))
    away = [(1 + t, replace(found(), looked=LEFT_PART)) for t in times(10, 6)]

    told = play(tracker, away)

    ended = [tracks.time_s for tracks in told if len(tracks.ended_ids)]
    assert len(ended) == 1
    assert ended[0] == pytest.approx(6.1)


def test_somebody_looked_for_at_every_third_look_is_followed_and_confirmed() -> None:
    """As though the camera gave a third of the frames."""
    looks = []
    for number, t in enumerate(times(10, 6)):
        here = found((500 + 20 * t, 300, 40, 100)) if number % 3 == 0 else found()
        part = RIGHT_PART if number % 3 == 0 else LEFT_PART
        looks.append((t, replace(here, looked=part)))

    told = play(Tracker(), looks)

    assert ids(told) == {1}
    assert sum(len(tracks) for tracks in told) >= 19
    assert not any(len(tracks.ended_ids) for tracks in told)


def test_whoever_is_found_is_there_even_where_nobody_was_expected() -> None:
    tracker = Tracker()
    looks = [(t, found((600, 300, 40, 100))) for t in times(10, 1)]
    looks.append((1.1, replace(found((600, 300, 40, 100)), looked=LEFT_PART)))

    told = play(tracker, looks)

    assert told[-1].ids.tolist() == [1]


def _pair(time_s: float, *, as_one: bool) -> Detections:
    """Return two who walk side by side, each 40 wide, 22 apart."""
    x = 100 + 60 * time_s
    if as_one:
        return found((x + 11, 300, 62, 100))
    return found((x, 300, 40, 100), (x + 22, 300, 40, 100))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_two_who_flow_into_one_box_are_told_as_two(rate_hz: int) -> None:
    told = play(
        Tracker(),
        ((t, _pair(t, as_one=2 < t < 6)) for t in times(rate_hz, 8)),
    )
    assert len(ids(told)) == 2
    assert all(len(tracks) == 2 for tracks in told[2 * rate_hz :])
    lefts = np.array([np.sort(tracks.boxes[:, 0]) for tracks in told[2 * rate_hz :]])
    since = np.array(times(rate_hz, 8)[2 * rate_hz :])
    assert lefts[:, 0] == pytest.approx(80 + 60 * since, abs=6)
    assert lefts[:, 1] == pytest.approx(102 + 60 * since, abs=6)


@pytest.mark.parametrize("rate_hz", [5, 10, 25])
def test_two_who_come_as_one_box_are_two_once_seen_apart(rate_hz: int) -> None:
    apart_s = 2 / rate_hz  # two looks, and one box again
    told = play(
        Tracker(),
        ((t, _pair(t, as_one=not 2 < t <= 2 + apart_s)) for t in times(rate_hz, 5)),
    )
    assert len(ids(told)) == 2
    assert len(told[-1]) == 2


def test_two_stay_two_however_long_they_are_one_box() -> None:
    told = play(Tracker(), ((t, _pair(t, as_one=t > 2)) for t in times(10, 30)))
    assert len(ids(told)) == 2


def test_a_reflection_far_from_another_seen_late_is_not_the_same() -> None:
    here, there = found((590, 300, 42, 104)), found((690, 300, 42, 104))
    looks = [
        (t, here if t < 1 else there if t >= 2.2 else found()) for t in times(10, 4)
    ]
    assert len(ids(play(Tracker(), looks))) == 2

"""Lines: who crossed, which way, how often."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.vision import Detections, Size, Tracks
from tallypost.vision.counting.events import Direction, LineCrossing, LinePassage
from tallypost.vision.counting.line import LineCounter, together
from tallypost.vision.tracking.tracker import Tracker
from tests.vision.counting.scenes import (
    SCENE,
    Place,
    Way,
    box,
    play,
    steps,
    tracks,
)

# Across the whole picture at half its height: forward is downward.
ACROSS = ((0.0, 0.5), (1.0, 0.5))
# The middle third of the same.
SHORT = ((0.33, 0.5), (0.67, 0.5))
UP, DOWN, ON = (500.0, 350.0), (500.0, 650.0), (500.0, 500.0)

Ends = tuple[tuple[float, float], tuple[float, float]]


def crossings(
    counter: LineCounter, told: Iterable[Tracks], scene: Size = SCENE
) -> list[LineCrossing]:
    """Return the crossings that a line tells of tracks."""
    return [e for e in play(counter, told, scene) if isinstance(e, LineCrossing)]


def counts(
    ways: Mapping[int, Way] | Way,
    ends: Ends = ACROSS,
    kind: type[LineCrossing] | type[LinePassage] = LineCrossing,
    **scene: object,
) -> tuple[int, int]:
    """Return how many crossed a line, or passed it, forward and backward."""
    counter = LineCounter(name="gate", start=ends[0], end=ends[1])
    ways = ways if isinstance(ways, Mapping) else {1: ways}
    directions = [
        event.direction
        for event in play(counter, tracks(ways, **scene))  # type: ignore[arg-type]
        if isinstance(event, kind)
    ]
    forward = directions.count(Direction.FORWARD)
    return forward, len(directions) - forward


def sway(depth: float, looks: int = 60, around: float = 500.0) -> list[Place]:
    return [(500.0, around + depth * np.sin(look * 1.7)) for look in range(looks)]


SCENES: dict[str, tuple[Way | Mapping[int, Way], Ends, tuple[int, int]]] = {
    "straight over": (steps(UP, DOWN), ACROSS, (1, 0)),
    "straight back": (steps(DOWN, UP), ACROSS, (0, 1)),
    "over and back": (steps(UP, DOWN, UP), ACROSS, (1, 1)),
    "over, back and over": (steps(UP, DOWN, UP, DOWN), ACROSS, (2, 1)),
    "in one jump": ([UP, UP, DOWN, DOWN], ACROSS, (1, 0)),
    "far beyond in one jump": ([(500, 50), (500, 980)], ACROSS, (1, 0)),
    "stops on the line, jitters, goes on": (
        steps(UP, ON) + sway(9) + steps(ON, DOWN),
        ACROSS,
        (1, 0),
    ),
    "stops on the line, jitters, turns back": (
        steps(UP, ON) + sway(9) + steps(ON, UP),
        ACROSS,
        (0, 0),
    ),
    "turns back a little beyond": (
        steps(UP, (500, 508), UP),
        ACROSS,
        (0, 0),
    ),
    "sways beside the line": (sway(9, around=480), ACROSS, (0, 0)),
    "sways on the line for ever": (sway(10, looks=400), ACROSS, (0, 0)),
    "touches the line and stays": (steps(UP, ON, ON), ACROSS, (0, 0)),
    "starts exactly on the line": (steps(ON, DOWN), ACROSS, (0, 0)),
    "starts exactly on the line, comes back over it": (
        steps(ON, DOWN, UP),
        ACROSS,
        (0, 1),
    ),
    "starts hard by the line, nobody knows on which side": (
        steps((500, 497), DOWN),
        ACROSS,
        (0, 0),
    ),
    "first seen beyond": (steps((500, 560), DOWN), ACROSS, (0, 0)),
    "ends a little beyond": (steps(UP, (500, 505)), ACROSS, (0, 0)),
    "ends beyond, not quite clear": (steps(UP, (500, 510)), ACROSS, (0, 0)),
    "ends clear": (steps(UP, (500, 515)), ACROSS, (1, 0)),
    "hidden while on the line": (
        [*steps(UP, (500, 470)), *[None] * 10, *steps((500, 540), DOWN)],
        ACROSS,
        (1, 0),
    ),
    "hidden on the line, comes out again": (
        [*steps(UP, (500, 470)), *[None] * 10, *steps((500, 460), UP)],
        ACROSS,
        (0, 0),
    ),
    "crosses between birth and confirmation": ([UP, DOWN, DOWN], ACROSS, (1, 0)),
    "three abreast": (
        {n: steps((400 + 50 * n, 350), (400 + 50 * n, 650)) for n in (1, 2, 3)},
        ACROSS,
        (3, 0),
    ),
    "opposite ways at once": (
        {1: steps(UP, DOWN), 2: steps((560, 650), (560, 350))},
        ACROSS,
        (1, 1),
    ),
    "along the line, within its jitter": (
        [(100 + 8 * n, 500 + 8 * np.sin(n)) for n in range(100)],
        ACROSS,
        (0, 0),
    ),
    "beside the end": (steps((200, 350), (200, 650)), SHORT, (0, 0)),
    "beyond the other end": (steps((800, 350), (800, 650)), SHORT, (0, 0)),
    "through the end point": (steps((330, 350), (330, 650)), SHORT, (1, 0)),
    "round the end": (
        steps((400, 400), (200, 400), (200, 600), (400, 600)),
        SHORT,
        (0, 0),
    ),
    "round the end, back over the line": (
        steps((400, 400), (200, 400), (200, 600), (400, 600), (400, 400)),
        SHORT,
        (0, 1),
    ),
    "over the line, back round the end, over again": (
        steps((400, 400), (400, 600), (200, 600), (200, 400), (400, 400), (400, 600)),
        SHORT,
        (2, 0),
    ),
    "slides along the line and leaves past its end": (
        steps((400, 400), (400, 497), each=10)
        + steps((400, 497), (800, 497), each=40)
        + steps((800, 503), (800, 650)),
        SHORT,
        (0, 0),
    ),
    "upright, to the right": (
        steps((350, 500), (650, 500)),
        ((0.5, 1.0), (0.5, 0.0)),
        (1, 0),
    ),
    "upright, drawn downward, to the right": (
        steps((350, 500), (650, 500)),
        ((0.5, 0.0), (0.5, 1.0)),
        (0, 1),
    ),
    "slanting": (steps((300, 700), (700, 300)), ((0.0, 0.0), (1.0, 1.0)), (0, 1)),
    "drawn the other way round": (steps(UP, DOWN), (ACROSS[1], ACROSS[0]), (0, 1)),
}


@pytest.mark.parametrize(("way", "ends", "expected"), SCENES.values(), ids=SCENES)
def test_a_scene_counts_as_anybody_would(
    way: Way | Mapping[int, Way], ends: Ends, expected: tuple[int, int]
) -> None:
    assert counts(way, ends) == expected


PASSAGES: dict[str, tuple[Way, Ends, tuple[int, int]]] = {
    "straight over": (steps(UP, DOWN), ACROSS, (1, 0)),
    "over and back": (steps(UP, DOWN, UP), ACROSS, (1, 1)),
    "turns back a little beyond": (steps(UP, (500, 508), UP), ACROSS, (1, 1)),
    "goes over only to tremble": (steps(UP, (500, 504), UP), ACROSS, (0, 0)),
    "stands on the line, trembling": (
        steps(UP, ON) + sway(5, looks=400) + steps(ON, UP),
        ACROSS,
        (0, 0),
    ),
    "sways over the line three times": (
        steps(UP, *[(500, 508), (500, 492)] * 3),
        ACROSS,
        (3, 3),
    ),
    "turns back beyond the end": (
        steps((200, 400), (200, 508), (200, 400)),
        SHORT,
        (0, 0),
    ),
}


@pytest.mark.parametrize(("way", "ends", "expected"), PASSAGES.values(), ids=PASSAGES)
def test_a_passage_is_told_even_if_it_is_taken_back(
    way: Way, ends: Ends, expected: tuple[int, int]
) -> None:
    assert counts(way, ends, LinePassage) == expected


def test_a_crossing_is_a_passage_first() -> None:
    counter = LineCounter(name="gate", start=ACROSS[0], end=ACROSS[1])
    first, second = play(counter, tracks({7: steps(UP, DOWN, each=60)}))
    assert isinstance(first, LinePassage)
    assert isinstance(second, LineCrossing)
    assert first.time_s < second.time_s
    assert first.crossed_s == second.crossed_s


@pytest.mark.parametrize("look_s", [0.5, 0.2, 0.1, 0.04], ids=["2", "5", "10", "25"])
def test_a_crossing_counts_once_at_any_rate(look_s: float) -> None:
    each = max(round(2 / look_s), 1)
    assert counts(steps(UP, DOWN, each=each), look_s=look_s) == (1, 0)


def test_an_unconfirmed_crossing_is_told_once_its_track_is_confirmed() -> None:
    assert counts(steps(UP, DOWN), confirmed_after=9) == (1, 0)


def test_who_is_only_thought_to_be_beyond_has_not_crossed() -> None:
    counter = LineCounter(name="gate", start=ACROSS[0], end=ACROSS[1])
    beside, beyond, *_ = tracks({1: [UP, DOWN]})
    braked = replace(beyond, seen_boxes=np.array([box(*ON)], np.float32))

    assert crossings(counter, [beside, braked]) == []
    assert len(crossings(counter, [replace(beyond, seen_boxes=beyond.boxes)])) == 1


def test_a_number_that_swaps_on_the_line_counts_once() -> None:
    # The track ends just before the line, another begins just after it, or on it.
    before, after = steps(UP, (500, 495)), steps((500, 505), DOWN)
    ways = {1: before, 2: [*[None] * len(before), *after]}
    assert sum(counts(ways)) <= 1
    over = steps(UP, (500, 520))
    ways = {1: over, 2: [*[None] * len(over), *steps((500, 524), DOWN)]}
    assert counts(ways) == (1, 0)


def test_only_the_wanted_classes_count_by_what_they_were_taken_for_most() -> None:
    counter = LineCounter(
        name="gate", start=ACROSS[0], end=ACROSS[1], classes=frozenset({2, 5})
    )
    ways = {n: steps((300 + 100 * n, 350), (300 + 100 * n, 650)) for n in range(4)}
    told = tracks(ways, class_ids={0: 0, 1: 2, 2: 5, 3: 7})
    assert [event.class_id for event in crossings(counter, told)] == [2, 5]


def test_a_crossing_tells_when_and_who() -> None:
    counter = LineCounter(name="gate", start=ACROSS[0], end=ACROSS[1])
    way = [(500.0, 440.0), (500.0, 480.0), (500.0, 520.0), (500.0, 560.0)]
    (event,) = crossings(counter, tracks({7: way}))
    assert (event.line, event.class_id, event.track_id) == ("gate", 0, 7)
    assert event.time_s == pytest.approx(0.2)
    assert event.crossed_s == pytest.approx(0.15)


def test_the_middle_of_the_box_crosses_later_than_the_feet() -> None:
    way = steps((500, 480), (500, 530))
    feet = LineCounter(name="a", start=ACROSS[0], end=ACROSS[1])
    middle = LineCounter(name="b", start=ACROSS[0], end=ACROSS[1], anchor="centre")
    assert len(crossings(feet, tracks({1: way}))) == 1
    assert len(crossings(middle, tracks({1: way}))) == 0


def test_another_picture_size_begins_afresh_and_counts_nobody() -> None:
    counter = LineCounter(name="gate", start=ACROSS[0], end=ACROSS[1])
    first, second = tracks({1: [UP, UP]}, lost_looks=0), tracks({1: [UP, UP]})
    assert not play(counter, first, Size(1000, 1000))
    assert not play(counter, second, Size(500, 500))


def test_nobody_is_remembered_who_was_given_up() -> None:
    counter = LineCounter(name="gate", start=ACROSS[0], end=ACROSS[1])
    for visit in range(30):
        play(counter, tracks({visit: steps(UP, DOWN), 1000 - visit: steps(DOWN, UP)}))
        assert len(counter._lines) == 0


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="gate: end is the same point"):
        LineCounter(name="gate", start=(0.5, 0.5), end=(0.5, 0.5))


walks = st.lists(
    st.tuples(st.floats(-120, 120), st.floats(-120, 120)), min_size=2, max_size=40
).map(lambda s: np.clip(500 + np.cumsum(s, axis=0), 0, 1000).tolist())


def as_way(walk: list[list[float]]) -> list[Place]:
    return [(x, y) for x, y in walk]


@given(walks)
@settings(deadline=None, max_examples=60)
def test_forward_less_backward_is_the_change_of_side(walk: list[list[float]]) -> None:
    forward, backward = counts(as_way(walk), ((-9.0, 0.5), (9.0, 0.5)))
    clear = [np.sign(y - 500) for _, y in walk if abs(y - 500) >= 12.5]
    first = np.sign(walk[0][1] - 500) if abs(walk[0][1] - 500) >= 6.5 else None
    if first is None or not clear or abs(walk[-1][1] - 500) < 12.5:
        return  # nobody knows which side it began on, or ended on
    assert forward - backward == (clear[-1] - first) / 2


@given(walks)
@settings(deadline=None, max_examples=60)
def test_a_line_drawn_the_other_way_round_swaps_the_directions(
    walk: list[list[float]],
) -> None:
    ends = (0.21, 0.32), (0.83, 0.74)
    forward, backward = counts(as_way(walk), ends)
    assert counts(as_way(walk), (ends[1], ends[0])) == (backward, forward)


@given(walks, st.sampled_from([2.0, 0.5, 4.0]))
@settings(deadline=None, max_examples=60)
def test_counts_do_not_depend_on_the_size_of_the_picture(
    walk: list[list[float]], scale: float
) -> None:
    def run(factor: float) -> list[tuple[Direction, float]]:
        counter = LineCounter(name="gate", start=(0.21, 0.32), end=(0.83, 0.74))
        size = Size(int(SCENE.width * factor), int(SCENE.height * factor))
        events = []
        for look in tracks({1: as_way(walk)}):
            look.boxes[...] *= factor
            look.born_boxes[...] *= factor
            events += [
                (e.direction, e.time_s) for e in crossings(counter, [look], size)
            ]
        return events

    assert run(scale) == run(1.0)


def test_no_lines_at_all_can_count_together() -> None:
    together([])


def test_lines_tell_together_what_each_tells_alone() -> None:
    def gates() -> list[LineCounter]:
        return [
            LineCounter(name="across", start=ACROSS[0], end=ACROSS[1]),
            LineCounter(name="short", start=SHORT[0], end=SHORT[1], anchor="centre"),
            LineCounter(
                name="slant",
                start=(0.2, 0.1),
                end=(0.7, 0.9),
                classes=frozenset({1}),
                clear_share=0.4,
            ),
        ]

    rng = np.random.default_rng(4)
    ways = np.clip(500 + np.cumsum(rng.normal(0, 60, (12, 60, 2)), axis=1), 0, 1000)
    looks = tracks(
        {n: as_way(way) for n, way in enumerate(ways.tolist())},
        class_ids={n: n % 2 for n in range(12)},
    )
    alone, joined = gates(), gates()
    together(joined)
    for look in looks:
        for one, other in zip(alone, joined, strict=True):
            assert one.update(look, SCENE) == other.update(look, SCENE)


@pytest.mark.parametrize("rate_hz", [2, 5, 10, 25])
@pytest.mark.parametrize("seed", range(5))
def test_tracker_and_line_together_count_through_noise_and_drop_outs(
    rate_hz: int, seed: int
) -> None:
    """Six people, 60 pixels a second: jitter, misses, low scores, a second hidden."""
    rng = np.random.default_rng(seed)
    tracker = Tracker(score_min=0.4)
    counter = LineCounter(name="gate", start=ACROSS[0], end=ACROSS[1])
    told = [0, 0]
    for look in range(12 * rate_hz):
        time_s = look / rate_hz
        boxes, scores = [], []
        for person in range(6):
            y = 200 + 60 * time_s if person % 2 else 900 - 60 * time_s
            hidden = person == 3 and 4.8 < time_s <= 5.6
            if hidden or rng.random() < 0.05:
                continue
            boxes.append(np.array(box(150 + 120 * person, y)) + rng.normal(0, 1.5, 4))
            scores.append(rng.choice([0.9, 0.25], p=[0.9, 0.1]))
        found = Detections(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.array(scores, np.float32),
            np.zeros(len(boxes), np.int64),
        )
        for event in crossings(counter, [tracker.update(found, time_s)]):
            told[event.direction is Direction.BACKWARD] += 1
    assert told == [3, 3]

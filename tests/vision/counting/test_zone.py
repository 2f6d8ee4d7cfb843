"""Zones: who came in, who went out, how long they stayed."""

from collections.abc import Mapping

import numpy as np
import pytest

from tallypost.domain.vision import Size
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.zone import ZoneCounter, together
from tests.vision.counting.scenes import LOOK_S, SCENE, Place, Way, play, steps, tracks

SQUARE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
OUT, IN, BEYOND = (200.0, 500.0), (500.0, 500.0), (800.0, 500.0)


def square(**options: object) -> ZoneCounter:
    return ZoneCounter(name="platform", polygon=SQUARE, **options)  # type: ignore[arg-type]


def counts(ways: Mapping[int, Way] | Way) -> tuple[int, int]:
    """Return how many came in and went out."""
    ways = ways if isinstance(ways, Mapping) else {1: ways}
    events = play(square(), tracks(ways))
    entries = sum(isinstance(event, ZoneEntry) for event in events)
    return entries, len(events) - entries


def dwelling(x: float, depth: float, looks: int) -> list[Place]:
    return [(x + depth * np.sin(look * 1.7), 500.0) for look in range(looks)]


SCENES: dict[str, tuple[Way | Mapping[int, Way], tuple[int, int]]] = {
    "through": (steps(OUT, BEYOND, each=40), (1, 1)),
    "in, stays, out": ([*steps(OUT, IN), *[IN] * 50, *steps(IN, OUT)], (1, 1)),
    "past": (steps((200, 700), (800, 700)), (0, 0)),
    "there from the start, never leaves": ([IN] * 30, (1, 1)),
    "there from the start, leaves": (steps(IN, OUT), (1, 1)),
    "lost inside": (steps(OUT, IN), (1, 1)),
    "hidden inside for a second": (
        [*steps(OUT, IN), *[None] * 10, *steps(IN, OUT)],
        (1, 1),
    ),
    "dwells on the border": (dwelling(400, 10, 200), (0, 0)),
    "comes from outside and dwells on the border": (
        [*steps(OUT, (395, 500)), *dwelling(400, 10, 200), *steps((395, 500), OUT)],
        (0, 0),
    ),
    "inside, dwells on the border, comes back": (
        [*steps(OUT, IN), *dwelling(400, 10, 200), *steps(IN, IN)],
        (1, 1),
    ),
    "jitters over the border for a look": (
        [*[IN] * 10, (395.0, 500.0), *[IN] * 10],
        (1, 1),
    ),
    "jitters in for a look": (
        [*[OUT] * 10, (405.0, 500.0), *[OUT] * 10],
        (0, 0),
    ),
    "stays just inside the border": (
        [*steps(OUT, (405, 500)), *[(405.0, 500.0)] * 20],
        (1, 1),
    ),
    "runs through in half a second": (steps(OUT, BEYOND, each=15), (1, 1)),
    "comes in and is lost at once": (steps(OUT, (440, 500)), (1, 1)),
    "comes in twice": ([*[OUT] * 9, *[IN] * 9, *[OUT] * 9, *[IN] * 9], (2, 2)),
    "two at once": ({1: steps(OUT, IN), 2: steps(BEYOND, IN)}, (2, 2)),
}


@pytest.mark.parametrize(("way", "expected"), SCENES.values(), ids=SCENES)
def test_a_scene_counts_as_anybody_would(
    way: Way | Mapping[int, Way], expected: tuple[int, int]
) -> None:
    assert counts(way) == expected


def test_a_stay_lasts_from_first_to_last_sight_inside() -> None:
    way = [*[OUT] * 10, *[IN] * 50, *[OUT] * 10]
    entry, left = play(square(), tracks({7: way}))
    assert isinstance(entry, ZoneEntry)
    assert isinstance(left, ZoneExit)
    assert (entry.zone, entry.track_id) == (left.zone, left.track_id) == ("platform", 7)
    assert entry.entered_s == pytest.approx(10 * LOOK_S)
    assert left.left_s == pytest.approx(59 * LOOK_S)
    assert left.dwell_s == pytest.approx(49 * LOOK_S)


def test_whoever_is_lost_inside_stayed_until_last_seen() -> None:
    _, left = play(square(), tracks({1: [IN] * 21}, lost_looks=15))
    assert isinstance(left, ZoneExit)
    assert left.dwell_s == pytest.approx(20 * LOOK_S)
    assert left.time_s > left.left_s


def test_a_stay_from_before_confirmation_counts_from_the_first_sight() -> None:
    entry, left = play(square(), tracks({1: [IN] * 21}, confirmed_after=5))
    assert isinstance(entry, ZoneEntry)
    assert isinstance(left, ZoneExit)
    assert entry.time_s == pytest.approx(0.5)
    assert left.dwell_s == pytest.approx(20 * LOOK_S)


def test_occupancy_tells_who_is_inside_now_by_class() -> None:
    zone = square()
    seen = []
    ways: dict[int, Way] = {1: [IN] * 30, 2: [OUT] * 10 + [IN] * 10 + [OUT] * 10}
    for look in tracks(ways, class_ids={1: 0, 2: 3}):
        zone.update(look, SCENE)
        seen.append(zone.occupancy)
    assert seen[0] == {}
    assert seen[5] == {0: 1}
    assert seen[18] == {0: 1, 3: 1}
    assert seen[28] == {0: 1}
    assert seen[-1] == {}


def test_somebody_hidden_inside_is_held_to_be_inside() -> None:
    zone = square()
    seen = []
    for look in tracks({1: [*[IN] * 10, *[None] * 10, *[IN] * 5]}):
        zone.update(look, SCENE)
        seen.append(zone.occupancy)
    assert seen[15] == {0: 1}


def test_several_zones_over_each_other_count_by_themselves() -> None:
    wide = ZoneCounter(name="wide", polygon=((0.3, 0.3), (0.7, 0.3), (0.5, 0.9)))
    told = list(tracks({1: [*[OUT] * 9, *[IN] * 9, *[OUT] * 9]}))
    assert len(play(square(), told)) == len(play(wide, told)) == 2


def test_only_the_wanted_classes_count() -> None:
    zone = square(classes=frozenset({2}))
    ways = {n: [*[OUT] * 9, *[IN] * 9, *[OUT] * 9] for n in range(3)}
    events = play(zone, tracks(ways, class_ids={0: 0, 1: 1, 2: 2}))
    assert [event.class_id for event in events] == [2, 2]


def test_whoever_goes_out_does_so_under_the_class_of_its_entry() -> None:
    zone = square()
    events = []
    for number, look in enumerate(tracks({1: [IN] * 20})):
        look.class_ids[...] = 5 if number > 10 else 1
        events += zone.update(look, SCENE)
    assert [event.class_id for event in events] == [1, 1]


def test_whoever_is_inside_is_there_under_the_class_of_its_entry() -> None:
    zone = square(classes=frozenset({1}))
    seen = []
    for number, look in enumerate(tracks({1: [IN] * 20})):
        look.class_ids[...] = 5 if number > 10 else 1
        zone.update(look, SCENE)
        seen.append(zone.occupancy)
    assert seen[5] == seen[12] == {1: 1}


def test_the_middle_of_the_box_may_be_inside_while_the_feet_are_not() -> None:
    way = [(500.0, 630.0)] * 20  # the middle is 45 pixels higher
    assert not play(square(), tracks({1: way}))
    assert len(play(square(anchor="centre"), tracks({1: way}))) == 2


def test_the_size_of_the_picture_changes_nothing() -> None:
    zone = square()
    events = []
    for look in tracks({1: [*[OUT] * 9, *[IN] * 9, *[OUT] * 9]}):
        look.boxes[...] /= 4
        look.born_boxes[...] /= 4
        events += zone.update(look, Size(250, 250))
    assert len(events) == 2


@pytest.mark.parametrize("look_s", [0.5, 0.2, 0.1, 0.04], ids=["2", "5", "10", "25"])
def test_a_visit_counts_once_at_any_rate(look_s: float) -> None:
    looks = round(3 / look_s)
    way = [*[OUT] * looks, *[IN] * looks, *[OUT] * looks]
    events = play(square(), tracks({1: way}, look_s=look_s))
    assert [type(event) for event in events] == [ZoneEntry, ZoneExit]


def test_nobody_is_remembered_who_was_given_up() -> None:
    zone = square()
    for visit in range(30):
        play(zone, tracks({visit: steps(OUT, IN), 1000 - visit: steps(IN, OUT)}))
        assert len(zone._zones) == 0
        assert zone.occupancy == {}


def test_a_polygon_of_two_corners_is_refused() -> None:
    with pytest.raises(ValueError, match="platform: polygon has 2 corners"):
        ZoneCounter(name="platform", polygon=SQUARE[:2])


def test_no_zones_at_all_can_count_together() -> None:
    together([])


def test_zones_tell_together_what_each_tells_alone() -> None:
    def yards() -> list[ZoneCounter]:
        triangle = ((0.1, 0.1), (0.9, 0.2), (0.5, 0.9))
        bend = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.5, 0.4), (0.2, 0.8))
        return [
            square(),
            ZoneCounter(name="triangle", polygon=triangle, anchor="centre"),
            ZoneCounter(name="bend", polygon=bend, classes=frozenset({1})),
            ZoneCounter(name="hasty", polygon=bend, settle_s=0.0, clear_share=0.0),
        ]

    rng = np.random.default_rng(4)
    walks = np.clip(500 + np.cumsum(rng.normal(0, 60, (12, 60, 2)), axis=1), 0, 1000)
    looks = list(
        tracks(
            {n: [(x, y) for x, y in walk] for n, walk in enumerate(walks.tolist())},
            class_ids={n: n % 2 for n in range(12)},
        )
    )
    alone, joined = yards(), yards()
    together(joined)
    for look in looks:
        for one, other in zip(alone, joined, strict=True):
            assert one.update(look, SCENE) == other.update(look, SCENE)
            assert one.occupancy == other.occupancy

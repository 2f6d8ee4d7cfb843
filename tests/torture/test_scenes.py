"""The set itself: each scene says what it is for, and can be judged."""

import pytest

from tests.torture.days import days, unwitnessed
from tests.torture.drawn import GATE, WALK, eastward, walker
from tests.torture.eye import looks
from tests.torture.language import Actor, Eye, Scene
from tests.torture.paths import across
from tests.torture.scenes import BY_NAME, SCENES
from tests.torture.truth import truth


def named(scene: Scene) -> str:
    return scene.name


def test_no_two_scenes_have_a_name_in_common() -> None:
    assert len(BY_NAME) == len(SCENES) >= 40


@pytest.mark.parametrize("scene", SCENES, ids=named)
def test_a_scene_says_what_goes_wrong_and_who_saw_it(scene: Scene) -> None:
    assert scene.why.endswith((".", '."'))
    assert scene.source.startswith(("https://", "found while"))
    assert all(scene.unknown.values())
    assert {10.0, 25.0} <= set(scene.rates_hz)


@pytest.mark.parametrize("scene", SCENES, ids=named)
def test_a_scene_has_a_truth_that_no_fine_print_decides(scene: Scene) -> None:
    told = truth(scene)

    assert told.effective.total() <= told.actual.total()
    assert all(count > 0 for count in told.effective.values())


@pytest.mark.parametrize("scene", SCENES, ids=named)
def test_a_scene_can_be_judged_at_the_slowest_rate_that_it_claims(scene: Scene) -> None:
    assert len(list(days(scene, min(scene.rates_hz), 1))) == 1


def street(*actors: Actor, eye: Eye | None = None) -> Scene:
    return Scene(
        name="one", why="", source="", actors=actors, lines=(GATE,), eye=eye or Eye()
    )


def test_a_day_that_hid_one_side_of_a_crossing_cannot_be_judged() -> None:
    seen = street(walker(eastward(500, WALK)))
    blind = street(walker(eastward(500, WALK)), eye=Eye(score=0.2))
    late = street(walker(across((634, 500), (1340, 500), WALK)))

    assert unwitnessed(seen, looks(seen, 10, 0), 10) == []
    assert len(unwitnessed(blind, looks(blind, 10, 0), 10)) == 3
    assert unwitnessed(late, looks(late, 10, 0), 10) == []  # crosses nothing for sure


def test_a_scene_that_no_day_can_show_is_refused() -> None:
    blind = street(walker(across((0, 500), (1280, 500), 5000)))

    with pytest.raises(ValueError, match=r"one: only 0 of 200 days .* at 2 Hz"):
        next(days(blind, 2, 1))

"""Who is looked at on which frame."""

from collections import Counter

import pytest

from tallypost.domain.vision import WHOLE, Region, Size
from tallypost.vision.gaze.interest import Interest
from tallypost.vision.gaze.turns import Turns, Whole

SCENE, FIT = Size(1280, 720), Size(320, 320)
LINE = Interest(((0.0, 0.5), (1.0, 0.5)), is_area=False)


def turns(looks_max: int, whole: Whole, zoom_min: float = 2.0) -> Turns:
    return Turns([LINE], fit=FIT, looks_max=looks_max, whole=whole, zoom_min=zoom_min)


@pytest.mark.parametrize("whole", ["always", "in turns", "never"])
@pytest.mark.parametrize("looks_max", [2, 3, 4, 5])
def test_no_frame_is_looked_at_oftener_than_allowed_and_all_get_their_turn(
    whole: Whole, looks_max: int
) -> None:
    gaze = turns(looks_max, whole)
    seen: Counter[Region | None] = Counter()

    for number in range(60):
        views = gaze.views(SCENE, number)
        assert 1 <= views.whole + len(views.regions) <= looks_max
        assert len(set(views.regions)) == len(views.regions)
        seen.update(views.regions)
        seen.update([None] * views.whole)

    regions = [seen[key] for key in seen if key is not None]
    assert max(regions) - min(regions) <= 1
    assert seen[None] == {"always": 60, "never": 0}.get(whole, seen[None])
    if whole == "in turns":
        assert abs(seen[None] - min(regions)) <= 1


def test_one_look_that_always_goes_to_the_whole_leaves_no_other() -> None:
    assert turns(1, "always").views(SCENE, 7) == WHOLE


def test_one_look_in_turns_sees_the_whole_then_each_region() -> None:
    gaze = turns(1, "in turns")

    views = [gaze.views(SCENE, number) for number in range(4)]

    assert [each.whole for each in views] == [True, False, False, False]
    assert len({each.regions for each in views}) == 4
    assert gaze.views(SCENE, 4) == views[0]


def test_a_scene_without_anything_to_look_closer_at_is_seen_whole() -> None:
    assert turns(4, "never").views(Size(100, 60), 3) == WHOLE


def test_regions_follow_the_scene_when_it_changes() -> None:
    gaze = turns(4, "always")
    wide = gaze.views(SCENE, 0)

    assert gaze.views(Size(720, 1280), 0) != wide
    assert gaze.views(SCENE, 0) == wide

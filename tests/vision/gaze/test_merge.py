"""One set of boxes from several looks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.vision import Detections, Region, Size
from tallypost.geometry import iou
from tallypost.vision.gaze.merge import merge

SCENE = Size(640, 480)
WHOLE = Region(0, 0, 640, 480)
LEFT, RIGHT = Region(0, 80, 360, 360), Region(280, 80, 360, 360)
PERSON, CAR, TRUCK = 0, 2, 3


def found(*rows: tuple[float, float, float, float, float, int]) -> Detections:
    """Rows of x1 y1 x2 y2 score class."""
    table = np.array(rows, np.float64).reshape(-1, 6)
    return Detections(
        table[:, :4].astype(np.float32),
        table[:, 4].astype(np.float32),
        table[:, 5].astype(np.int64),
    )


def seen_in(region: Region, *boxes: tuple[float, float, float, float]) -> Detections:
    """What a perfect detector tells of persons in the scene, cut by the region."""
    rows = []
    for x1, y1, x2, y2 in boxes:
        left, right = max(x1 - region.left, 0), min(x2 - region.left, region.width)
        top, bottom = max(y1 - region.top, 0), min(y2 - region.top, region.height)
        if right > left and bottom > top:
            rows.append((left, top, right, bottom, 0.9, PERSON))
    return found(*rows)


def merged(*boxes: tuple[float, float, float, float]) -> Detections:
    looks = (WHOLE, LEFT, RIGHT)
    return merge([(look, seen_in(look, *boxes)) for look in looks], SCENE)


def test_somebody_in_two_regions_and_the_whole_counts_once() -> None:
    told = merged((300, 200, 330, 280))

    assert len(told) == 1
    assert told.boxes[0].tolist() == pytest.approx([300, 200, 330, 280])


@pytest.mark.parametrize("x", [265, 275, 279, 285, 330, 345, 355, 359])
def test_whoever_a_border_cuts_is_told_by_the_look_that_sees_them_whole(
    x: float,
) -> None:
    told = merged((x, 200, x + 20, 260))

    assert told.boxes == pytest.approx(np.array([[x, 200, x + 20, 260]]))


def test_half_a_person_is_nobody_where_no_look_sees_the_other_half() -> None:
    told = merge([(RIGHT, seen_in(RIGHT, (270, 200, 300, 280)))], SCENE)

    assert len(told) == 0


def test_what_the_pictures_own_border_cuts_is_told() -> None:
    told = merge([(LEFT, seen_in(LEFT, (-10, 200, 20, 280)))], SCENE)

    assert told.boxes.tolist() == [[0, 200, 20, 280]]


def test_two_neighbours_stay_two() -> None:
    told = merged((300, 200, 330, 280), (318, 204, 348, 284))

    assert len(told) == 2


def test_a_neighbour_that_only_one_look_has_found_stays() -> None:
    """The two overlap by 0.44, as two boxes of one object from two looks may."""
    boxes = (100.0, 200.0, 140.0, 280.0), (115.5, 200.0, 155.5, 280.0)
    both = seen_in(LEFT, *boxes)

    assert len(merge([(WHOLE, seen_in(WHOLE, boxes[0])), (LEFT, both)], SCENE)) == 2
    assert len(merge([(WHOLE, seen_in(WHOLE)), (LEFT, both)], SCENE)) == 2


def test_boxes_of_one_look_are_never_weighed_against_each_other() -> None:
    crowd = found((10, 10, 50, 90, 0.9, PERSON), (12, 12, 52, 92, 0.8, PERSON))

    assert len(merge([(LEFT, crowd), (RIGHT, found())], SCENE)) == 2


def test_boxes_of_one_object_become_their_mean_by_score() -> None:
    near = found((20, 120, 50, 200, 0.9, PERSON))
    far = found((23, 203, 53, 283, 0.45, PERSON))

    told = merge([(WHOLE, far), (LEFT, near)], SCENE)

    assert told.scores.tolist() == pytest.approx([0.9])
    assert told.boxes[0].tolist() == pytest.approx([21, 201, 51, 281])


def test_a_neighbour_does_not_draw_a_box_to_itself() -> None:
    """Each is found by two looks, and they overlap by more than a half."""
    boxes = (100.0, 200.0, 140.0, 280.0), (108.0, 200.0, 148.0, 280.0)

    told = merge([(look, seen_in(look, *boxes)) for look in (WHOLE, LEFT)], SCENE)

    assert np.sort(told.boxes, axis=0) == pytest.approx(np.array(boxes))


def test_a_part_within_another_looks_box_is_no_second_object() -> None:
    car = found((100, 200, 200, 260, 0.8, CAR))
    bonnet = found((105, 125, 145, 175, 0.6, CAR))

    assert len(merge([(WHOLE, car), (LEFT, bonnet)], SCENE)) == 1


def test_a_car_that_is_a_truck_in_another_look_is_one_thing() -> None:
    car = found((100, 200, 200, 260, 0.8, CAR))
    truck = found((102, 122, 200, 180, 0.6, TRUCK))

    told = merge([(WHOLE, car), (LEFT, truck)], SCENE)

    assert told.boxes.tolist() == car.boxes.tolist()
    assert told.class_ids.tolist() == [CAR]


def test_a_rider_and_what_carries_them_stay_two() -> None:
    rider = found((100, 200, 140, 290, 0.8, PERSON))
    bicycle = found((98, 160, 145, 218, 0.7, 1))

    assert len(merge([(WHOLE, rider), (LEFT, bicycle)], SCENE)) == 2


def test_what_was_looked_at_ends_before_inner_borders_and_nowhere_else() -> None:
    told = merge([(LEFT, found()), (RIGHT, found())], SCENE)

    assert told.looked is not None
    assert told.looked == pytest.approx(
        np.array([[-np.inf, 87.2, 352.8, 432.8], [287.2, 87.2, np.inf, 432.8]])
    )


def test_a_look_at_the_whole_looks_for_everybody() -> None:
    told = merge([(Region(0, 0, 641, 480), found())], Size(642, 481))

    assert told.looked is not None
    assert np.isinf(told.looked).all()


CORNERS = st.tuples(
    st.floats(0, 600), st.floats(0, 400), st.floats(8, 60), st.floats(8, 60)
)


@settings(deadline=None)
@given(st.lists(CORNERS, max_size=12))
def test_nobody_is_told_oftener_than_a_whole_look_tells_them(
    corners: list[tuple[float, float, float, float]],
) -> None:
    boxes = [(x, y, x + w, y + h) for x, y, w, h in corners]

    told = merged(*boxes)

    whole = seen_in(WHOLE, *boxes)
    assert len(told) <= len(whole)
    if len(told):
        assert iou(told.boxes, whole.boxes).max(axis=1).min() > 0.6

"""Which truth can be known at which rate is a fact that the oracle finds."""

import pytest

from tests.torture.days import days
from tests.torture.drawn import GATE, WALK, YARD, eastward, walker
from tests.torture.eye import looks
from tests.torture.language import Actor, Eye, Occluder, Scene
from tests.torture.oracle import foreseen
from tests.torture.paths import Wait, way
from tests.torture.scenes import SCENES
from tests.torture.truth import Crossing, Membership, truth

SLOW_HZ = (5.0, 2.0)
"""The rates at which a truth may be out of reach."""
DAYS = 5
"""On so many days each scene is tried."""
TWO_STORIES = {("reflections on both sides of the line", 2.0)}
"""Where what was seen fits another story as well: the oracle is told which is true."""


def known(scene: Scene, rate_hz: float) -> bool:
    """Return whether the oracle counts a scene exactly on most days."""
    true = truth(scene)
    try:
        tried = list(days(scene, rate_hz, DAYS))
    except ValueError:  # hardly any day shows enough
        return False
    told = [foreseen(scene, day.looks) for day in tried]
    exact = [
        (each.crossings, each.entries, each.exits)
        == (true.effective, true.entries, true.exits)
        for each in told
    ]
    return 2 * sum(exact) > DAYS


@pytest.mark.parametrize("rate_hz", SLOW_HZ, ids="{:g} Hz".format)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_truth_is_said_to_be_out_of_reach_where_even_the_oracle_errs(
    scene: Scene, rate_hz: float
) -> None:
    in_reach = known(scene, rate_hz) and (scene.name, rate_hz) not in TWO_STORIES

    assert in_reach == (rate_hz not in scene.unknown)


def test_the_oracle_knows_whose_a_box_of_two_and_two_boxes_of_one_are() -> None:
    scene = Scene(
        name="one",
        why="",
        source="",
        actors=(
            walker(eastward(600, WALK)),
            walker(eastward(596, WALK).moved(dx=20)),
            Actor(label="bus", way=eastward(400, 220, wide=220), split=0.9),
        ),
        lines=(GATE,),
        eye=Eye(merge=0.9),
    )
    told = foreseen(scene, looks(scene, 10, 0))

    assert told.crossings == {
        Crossing("gate", "forward", "person"): 2,
        Crossing("gate", "forward", "bus"): 1,
    }


def test_the_oracle_waits_for_who_is_hidden_and_sees_who_is_gone() -> None:
    van = Occluder(box=(300, 300, 1000, 700))
    scene = Scene(
        name="one",
        why="",
        source="",
        actors=(walker(eastward(600, WALK)),),
        lines=(GATE,),
        zones=(YARD,),
        occluders=(van,),
    )
    behind = foreseen(scene, looks(scene, 10, 0))
    yard = Membership("yard", "person")
    door = Scene(
        name="one",
        why="",
        source="",
        actors=(walker(way(600, 560, Wait(4))),),
        zones=(YARD,),
    )
    gone = foreseen(door, looks(door, 10, 0))

    assert behind.crossings == {Crossing("gate", "forward", "person"): 1}
    assert behind.entries == {}  # nobody saw them there
    assert (gone.entries[yard], gone.exits[yard]) == (1, 1)


def test_the_oracle_sees_no_more_than_is_told() -> None:
    dim = Scene(
        name="one",
        why="",
        source="",
        actors=(walker(eastward(600, WALK)),),
        lines=(GATE,),
        eye=Eye(score=0.1, alarms=0.3),
    )

    assert foreseen(dim, looks(dim, 10, 0)).crossings == {}

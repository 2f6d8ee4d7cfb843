"""What really happened, by hand-made ways whose answer anybody sees."""

import pytest

from tests.torture.drawn import GATE, KERB, YARD, walker
from tests.torture.language import Line, Scene, Zone
from tests.torture.paths import Go, Place, Wait, Way, way
from tests.torture.truth import Crossing, Membership, truth, visits


def going(*places: Place) -> Way:
    return way(*places[0], *(Go(*place, 100) for place in places[1:]))


def crossings(ways: Way, line: Line = GATE) -> tuple[int, int, int]:
    """Return forward and backward effective crossings, and all actual ones."""
    told = truth(
        Scene(name="one", why="", source="", actors=(walker(ways),), lines=(line,))
    )
    forward = told.effective[Crossing(line.name, "forward", "person")]
    backward = told.effective[Crossing(line.name, "backward", "person")]
    assert forward + backward == told.effective.total()
    return forward, backward, told.actual.total()


SHORT = Line(name="short", start=(640, 600), end=(640, 400))
WAYS: dict[str, tuple[Way, Line, tuple[int, int, int]]] = {
    "to the right": (going((100, 500), (900, 500)), GATE, (1, 0, 1)),
    "to the left": (going((900, 500), (100, 500)), GATE, (0, 1, 1)),
    "down": (going((100, 200), (100, 700)), KERB, (1, 0, 1)),
    "up": (going((100, 700), (100, 200)), KERB, (0, 1, 1)),
    "there and back": (going((100, 500), (900, 500), (100, 500)), GATE, (1, 1, 2)),
    "a step over it": (going((100, 500), (645, 500), (100, 500)), GATE, (0, 0, 2)),
    "three steps on the line": (
        going((100, 500), (645, 500), (635, 500), (900, 500)),
        GATE,
        (1, 0, 3),
    ),
    "never over it": (going((100, 500), (630, 500), (100, 500)), GATE, (0, 0, 0)),
    "past its end": (going((100, 650), (900, 650)), SHORT, (0, 0, 0)),
    "round its end and back over it": (
        going((500, 500), (500, 700), (800, 700), (800, 500), (500, 500)),
        SHORT,
        (0, 1, 1),
    ),
    "over, round its end, over again": (
        going((500, 500), (800, 500), (800, 700), (500, 700), (500, 500), (800, 500)),
        SHORT,
        (2, 0, 2),
    ),
    "from nowhere clear": (going((635, 500), (900, 500)), GATE, (0, 0, 1)),
    "to nowhere clear": (going((100, 500), (645, 500)), GATE, (0, 0, 1)),
    "from nowhere clear, back over it": (
        going((635, 500), (900, 500), (100, 500)),
        GATE,
        (0, 1, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ways", "line", "expected"), WAYS.values(), ids=WAYS)
def test_a_way_crosses_as_anybody_would_say(
    ways: Way, line: Line, expected: tuple[int, int, int]
) -> None:
    assert crossings(ways, line) == expected


def test_a_scene_whose_truth_hangs_on_fine_print_is_refused() -> None:
    with pytest.raises(ValueError, match="one: whether person 0 has crossed gate"):
        crossings(going((100, 500), (655, 500), (100, 500)))


STAYS: dict[str, tuple[Way, int, int, float]] = {
    "through": (going((100, 500), (1200, 500)), 1, 1, 4.8),
    "never inside": (going((100, 200), (1200, 200)), 0, 0, 0.0),
    "twice": (going((100, 500), (600, 500), (100, 500), (600, 500)), 2, 2, 6.0),
    "a foot over the border": (going((100, 500), (405, 500), (100, 500)), 0, 0, 0.0),
    "a foot out of it": (
        going((100, 500), (600, 500), (395, 500), (600, 500), (100, 500)),
        1,
        1,
        8.1,
    ),
    "appears and vanishes inside": (way(600, 500, Wait(3)), 1, 1, 3.0),
    "close to the border all the time": (way(405, 500, Wait(3)), 1, 1, 3.0),
}


@pytest.mark.parametrize(
    ("ways", "entries", "exits", "stay_s"), STAYS.values(), ids=STAYS
)
def test_a_way_stays_as_long_as_anybody_would_say(
    ways: Way, entries: int, exits: int, stay_s: float
) -> None:
    told = truth(
        Scene(name="one", why="", source="", actors=(walker(ways),), zones=(YARD,))
    )
    key = Membership("yard", "person")

    assert (told.entries[key], told.exits[key]) == (entries, exits)
    assert told.presence_s.get(key, 0.0) == pytest.approx(stay_s, abs=0.1)


def test_who_is_still_there_at_the_end_has_not_gone_out() -> None:
    scene = Scene(
        name="one",
        why="",
        source="",
        actors=(walker(way(600, 500, Wait(60))),),
        zones=(YARD,),
        lasts_s=10.0,
    )
    told = truth(scene)

    assert (told.entries.total(), told.exits.total()) == (1, 0)
    assert sum(told.presence_s.values()) == pytest.approx(10.0, abs=0.05)


def test_only_the_wanted_classes_are_told() -> None:
    cars = Zone(name="yard", polygon=YARD.polygon, classes=("car",))
    gate = Line(name="gate", start=GATE.start, end=GATE.end, classes=("car",))
    scene = Scene(
        name="one",
        why="",
        source="",
        actors=(walker(going((100, 500), (900, 500))),),
        lines=(gate,),
        zones=(cars,),
    )

    assert truth(scene).effective.total() == truth(scene).entries.total() == 0


def test_a_visit_begins_and_ends_where_the_border_is() -> None:
    someone = walker(going((100, 500), (1200, 500)))
    scene = Scene(name="one", why="", source="", actors=(someone,), zones=(YARD,))

    assert visits(scene, someone, YARD) == [pytest.approx((3.0, 7.8), abs=0.02)]

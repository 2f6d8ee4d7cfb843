"""Scenes of those who are hidden, and of those who are taken for each other."""

from tests.torture.drawn import (
    DRIVE,
    GATE,
    RIDE,
    WALK,
    car,
    crowd,
    eastward,
    stream,
    walker,
    westward,
)
from tests.torture.language import Actor, Eye, Line, Occluder, Scene
from tests.torture.paths import Go, Wait, across, way

_CROSSING = "https://github.com/ultralytics/ultralytics/issues/14291"
_OURS = "found while building this set"
_CARS = Line(name="cars", start=GATE.start, end=GATE.end, classes=("car",))
_PEOPLE = Line(name="people", start=GATE.start, end=GATE.end, classes=("person",))
_HIGH_BUS = (560, 330)
"""A double-decker near the camera: it hides whole walkers behind it."""


def _group(y: float, east: bool, begins_s: float = 0.0) -> tuple[Actor, ...]:
    """Return five who walk together, half beside and half behind each other."""
    onto = eastward if east else westward
    places = ((0, 0), (46, 4), (14, -16), (62, -13), (100, 2))
    return tuple(
        walker(onto(y, WALK, begins_s=begins_s).moved(dx, dy)) for dx, dy in places
    )


SCENES = (
    Scene(
        name="behind a pole on the line",
        why="The pole stands where the line was drawn, as poles do.",
        source="https://github.com/roboflow/supervision/pull/1540",
        actors=(
            walker(eastward(540, WALK)),
            walker(westward(620, WALK, begins_s=2)),
            car(eastward(660, 300, begins_s=9)),
        ),
        lines=(GATE,),
        occluders=(Occluder(box=(615, 0, 665, 700)),),
    ),
    Scene(
        name="behind a parked van on the line",
        why="Two seconds out of sight, and out on the other side.",
        source="https://github.com/roboflow/supervision/issues/1855",
        actors=(
            walker(eastward(520, WALK)),
            walker(westward(500, WALK, begins_s=6)),
        ),
        lines=(GATE,),
        occluders=(Occluder(box=(555, 360, 725, 640)),),
    ),
    Scene(
        name="a bus passes in front on the line",
        why="A second out of sight while another crosses in front.",
        source="https://github.com/roboflow/supervision/issues/1855",
        actors=(
            walker(eastward(540, WALK)),
            Actor(
                label="bus",
                way=across((1600, 715), (-320, 715), 400, begins_s=6.2),
                size=_HIGH_BUS,
            ),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="goes behind the bus and turns back",
        why="Hidden on the line, and out again where they came from.",
        source=_OURS,
        actors=(
            walker(way(-60, 520, Go(590, 520, WALK), Wait(0.8), Go(-60, 520, WALK))),
        ),
        lines=(GATE,),
        occluders=(Occluder(box=(570, 330, 800, 640)),),
    ),
    Scene(
        name="change places on the line",
        why="Two who meet on the line, one behind the other: no one turned back.",
        source=_CROSSING,
        actors=(
            walker(eastward(560, WALK)),
            walker(westward(566, WALK)),
            walker(eastward(670, WALK, begins_s=6)),
            walker(westward(662, WALK * 1.2, begins_s=8.3)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="overtakes on the line",
        why="A second behind the slower one, on the line.",
        source=_CROSSING,
        actors=(
            walker(eastward(570, 60)),
            walker(eastward(560, 110, begins_s=5.53)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="six abreast",
        why="Several who cross together are missed.",
        source=_CROSSING,
        actors=(
            *(walker(eastward(470 + 45 * n, WALK)) for n in range(6)),
            *(walker(westward(450 + 50 * n, WALK, begins_s=12)) for n in range(6)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="a group of five",
        why="Boxes that hide a half of each other all the way.",
        source=_CROSSING,
        actors=(*_group(600, east=True), *_group(660, east=False, begins_s=8)),
        lines=(GATE,),
    ),
    Scene(
        name="two walkers told as one at the line",
        why="Their boxes flow together half of the time.",
        source="https://github.com/opendatacam/opendatacam/issues/87",
        actors=(
            walker(eastward(600, WALK)),
            walker(eastward(592, WALK).moved(dx=19)),
        ),
        lines=(GATE,),
        eye=Eye(merge=0.5),
    ),
    Scene(
        name="opposite streams meet on the line",
        why="A zebra crossing when the light turns green.",
        source=_CROSSING,
        actors=(
            *(walker(eastward(450 + 40 * n, WALK + 4 * n)) for n in range(6)),
            *(walker(westward(466 + 40 * n, WALK + 3 * n)) for n in range(6)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="forty on a zebra crossing",
        why="A crowd in both directions, some of it hidden at any moment.",
        source=_CROSSING,
        actors=crowd(40, 3, lasts_s=30),
        lines=(GATE,),
    ),
    Scene(
        name="a bicycle and its rider",
        why="Two boxes on one way, and one road user; each may be the other's.",
        source="https://github.com/roboflow/supervision/issues/87",
        actors=(
            Actor(label="bicycle", way=eastward(600, RIDE)),
            Actor(label="person", way=eastward(580, RIDE), rides=True),
            Actor(label="bicycle", way=westward(680, RIDE * 0.8, begins_s=5)),
            Actor(
                label="person", way=westward(660, RIDE * 0.8, begins_s=5), rides=True
            ),
            walker(eastward(480, WALK, begins_s=1)),
        ),
        lines=(
            GATE,
            Line(name="bicycles", start=GATE.start, end=GATE.end, classes=("bicycle",)),
        ),
    ),
    Scene(
        name="a person where a car was",
        why="A number that goes on in another class mixes the counters.",
        source="https://github.com/roboflow/supervision/pull/1868",
        actors=(
            car(way(-90, 620, Go(560, 600, 300, 60), Wait(4))),
            walker(way(566, 610, Wait(0.5), Go(1340, 610, WALK)).moved(later_s=8.5)),
            walker(way(1340, 660, Go(720, 660, WALK)).moved(later_s=3)),
            car(way(740, 650, Wait(1.5), Go(-90, 640, 60, 300)).moved(later_s=10.8)),
        ),
        lines=(_CARS, _PEOPLE),
    ),
    Scene(
        name="car or truck",
        why="A van is a truck for a quarter of the time, also on the line.",
        source="https://github.com/roboflow/supervision/issues/752",
        actors=tuple(
            Actor(
                label="car",
                way=eastward(600, 250, begins_s=6.0 * n),
                size=(200, 120),
                taken_for={"truck": 0.22},
            )
            for n in range(4)
        ),
        lines=(
            _CARS,
            Line(name="trucks", start=GATE.start, end=GATE.end, classes=("truck",)),
        ),
    ),
    Scene(
        name="a bus told as two",
        why="Both halves of a long vehicle look like one.",
        source=_OURS,
        actors=(
            Actor(label="bus", way=eastward(620, 220, wide=220), split=0.3),
            Actor(label="bus", way=westward(520, 220, begins_s=9, wide=220), split=0.3),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="a long truck",
        why="Half the picture long: its foot is far from both its ends.",
        source=_OURS,
        actors=(
            Actor(
                label="truck",
                way=eastward(640, 260, wide=360),
                size=(700, 190),
                split=0.15,
                taken_for={"bus": 0.1},
            ),
            car(eastward(660, 260, begins_s=6)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="thirty-two cars in four lanes",
        why="Near lanes hide the wheels of far ones.",
        source="https://github.com/opendatacam/opendatacam/issues/87",
        actors=(
            *stream(8, 430, 290, gap_s=1.9, label="car", east=False),
            *stream(8, 500, 310, gap_s=2.1, label="car", east=False, begins_s=0.6),
            *stream(8, 590, 330, gap_s=1.8, label="car", begins_s=0.3),
            *stream(8, 680, 300, gap_s=2.0, label="car", begins_s=1.1),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="motorcycles filter through the queue",
        why="Between standing cars, half hidden, over the line.",
        source=_OURS,
        actors=(
            *(car(way(150 + 200 * n, 600, Wait(22))) for n in range(6)),
            *(car(way(130 + 200 * n, 700, Wait(22))) for n in range(6)),
            Actor(label="motorcycle", way=eastward(640, 180, begins_s=1)),
            Actor(label="motorcycle", way=eastward(645, 210, begins_s=7)),
            Actor(label="motorcycle", way=eastward(638, 160, begins_s=11)),
        ),
        lines=(
            Line(
                name="two-wheelers",
                start=GATE.start,
                end=GATE.end,
                classes=("bicycle", "motorcycle"),
            ),
        ),
        lasts_s=26.0,
    ),
    Scene(
        name="walkers behind passing cars",
        why="A pavement seen across the road.",
        source="https://github.com/opendatacam/opendatacam/issues/655",
        actors=(
            *stream(5, 460, WALK, gap_s=2.5),
            *stream(8, 545, DRIVE, gap_s=2.4, label="car", begins_s=5),
        ),
        lines=(GATE,),
    ),
)

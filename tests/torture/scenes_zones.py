"""Scenes of zones: who comes in, who is in, for how long."""

from tallypost.domain.vision import Size
from tests.torture.drawn import (
    DRIVE,
    WALK,
    YARD,
    car,
    eastward,
    parked,
    stream,
    walker,
    westward,
)
from tests.torture.language import Actor, Alarm, Eye, Scene, Zone
from tests.torture.paths import Go, Sway, Wait, Way, across, way

_BORDER = "https://github.com/blakeblackshear/frigate/issues/238"
_DWELL = "https://github.com/roboflow/supervision/issues/1855"
_POLYGON = "https://github.com/ultralytics/ultralytics/issues/25103"
_OURS = "found while building this set"
_BAYS = Zone(name="bays", polygon=((300, 440), (1000, 440), (1000, 610), (300, 610)))
_WEST = Zone(name="west", polygon=((100, 400), (640, 400), (640, 700), (100, 700)))
_EAST = Zone(name="east", polygon=((640, 400), (1180, 400), (1180, 700), (640, 700)))
_PLATFORM = Zone(
    name="platform", polygon=((80, 330), (1200, 330), (1200, 560), (80, 560))
)


def _waits(
    x: float, y: float, wait_s: float, *, comes_s: float = 0.0, east: bool = True
) -> Way:
    """Return the way of one who comes in, waits and leaves on the other side."""
    first, last = (-60.0, 1340.0) if east else (1340.0, -60.0)
    return way(
        first,
        y,
        Go(x, y, WALK),
        Sway(3, 1, 3.0, times=max(int(wait_s / 3), 1)),
        Go(last, y, WALK),
        begins_s=comes_s,
    )


def _platform() -> tuple[Actor, ...]:
    """Return twelve who come from a stair, wait, and leave by train or stair."""
    passengers = []
    for number in range(12):
        x, y = 200 + 75.0 * number, 400 + 22.0 * (number % 6)
        goes = Go(x, 250, WALK) if number % 4 else Go(1330, y, WALK)
        wait_s = 20 - number
        passengers.append(
            walker(
                way(
                    -60,
                    y,
                    Go(x, y, WALK),
                    Sway(3, 1, 3.0, times=max(wait_s // 3, 1)),
                    goes,
                    begins_s=1.4 * number,
                )
            )
        )
    return tuple(passengers)


def _square(size: Size) -> Scene:
    return Scene(
        name=f"a yard in pictures of {size}",
        why="Zones break when the stream's resolution changes.",
        source="https://github.com/blakeblackshear/frigate/issues/6309",
        actors=(
            walker(_waits(600, 560, 8)),
            walker(_waits(700, 640, 5, comes_s=4, east=False)),
            car(eastward(520, 250, begins_s=3)),
        ),
        zones=(YARD,),
        picture=size,
    )


SCENES = (
    Scene(
        name="through the yard both ways",
        why="Both directions counted as out; one counted twice.",
        source=_POLYGON,
        actors=(
            *stream(4, 480, WALK, gap_s=3.0),
            *stream(4, 620, WALK, gap_s=3.0, east=False, begins_s=1),
            walker(across((640, 250), (640, 830), WALK, begins_s=2)),
        ),
        zones=(YARD,),
    ),
    Scene(
        name="waits at the border",
        why="Membership flips while somebody stands at the border.",
        source=_BORDER,
        actors=(
            walker(  # clearly inside, then a step from the border, then out beyond
                way(
                    -60,
                    600,
                    Go(520, 600, WALK),
                    Wait(2),
                    Go(408, 600, WALK),
                    Sway(1, 2, 3.0, times=9),
                    Go(1340, 600, WALK),
                )
            ),
            walker(  # never inside: a step from the border, and away
                way(
                    1340,
                    500,
                    Go(888, 500, WALK),
                    Sway(1, 2, 3.0, times=9),
                    Go(1340, 500, WALK),
                )
            ),
        ),
        zones=(YARD,),
    ),
    Scene(
        name="steps over the border and back",
        why="A foot over the border for a moment neither begins nor ends a visit.",
        source=_BORDER,
        actors=(
            walker(
                way(
                    -60,
                    560,
                    Go(560, 560, WALK),
                    Wait(3),
                    Go(396, 560, WALK),
                    Go(560, 560, WALK),
                    Wait(5),
                    Go(1340, 560, WALK),
                )
            ),
        ),
        zones=(YARD,),
    ),
    Scene(
        name="from one zone into the next",
        why="Neighbours share a border: out of one is into the other, once.",
        source="https://github.com/ultralytics/ultralytics/issues/15697",
        actors=(
            *stream(3, 500, WALK, gap_s=4.0),
            *stream(3, 620, WALK, gap_s=3.5, east=False, begins_s=2),
            walker(
                way(
                    -60,
                    660,
                    Go(560, 660, WALK),
                    Go(634, 660, WALK),
                    Sway(2, 3, 3.0, times=5),
                    Go(-60, 660, WALK),
                )
            ),
        ),
        zones=(_WEST, _EAST),
    ),
    Scene(
        name="appears and vanishes inside",
        why="A door in the zone: who comes out of it has come in.",
        source="https://github.com/roboflow/supervision/issues/2524",
        actors=(
            walker(way(600, 560, Wait(1.5), Go(1340, 560, WALK))),
            walker(way(-60, 640, Go(700, 640, WALK), Wait(2), begins_s=2)),
            walker(way(760, 500, Wait(3), Go(560, 600, WALK), Wait(3), begins_s=5)),
        ),
        zones=(YARD,),
    ),
    Scene(
        name="dwell through a passing bus",
        why="Dwell is wrong after a loss: one stay becomes two short ones.",
        source=_DWELL,
        actors=(
            walker(_waits(640, 520, 18)),
            walker(_waits(760, 530, 12, comes_s=3)),
            Actor(
                label="bus",
                way=across((1600, 712), (-320, 712), 480, begins_s=14),
                size=(560, 330),
            ),
        ),
        zones=(Zone(name=YARD.name, polygon=YARD.polygon, classes=("person",)),),
    ),
    Scene(
        name="waits and flickers",
        why="One on a bench whose score dips for a second at a time.",
        source="https://github.com/roboflow/inference/pull/671",
        actors=(walker(_waits(600, 600, 30)), walker(_waits(720, 520, 24, comes_s=2))),
        zones=(YARD,),
        eye=Eye(dip=0.3, dip_s=1.0, miss=0.1),
    ),
    Scene(
        name="walks past in front of one who waits",
        why="The number of the one who waits must not walk away.",
        source=_DWELL,
        actors=(
            walker(_waits(640, 560, 24)),
            walker(eastward(572, WALK, begins_s=10)),
            walker(westward(576, WALK, begins_s=14)),
        ),
        zones=(YARD,),
    ),
    Scene(
        name="a platform fills and empties",
        why="Twelve passengers, each of whom stands in somebody's way.",
        source="https://github.com/roboflow/supervision/issues/2524",
        actors=_platform(),
        zones=(_PLATFORM,),
    ),
    Scene(
        name="bays: in, and out again",
        why="Parking: nothing is counted.",
        source="https://github.com/ultralytics/ultralytics/issues/22435",
        actors=(
            parked(400, 580, 60),
            car(
                way(
                    -90,
                    690,
                    Go(560, 690, 260, 60),
                    Go(600, 540, 70),
                    Wait(18),
                    Go(620, 690, 70),
                    Go(1400, 690, 60, 300),
                )
            ),
            car(way(1400, 685, Go(900, 685, 260, 60), Go(820, 545, 70), Wait(60))),
            car(eastward(700, DRIVE, begins_s=20)),
            car(westward(690, DRIVE, begins_s=16)),
        ),
        zones=(_BAYS,),
        lasts_s=45.0,
    ),
    Scene(
        name="parked in the zone all night",
        why="Six cars come in once and never again, whatever the headlights do.",
        source="https://github.com/blakeblackshear/frigate/pull/20206",
        actors=tuple(parked(140 + 205 * n, 520 + 8 * n, 120.0) for n in range(6)),
        zones=(
            Zone(
                name="street",
                polygon=((20, 420), (1260, 420), (1260, 650), (20, 650)),
                classes=("car",),
            ),
        ),
        alarms=(Alarm(label="person", place=(640, 600), share=0.05, lasts_s=0.2),),
        eye=Eye(score=0.5, dip=0.25, dip_s=0.8, miss=0.08, alarms=0.0),
        lasts_s=120.0,
    ),
    Scene(
        name="drives through between two frames",
        why="A car that was in the zone for half a second was there.",
        source="https://github.com/ultralytics/ultralytics/pull/25492",
        actors=stream(5, 600, DRIVE, gap_s=3.5, label="car"),
        zones=(
            Zone(name="box", polygon=((520, 520), (760, 520), (760, 680), (520, 680))),
        ),
        unknown={2.0: "one look inside, or two"},
    ),
    Scene(
        name="false alarms in the zone",
        why="A single look at nothing is nobody's visit.",
        source="https://github.com/ultralytics/ultralytics/issues/14734",
        actors=(walker(_waits(600, 600, 10)),),
        zones=(YARD,),
        alarms=(
            Alarm(label="person", place=(700, 500), share=0.04, scores=(0.3, 0.7)),
            Alarm(label="car", place=(520, 660), share=0.03, scores=(0.3, 0.7)),
        ),
        eye=Eye(alarms=0.1),
    ),
    _square(Size(640, 360)),
    _square(Size(704, 576)),
)

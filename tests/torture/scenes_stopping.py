"""Scenes of those who stop, turn or sway at a line."""

from tests.torture.drawn import (
    DRIVE,
    GATE,
    KERB,
    WALK,
    car,
    eastward,
    parked,
    walker,
    westward,
)
from tests.torture.language import Actor, Alarm, Eye, Line, Scene
from tests.torture.paths import Go, Move, Sway, Wait, Way, across, way

_OPENDATACAM_204 = "https://github.com/opendatacam/opendatacam/issues/204"
_OURS = "found while building this set"
_NIGHT_S = 120.0


def _stopping(at_x: float, wait_s: float, leaves_x: float, y: float = 600) -> Way:
    """Return a car's way that brakes to a stop, and drives off again."""
    return way(
        -90,
        y,
        Go(at_x - 200, y, DRIVE),
        Go(at_x, y, DRIVE, 20),
        Wait(wait_s),
        Go(leaves_x, y, 60, DRIVE),
    )


def _creeping(number: int) -> Way:
    """Return the way of one of a queue that moves up by half a car at a time."""
    moves: list[Move] = []
    x = 640 - 190 * (number + 2)
    start = x
    while x < 1400:
        x += 95
        moves += [Go(x, 600, 50), Wait(2.0)]
    return way(start, 600, *moves)


SCENES = (
    Scene(
        name="stops on the line and goes on",
        why="A car that trembles on the line for 40 s counts up to 15 times.",
        source=_OPENDATACAM_204,
        actors=(car(_stopping(640, 40, 1400)), car(eastward(480, DRIVE, begins_s=20))),
        lines=(GATE,),
    ),
    Scene(
        name="stops on the line and backs out",
        why="Who goes back where they came from has not crossed.",
        source=_OPENDATACAM_204,
        actors=(car(_stopping(650, 15, -90)),),
        lines=(GATE,),
    ),
    Scene(
        name="stop and go over the line",
        why="Each halt on the line and each start from it is a chance to count again.",
        source=_OPENDATACAM_204,
        actors=(
            car(
                way(
                    -90,
                    600,
                    Go(630, 600, 250, 30),
                    Wait(6),
                    Go(640, 600, 15),
                    Wait(6),
                    Go(650, 600, 15),
                    Wait(6),
                    Go(1400, 600, 60, DRIVE),
                )
            ),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="queue creeps over the line",
        why="Eight cars, bumper to bumper, each halting on the line.",
        source=_OPENDATACAM_204,
        actors=tuple(car(_creeping(number)) for number in range(8)),
        lines=(GATE,),
    ),
    Scene(
        name="turns back on the line",
        why="A step over the line and back is no crossing, nor two.",
        source=_OURS,
        actors=(
            walker(way(-60, 560, Go(645, 560, WALK), Wait(1), Go(-60, 560, WALK))),
            walker(way(1340, 650, Go(636, 650, WALK), Go(1340, 650, WALK))),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="turns back well beyond the line",
        why="Who was clearly on the other side has crossed twice.",
        source=_OURS,
        actors=(
            walker(way(-60, 560, Go(740, 560, WALK), Wait(2), Go(-60, 560, WALK))),
            car(way(-90, 660, Go(900, 660, 300), Wait(3), Go(-90, 660, 250))),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="sways beside the line",
        why="Somebody who waits at the kerb shifts from one foot to the other.",
        source="https://github.com/roboflow/supervision/issues/2598",
        actors=(
            walker(
                way(
                    500,
                    250,
                    Go(500, 414, WALK),
                    Sway(4, 7, 2.4, times=12),
                    Go(500, 250, WALK),
                )
            ),
            walker(
                way(
                    800,
                    830,
                    Go(800, 425, WALK),
                    Sway(5, 6, 1.7, times=12),
                    Go(800, 200, WALK),
                )
            ),
        ),
        lines=(KERB,),
    ),
    Scene(
        name="walks along the line",
        why="Beside it for the length of the street, and never over it.",
        source="https://github.com/roboflow/supervision/issues/518",
        actors=(
            walker(eastward(380, WALK)),
            walker(westward(462, WALK)),
        ),
        lines=(KERB,),
    ),
    Scene(
        name="crosses at a flat angle",
        why="Within the tremble of the box for seconds on end.",
        source=_OURS,
        actors=(
            walker(across((-60, 366), (1340, 474), WALK)),
            walker(across((1340, 340), (-60, 500), WALK)),
        ),
        lines=(KERB,),
    ),
    Scene(
        name="born on the line",
        why="Who steps out of a door on the line came from nowhere.",
        source=_OURS,
        actors=(
            walker(way(645, 560, Go(1340, 560, WALK))),
            walker(
                way(
                    636,
                    650,
                    Wait(1),
                    Go(1340, 650, WALK),
                ).moved(later_s=4)
            ),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="born just before the line",
        why="A crossing within a second of the first sight is a crossing.",
        source="https://github.com/opendatacam/opendatacam/issues/655",
        actors=(
            walker(way(570, 560, Go(1340, 560, WALK))),
            walker(way(570, 660, Go(1340, 660, WALK)).moved(later_s=5)),
            walker(way(712, 480, Go(-60, 480, WALK)).moved(later_s=3)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="lost on the line",
        why="Who gets into a car that stands on the line went nowhere.",
        source=_OURS,
        actors=(
            parked(700, 590, 30),
            walker(way(-60, 610, Go(634, 610, WALK))),
            walker(way(1340, 520, Go(645, 520, WALK)).moved(later_s=4)),
        ),
        lines=(Line(name="gate", start=GATE.start, end=GATE.end, classes=("person",)),),
    ),
    Scene(
        name="out of a parked car",
        why="A person who gets out and walks over the line; the car crosses nothing.",
        source="https://github.com/blakeblackshear/frigate/pull/20206",
        actors=(
            parked(520, 620, 30),
            walker(
                way(
                    560,
                    640,
                    Wait(2),
                    Go(1340, 650, WALK),
                ).moved(later_s=5)
            ),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="parked cars all night",
        why='"My car did not move all night but I got 100 alerts."',
        source="https://github.com/blakeblackshear/frigate/pull/20206",
        actors=(
            *(parked(140 + 205 * number, 560, _NIGHT_S) for number in range(6)),
            parked(640, 690, _NIGHT_S, "truck"),
            walker(eastward(470, WALK, begins_s=40)),
        ),
        lines=(GATE,),
        alarms=(
            Alarm(label="car", place=(660, 470), share=0.05, lasts_s=0.3),
            Alarm(label="person", place=(630, 520), share=0.05, lasts_s=0.2),
        ),
        eye=Eye(score=0.5, dip=0.25, dip_s=0.8, miss=0.08, alarms=0.03),
        lasts_s=_NIGHT_S,
    ),
    Scene(
        name="one car reverses into a bay over the line",
        why="Past the bay, back over the line, and there it stands.",
        source=_OURS,
        actors=(
            Actor(
                label="car",
                way=way(
                    -90,
                    620,
                    Go(900, 620, 260, 60),
                    Wait(1.5),
                    Go(420, 560, 90),
                    Wait(15),
                ),
            ),
        ),
        lines=(GATE,),
    ),
)

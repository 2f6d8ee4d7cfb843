"""Scenes of speed: between two frames, at low rates, and with frames missing."""

from tallypost.domain.vision import Size
from tests.torture.drawn import (
    DRIVE,
    GATE,
    KERB,
    RIDE,
    RUN,
    WALK,
    car,
    downward,
    eastward,
    stream,
    upward,
    walker,
    westward,
)
from tests.torture.language import Actor, Eye, Line, Scene
from tests.torture.paths import across

_ULTRALYTICS_25492 = "https://github.com/ultralytics/ultralytics/pull/25492"
_SUPERVISION_1838 = "https://github.com/roboflow/supervision/issues/1838"
_SUPERVISION_518 = "https://github.com/roboflow/supervision/issues/518"
_FRIGATE_6309 = "https://github.com/blakeblackshear/frigate/issues/6309"
_OURS = "found while building this set"

_MIXED = (
    car(eastward(640, DRIVE)),
    car(westward(560, DRIVE, begins_s=1.5)),
    walker(eastward(470, WALK, begins_s=0.5)),
    walker(westward(690, WALK, begins_s=2)),
    Actor(label="bus", way=westward(590, 250, begins_s=8, wide=220)),
    Actor(label="bicycle", way=eastward(680, 200, begins_s=9)),
)


def _in_pictures_of(size: Size) -> Scene:
    """Return a mixed street as another camera mode shows it."""
    return Scene(
        name=f"in pictures of {size}",
        why="Lines and zones break when the stream's resolution changes.",
        source=_FRIGATE_6309,
        actors=_MIXED,
        lines=(GATE, KERB),
        picture=size,
    )


SCENES = (
    Scene(
        name="60 pixels a frame",
        why="25 cars at 1500 px/s: a region of 100 px counted 6 of them.",
        source=_ULTRALYTICS_25492,
        actors=stream(25, 600, 1500, gap_s=1.3, label="car"),
        lines=(GATE,),
        unknown={
            5.0: "two looks at each car at best, 300 px apart",
            2.0: "one look at each car at best",
        },
    ),
    Scene(
        name="60 pixels a frame, both ways",
        why="Fast ones that meet in the middle must not change places.",
        source=_ULTRALYTICS_25492,
        actors=(
            *stream(8, 640, 1500, gap_s=2.1, label="car"),
            *stream(8, 500, 1400, gap_s=2.3, label="car", east=False, begins_s=0.4),
        ),
        lines=(GATE,),
        unknown={
            5.0: "two looks at each car at best, 300 px apart",
            2.0: "one look at each car at best",
        },
    ),
    Scene(
        name="city traffic between two frames",
        why="At two frames a second, in and out never move.",
        source=_SUPERVISION_1838,
        actors=(
            *stream(6, 640, DRIVE, gap_s=3.6, label="car"),
            *stream(6, 500, DRIVE, gap_s=3.9, label="car", east=False, begins_s=1.1),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="walkers at any rate",
        why="A walk of 15 s is seen thirty times at two frames a second.",
        source=_SUPERVISION_1838,
        actors=(
            walker(eastward(480, WALK)),
            walker(eastward(560, WALK * 1.1, begins_s=3)),
            walker(westward(640, WALK * 0.9, begins_s=1)),
            walker(downward(300, WALK)),
            walker(upward(900, WALK, begins_s=4)),
        ),
        lines=(GATE, KERB),
    ),
    Scene(
        name="runners and cyclists",
        why="Small and quick: their boxes part at ten frames a second already.",
        source=_SUPERVISION_1838,
        actors=(
            walker(eastward(540, RUN)),
            walker(westward(650, RUN * 1.2, begins_s=2)),
            Actor(label="bicycle", way=eastward(600, RIDE, begins_s=4)),
            Actor(label="bicycle", way=westward(500, RIDE, begins_s=7)),
            Actor(label="motorcycle", way=eastward(690, DRIVE, begins_s=9)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="beside the ends of a short line",
        why="A line treated as infinite counts who never touched it.",
        source=_SUPERVISION_518,
        actors=(
            walker(eastward(430, WALK)),
            walker(westward(710, WALK)),
            walker(eastward(580, WALK, begins_s=4)),
            walker(
                across((-60, 600), (560, 600), WALK, begins_s=10),
            ),
        ),
        lines=(Line(name="short", start=(640, 650), end=(640, 490)),),
    ),
    Scene(
        name="two lines close together",
        why="Each line counts once, whichever comes first.",
        source="https://github.com/roboflow/supervision/issues/752",
        actors=(
            *stream(3, 640, DRIVE, gap_s=4.0, label="car"),
            *stream(3, 500, WALK, gap_s=3.0, east=False, begins_s=2),
        ),
        lines=(
            Line(name="first", start=(600, 720), end=(600, 0)),
            Line(name="second", start=(680, 720), end=(680, 0)),
        ),
    ),
    Scene(
        name="slanting line",
        why="Most lines in a street are not parallel to the picture's edges.",
        source="https://github.com/roboflow/supervision/issues/87",
        actors=(
            *stream(3, 640, 350, gap_s=4.0, label="car"),
            walker(downward(420, WALK)),
            walker(upward(860, WALK, begins_s=3)),
            walker(westward(520, WALK, begins_s=5)),
        ),
        lines=(Line(name="slant", start=(250, 700), end=(1050, 300)),),
    ),
    Scene(
        name="a line near the edge of the picture",
        why="Who comes over it is cut off by the edge when first seen.",
        source=_OURS,
        actors=(
            *stream(3, 640, 200, gap_s=5.0, label="car"),
            walker(eastward(500, WALK)),
            walker(westward(580, WALK, begins_s=2)),
        ),
        lines=(Line(name="edge", start=(60, 720), end=(60, 0)),),
        unknown={5.0: "a car is seen at one look before the line at most"},
    ),
    Scene(
        name="a hole of a second on the line",
        why="A busy disk or a hot board: no frame while somebody crosses.",
        source="https://github.com/roboflow/supervision/issues/2598",
        actors=(
            walker(eastward(560, WALK)),
            walker(westward(650, WALK)),
            car(eastward(480, 250, begins_s=6)),
        ),
        lines=(GATE,),
        holes_s=((7.9, 8.8), (9.2, 9.6), (17.0, 17.9)),
    ),
    Scene(
        name="every fourth frame is lost",
        why="Frames come as they can, and at their own moments.",
        source="https://github.com/WatershedArts/Footfall/issues/51",
        actors=_MIXED,
        lines=(GATE, KERB),
        drop=0.25,
        time_jitter_s=0.02,
    ),
    Scene(
        name="frame times jitter",
        why="Speeds told from an assumed rate are wrong; so are predictions.",
        source="https://github.com/ultralytics/ultralytics/issues/20342",
        actors=_MIXED,
        lines=(GATE, KERB),
        time_jitter_s=0.06,
    ),
    _in_pictures_of(Size(640, 360)),
    _in_pictures_of(Size(1920, 1080)),
    _in_pictures_of(Size(704, 576)),
    Scene(
        name="a pole in the wind",
        why="The whole picture swings, and parked cars over the line with it.",
        source="https://github.com/blakeblackshear/frigate/issues/5804",
        actors=(
            *stream(3, 640, 300, gap_s=5.0, label="car"),
            walker(westward(520, WALK)),
            walker(eastward(450, WALK, begins_s=4)),
        ),
        lines=(GATE,),
        eye=Eye(shake_px=6),
    ),
)

"""Scenes of bad sight: flicker, false alarms, shadows, night."""

from tests.torture.drawn import (
    DRIVE,
    GATE,
    KERB,
    RIDE,
    WALK,
    car,
    downward,
    eastward,
    stream,
    upward,
    walker,
    westward,
)
from tests.torture.language import Actor, Alarm, Eye, Scene

_FLICKER = "https://github.com/roboflow/supervision/issues/2598"
_OURS = "found while building this set"

SCENES = (
    Scene(
        name="flicker on the line",
        why="Scores that dip below the threshold on the line count the wrong way.",
        source=_FLICKER,
        actors=(
            walker(eastward(470, WALK)),
            walker(westward(540, WALK * 0.8)),
            walker(eastward(610, WALK * 0.6, begins_s=2)),
            walker(westward(690, WALK, begins_s=3)),
        ),
        lines=(GATE,),
        eye=Eye(dip=0.3, dip_s=0.5, miss=0.08),
    ),
    Scene(
        name="weak and often missed",
        why="Unconfirmed tracks share a number: 9 became 97.",
        source="https://github.com/roboflow/supervision/issues/2578",
        actors=(
            *stream(4, 500, WALK, gap_s=3.0),
            *stream(4, 640, WALK, gap_s=3.2, east=False, begins_s=1),
        ),
        lines=(GATE,),
        eye=Eye(score=0.52, miss=0.15, dip=0.15, alarms=0.1),
    ),
    Scene(
        name="small and far",
        why="Visible to anybody, and not counted.",
        source="https://github.com/opendatacam/opendatacam/issues/655",
        actors=(
            *(
                Actor(
                    label="person",
                    way=eastward(330 + 12 * n, 22 + 3 * n, begins_s=0.5 * n).moved(300),
                    faint=0.08,
                )
                for n in range(3)
            ),
            Actor(label="person", way=westward(350, 24).moved(-300), faint=0.08),
            car(eastward(370, 110, begins_s=4)),
        ),
        lines=(GATE,),
        horizon=200.0,
        eye=Eye(jitter=0.05, miss=0.08),
    ),
    Scene(
        name="towards the camera",
        why="Boxes that grow five times as they come.",
        source="https://github.com/opendatacam/opendatacam/issues/655",
        actors=(
            walker(downward(400, 55).moved(dy=60)),
            walker(upward(860, 60, begins_s=3).moved(dy=60)),
            car(downward(620, 110, begins_s=5).moved(dy=60)),
            car(upward(700, 120, begins_s=12).moved(dy=60)),
        ),
        lines=(KERB,),
        horizon=150.0,
    ),
    Scene(
        name="one-off false alarms at the line",
        why="A single look at nothing is nobody.",
        source="https://github.com/roboflow/supervision/issues/2578",
        actors=(walker(eastward(640, WALK, begins_s=5)),),
        lines=(GATE, KERB),
        alarms=(
            Alarm(label="person", place=(640, 430), share=0.04, scores=(0.3, 0.7)),
            Alarm(label="car", place=(600, 520), share=0.03, scores=(0.3, 0.7)),
            Alarm(label="person", place=(700, 560), share=0.03, scores=(0.3, 0.7)),
        ),
        eye=Eye(alarms=0.15),
    ),
    Scene(
        name="a lamp post on the line",
        why="Taken for a person again and again at the same place.",
        source="https://github.com/blakeblackshear/frigate/pull/20206",
        actors=(walker(eastward(640, WALK, begins_s=5)),),
        lines=(GATE, KERB),
        alarms=(
            Alarm(label="person", place=(644, 424), share=0.35, scores=(0.2, 0.6)),
            Alarm(label="person", place=(300, 417), share=0.25, scores=(0.2, 0.6)),
        ),
        lasts_s=40.0,
    ),
    Scene(
        name="reflections on both sides of the line",
        why="Two panes in which people appear and vanish: nobody walks between them.",
        source=_OURS,
        actors=(),
        lines=(GATE,),
        alarms=(
            Alarm(label="person", place=(590, 500), share=0.15, lasts_s=0.6),
            Alarm(label="person", place=(690, 500), share=0.15, lasts_s=0.6),
        ),
        lasts_s=60.0,
        unknown={2.0: "a walker who is seen once in each pane looks the same"},
    ),
    Scene(
        name="long shadows",
        why="The low sun widens every box to one side: counts lean one way by 7 %.",
        source="https://github.com/WatershedArts/Footfall/issues/40",
        actors=tuple(
            Actor(label="person", way=onto(y, WALK, begins_s=begins_s), shadow=0.6)
            for onto, y, begins_s in (
                (eastward, 470, 0.0),
                (westward, 530, 1.0),
                (eastward, 600, 4.0),
                (westward, 670, 6.0),
            )
        ),
        lines=(GATE, KERB),
    ),
    Scene(
        name="a doorway for two minutes",
        why="In less out drifts away from who is inside.",
        source="https://github.com/WatershedArts/Footfall/issues/40",
        actors=tuple(
            Actor(
                label="person",
                way=(downward if n % 3 else upward)(
                    560 + 53 * (n * 7 % 4), WALK, begins_s=3.1 * n
                ),
                shadow=0.3,
            )
            for n in range(36)
        ),
        lines=(KERB,),
    ),
    Scene(
        name="against the one-way street",
        why="One cyclist the wrong way among cars the right way.",
        source="https://github.com/Telraam/Telraam-RPi/issues/2",
        actors=(
            *stream(6, 620, DRIVE, gap_s=3.0, label="car"),
            Actor(label="bicycle", way=westward(670, RIDE * 0.7, begins_s=4)),
        ),
        lines=(GATE,),
    ),
    Scene(
        name="night",
        why="Weak scores, trembling boxes, lights taken for cars.",
        source="https://github.com/opendatacam/opendatacam/issues/163",
        actors=(
            *stream(4, 620, 300, gap_s=4.5, label="car"),
            *stream(3, 500, 260, gap_s=5.0, label="car", east=False, begins_s=2),
            walker(eastward(450, WALK, begins_s=2)),
            walker(westward(690, WALK, begins_s=6)),
        ),
        lines=(GATE,),
        alarms=(
            Alarm(label="car", place=(660, 400), share=0.1, lasts_s=0.3),
            Alarm(label="car", place=(560, 470), share=0.06, lasts_s=0.2),
        ),
        eye=Eye(score=0.5, dip=0.15, dip_s=0.5, miss=0.08, jitter=0.05, alarms=0.08),
    ),
    Scene(
        name="rain on the lens",
        why="Everything trembles, one look in five tells of somebody who is not there.",
        source="https://github.com/blakeblackshear/frigate/issues/5311",
        actors=(
            *stream(3, 640, DRIVE * 0.8, gap_s=5.0, label="car"),
            walker(eastward(500, WALK)),
            walker(westward(570, WALK, begins_s=3)),
            walker(westward(450, WALK, begins_s=7)),
        ),
        lines=(GATE, KERB),
        eye=Eye(score=0.55, dip=0.12, miss=0.1, jitter=0.06, alarms=0.2),
    ),
)

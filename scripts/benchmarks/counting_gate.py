"""Measures how often the detector may rest, and that no count is lost by it.

`python -m scripts.benchmarks.counting_gate`, on real footage and on a drawn street.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from scripts.benchmarks import gate_torture
from scripts.benchmarks.page import DATA, table, where
from tallypost.assembly.camera import open_footage
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold, open_detector, threshold
from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.domain.vision import Detections, Size
from tallypost.models.store import find_model
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.camera.base import Camera
from tallypost.vision.camera.synthetic import SyntheticCamera
from tallypost.vision.camera.traffic import Truth
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.glimpse import Luma, glimpse
from tallypost.vision.timeline import FootageTimeline

FILES = (
    "vtest.avi",
    "one-by-one-person.mp4",
    "cars-cyclist.mp4",
    "TUD-Campus.mp4",
    "market-street.mp4",
)
EVERY = (1, 2, 5)
PARTS = 8
"""Lines at every eighth of the picture, both ways, and zones of a quarter each way."""
FRAME_TIMEOUT_S = 10.0
DRAWN_CLASSES = ("person", "bicycle", "car")
DRAWN_S = 300.0
DRAWN_INTERVAL_S = (1.5, 5.0, 20.0)
DRAWN_RATE_HZ = 10.0


def _site() -> Site:
    shares = {str(number): number / PARTS for number in range(1, PARTS)}
    lines = [
        *(Line(name=f"x{n}", start=(x, 1.0), end=(x, 0.0)) for n, x in shares.items()),
        *(Line(name=f"y{n}", start=(0.0, y), end=(1.0, y)) for n, y in shares.items()),
    ]
    quarters = [number / 4 for number in range(4)]
    zones = [
        Zone(
            name=f"zone-{4 * x:.0f}-{4 * y:.0f}",
            polygon=((x, y), (x + 0.25, y), (x + 0.25, y + 0.25), (x, y + 0.25)),
        )
        for x in quarters
        for y in quarters
    ]
    return Site(lines=tuple(lines), zones=tuple(zones))


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the detector tells of one frame, and what the gate sees of it."""

    time_s: float
    found: Detections
    luma: Luma


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Everything seen of one film.

    Attributes:
        name: What the table calls it.
        scene: Size of its pictures.
        classes: Names of the detector's classes.
        score_min: What an object must score to begin.
        frames: In their order.
    """

    name: str
    scene: Size
    classes: tuple[str, ...]
    score_min: float
    frames: Sequence[Seen]


Counts = Counter[tuple[str, str, str]]
"""How often by line or zone, by what happened there, and by class."""


def _counts(intervals: Sequence[Interval]) -> Counts:
    counts: Counts = Counter()
    for interval in intervals:
        for name, line in interval.lines.items():
            for way in ("forward", "backward"):
                for label, count in getattr(line, way).items():
                    counts[name, way, label] += count
        for name, zone in interval.zones.items():
            for way in ("entries", "exits"):
                for label, count in getattr(zone, way).items():
                    counts[name, way, label] += count
    return counts


def count(film: Film, every: int, *, rest: bool) -> tuple[Counts, int]:
    """Return what is counted on every n-th frame, and on how many the detector rests.

    A detector that has seen them all answers again: what it tells of a frame does not
    depend on the frames before.
    """
    counts = counting(
        _site(),
        place="site",
        classes=film.classes,
        threshold=Threshold(film.score_min),
        interval_s=60.0,
        rest=rest,
    )
    timeline, gate = FootageTimeline(), MotionGate()
    told: list[Interval] = []
    found, rested = Detections.none(), 0
    for seen in film.frames[::every]:
        still = rest and gate.is_still(seen.luma, seen.time_s)
        if still and counts.is_settled(seen.time_s):
            rested += 1
        else:
            found = seen.found
            gate.looked(seen.luma, seen.time_s)
        said = counts.look(
            found,
            scene=film.scene,
            time_s=seen.time_s,
            moment=timeline.at(seen.time_s),
        )
        told += [each for each in said if isinstance(each, Interval)]
    told += [each for each in counts.finish() if isinstance(each, Interval)]
    return _counts(told), rested


def _real() -> Iterator[Film]:
    """Yield every film, looked at by the best model at hand."""
    model = find_model(None)
    scores = threshold(model, None)
    with closing(open_detector(model, score_min=scores.hold, threads=2)) as detector:
        for file in FILES:
            path = str(DATA / "footage" / file)
            fit = detector.input_size
            with closing(open_footage(path, fit, LinuxBoard())) as camera:
                frames = []
                while not camera.ended:
                    frame = camera.read(FRAME_TIMEOUT_S)
                    if frame is None:
                        continue
                    luma = glimpse(frame.pixels).luma
                    frames.append(Seen(frame.time_s, detector.detect(frame), luma))
                    frame.erase()
                yield Film(file, camera.scene, detector.classes, scores.begin, frames)


def _drawn() -> Iterator[Film]:
    """Yield drawn streets, from a busy one to a quiet one, seen without a fault."""
    for interval_s in DRAWN_INTERVAL_S:
        camera = SyntheticCamera(
            fit=Size(320, 320),
            board=SimulatedBoard(),
            rate_hz=DRAWN_RATE_HZ,
            duration_s=DRAWN_S,
            seed=1,
            interval_s=interval_s,
        )
        found = [_found(truth) for truth in camera.truth()]
        frames = [
            Seen(time_s, told, luma)
            for told, (time_s, luma) in zip(found, _glimpses(camera), strict=True)
        ]
        name = f"drawn street, one object in {interval_s:g} s"
        yield Film(name, camera.scene, DRAWN_CLASSES, 0.4, frames)


def _glimpses(camera: Camera) -> Iterator[tuple[float, Luma]]:
    while not camera.ended:
        frame = camera.read(FRAME_TIMEOUT_S)
        assert frame is not None
        yield frame.time_s, glimpse(frame.pixels).luma


def _found(truth: Truth) -> Detections:
    number = len(truth.ids)
    return Detections(
        np.asarray(truth.boxes, np.float32).reshape(number, 4),
        np.full(number, 0.9, np.float32),
        np.array([DRAWN_CLASSES.index(name) for name in truth.classes], np.int64),
    )


def _rows(film: Film) -> Iterator[list[str]]:
    span_s = film.frames[-1].time_s - film.frames[0].time_s
    rate_hz = (len(film.frames) - 1) / span_s
    for every in EVERY:
        awake, _ = count(film, every, rest=False)
        resting, rested = count(film, every, rest=True)
        frames = len(film.frames[::every])
        changed = sum(((awake - resting) + (resting - awake)).values())
        yield [
            film.name,
            f"{rate_hz / every:.3g}",
            f"{frames}",
            f"{frames - rested}",
            f"{rested / frames:.0%}",
            f"{awake.total()}",
            f"{changed}",
        ]


def section() -> str:
    """Return the part of a page that tells of the detector's rest."""
    rows = [
        row for films in (_real(), _drawn()) for film in films for row in _rows(film)
    ]
    headings = [
        "footage",
        "frames a second",
        "frames",
        "looked at",
        "saved",
        "events counted",
        "of them changed",
    ]
    return f"""\
Counted twice: with every frame looked at, and with a detector that rests while nothing
moves. Events are crossings of {2 * (PARTS - 1)} lines and entries to and exits from 16
zones; changed are those that only one of the two has counted.

{table(headings, rows)}

{gate_torture.section()}
{where()}
"""


if __name__ == "__main__":
    print(section())

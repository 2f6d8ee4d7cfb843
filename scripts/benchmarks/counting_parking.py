"""Measures car parks: which spaces are told right, and who came and went."""

from dataclasses import dataclass
from math import radians

import numpy as np

from scripts.benchmarks.drawn_eye import DAY, NIGHT, Detector, Light
from scripts.benchmarks.drawn_parking import CLASSES, SCENE, STAND_Y, Camera, CarPark
from scripts.benchmarks.page import table
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.base import ClockReading
from tallypost.domain.figures.parking import CarParkFigures, SpaceState
from tallypost.domain.records import ClockTrust, Interval
from tallypost.domain.vision import Detections
from tallypost.geometry import inside
from tallypost.settings.site import Site
from tallypost.vision.kpi.window import Moment

SCORE_MIN = 0.4
INTERVAL_S = 10.0


@dataclass(slots=True)
class Score:
    """How much of a car park's time was told right.

    Attributes:
        right: Share of space-minutes.
        unknown: Share of which nobody can say.
        wrong: Share that was told wrong.
        arrivals: Counted ones.
        departures: Counted ones.
        simple: Share that is right where a space is taken whenever the middle of a box
            lies in it.
    """

    right: float = 0.0
    unknown: float = 0.0
    wrong: float = 0.0
    arrivals: int = 0
    departures: int = 0
    simple: float = 0.0


def site(park: CarPark) -> Site:
    """Return what a technician would draw."""
    rows = [
        {"name": name, "corners": park.row(name).tolist(), "count": count}
        for name, (_, count) in STAND_Y.items()
    ]
    return Site.model_validate(
        {"car_parks": [{"name": "park", "rows": rows, "by_space": True}]}
    )


def score(park: CarPark, light: Light, rate_hz: float) -> Score:
    """Return how a drawn car park is counted."""
    counted = counting(
        site(park),
        place="drawn",
        classes=CLASSES,
        threshold=Threshold(SCORE_MIN),
        interval_s=INTERVAL_S,
    )
    detector = Detector(park, light, park.seed + 1)
    polygons = [park.corners(bay) * SCENE for bay in range(len(park.bays))]
    found, shares, simple = Score(), np.zeros(3), []
    for look in range(int(park.duration_s * rate_hz)):
        time_s = look / rate_hz
        detections = detector.look(time_s)
        moment = Moment(time_s, time_s, ClockReading(ClockTrust.SYNCED, 0.0))
        for told in counted.look(detections, scene=SCENE, time_s=time_s, moment=moment):
            if isinstance(told, Interval):
                end_s = told.start_utc_s + INTERVAL_S
                shares += _compared(told.car_parks["park"], park, end_s, found)
                simple.append(_simple(detections, polygons) == park.taken(end_s))
    found.right, found.unknown, found.wrong = shares / shares.sum()
    found.simple = float(np.mean(simple))
    return found


def _compared(
    figures: CarParkFigures, park: CarPark, time_s: float, found: Score
) -> np.ndarray:
    """Return how many spaces are told right, unknown and wrong; add up who came."""
    found.arrivals += figures.arrivals
    found.departures += figures.departures
    taken = park.taken(time_s)
    states = [space.state for space in figures.by_space.values()]
    unknown = np.array([state is SpaceState.UNKNOWN for state in states])
    told = np.array([state is SpaceState.OCCUPIED for state in states])
    right = ~unknown & (told == taken)
    return np.array([right.sum(), unknown.sum(), (~unknown & ~right).sum()])


def _simple(detections: Detections, polygons: list[np.ndarray]) -> np.ndarray:
    """Return which spaces are taken by the rule of most programs.

    Source: Ultralytics, `solutions/parking_management.py`: the middle of a box lies in
    the polygon.
    """
    boxes = detections.boxes[detections.scores >= SCORE_MIN].astype(np.float64)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.array([inside(middles, polygon).any() for polygon in polygons])


SCENES = {
    "day, camera 6 m up": (Camera(), DAY, 5.0),
    "day, 2 looks a second": (Camera(), DAY, 2.0),
    "day, camera 4 m up: rear rows half hidden": (
        Camera(height_m=4.0, pitch=radians(13)),
        DAY,
        5.0,
    ),
    "day, camera 9 m up": (Camera(height_m=9.0, pitch=radians(24)), DAY, 5.0),
    "night, camera 6 m up": (Camera(), NIGHT, 5.0),
    "night, 2 looks a second": (Camera(), NIGHT, 2.0),
}


def section(seeds: range = range(1, 3)) -> str:
    """Return the part of docs/counting.md on car parks."""
    rows = []
    for name, (camera, light, rate_hz) in SCENES.items():
        parks = [CarPark(seed, camera=camera) for seed in seeds]
        scores = [score(park, light, rate_hz) for park in parks]
        came, left = np.sum([park.changes() for park in parks], axis=0)
        means = {
            key: float(np.mean([getattr(each, key) for each in scores]))
            for key in ("right", "unknown", "wrong", "simple")
        }
        rows.append(
            [
                name,
                f"{means['right']:.1%}",
                f"{means['unknown']:.1%}",
                f"{means['wrong']:.1%}",
                f"{sum(each.arrivals for each in scores)} of {came}",
                f"{sum(each.departures for each in scores)} of {left}",
                f"{means['simple']:.1%}",
            ]
        )
    headings = ["scene", "right", "unknown", "wrong", "arrivals", "departures"]
    tables = table([*headings, "middle of a box in it: right"], rows)
    return (
        f"{tables}\n\nShares of space-minutes, with the first minute, in which nobody "
        "knows yet which spaces are free. Thirty bays in three rows, two of them nose "
        f"to nose, half full, each stay {parks[0].stay_s / 60:g} minutes on the mean; "
        "others pass by, and a bus stands before the front row for a minute and a "
        f"half, twice. By night a parked car is found in bursts of {NIGHT.on_s:g} s "
        f"and lost for {NIGHT.off_s:g} s, on the mean. The last column is the rule of "
        "most programs: a space is taken while the middle of a box lies in it."
    )


if __name__ == "__main__":
    print(section())

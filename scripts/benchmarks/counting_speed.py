"""How fast ours follows and counts beside supervision, by turns in one run."""

import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import numpy as np
import supervision

from scripts.benchmarks.page import table, where
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.settings.elements.car_park import CarPark, Row
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.timeline import FootageTimeline
from tests.torture.eye import Look, looks
from tests.torture.language import CLASSES, PICTURE, Actor, Scene
from tests.torture.language import Line as Drawn
from tests.torture.noise import SCORE_MIN
from tests.torture.paths import Go, way

OBJECTS, LINES, ZONES, SPACES = 50, 10, 20, 200
RATE_HZ, LASTS_S, ROUNDS = 10.0, 40.0, 7
_ZONE_COLUMNS, _SPACE_ROWS, _SPACE_HIGH = 5, 10, 0.08

Step = Callable[[Look], object]


def busy_site() -> Site:
    """Return all the elements that ours is measured with: what is added goes here."""
    return Site(lines=_lines(), zones=_zones(), car_parks=(_car_park(),))


def _lines() -> tuple[Line, ...]:
    shares = (np.arange(LINES // 2) + 0.5) / (LINES // 2)
    upright = [((x, 1.0), (x, 0.0)) for x in shares.tolist()]
    level = [((0.0, y), (1.0, y)) for y in shares.tolist()]
    return tuple(
        Line(name=f"line-{number}", start=start, end=end)
        for number, (start, end) in enumerate(upright + level)
    )


def _zones() -> tuple[Zone, ...]:
    rows = ZONES // _ZONE_COLUMNS
    wide, high = 1 / _ZONE_COLUMNS, 1 / rows
    zones = []
    for number in range(ZONES):
        x, y = wide * (number % _ZONE_COLUMNS), high * (number // _ZONE_COLUMNS)
        corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
        rounded = tuple((min(a, 1.0), min(b, 1.0)) for a, b in corners)
        zones.append(Zone(name=f"zone-{number}", polygon=rounded))
    return tuple(zones)


def _car_park() -> CarPark:
    """Return rows of spaces all over the picture, where everybody may stand."""
    tops = (np.arange(_SPACE_ROWS) / _SPACE_ROWS).tolist()
    rows = [
        Row(
            name=f"row-{number}-",
            corners=(
                (0.0, y),
                (1.0, y),
                (1.0, y + _SPACE_HIGH),
                (0.0, y + _SPACE_HIGH),
            ),
            count=SPACES // _SPACE_ROWS,
        )
        for number, y in enumerate(tops)
    ]
    return CarPark(name="car-park", rows=tuple(rows), classes=("person",))


def _spaces() -> list[tuple[tuple[float, float], ...]]:
    """Return the same spaces, each by its own corners."""
    wide = _SPACE_ROWS / SPACES
    return [
        ((x, y), (x + wide, y), (x + wide, y + _SPACE_HIGH), (x, y + _SPACE_HIGH))
        for y in (np.arange(_SPACE_ROWS) / _SPACE_ROWS).tolist()
        for x in (np.arange(SPACES // _SPACE_ROWS) * wide).tolist()
    ]


def busy_scene() -> Scene:
    """Return fifty small walkers who are all there all the time."""
    rng = np.random.default_rng(7)
    low, high = np.array([40, 120]), np.array([1240, 700])
    actors = []
    for _ in range(OBJECTS):
        corners = rng.uniform(low, high, (8, 2)).tolist()
        speed = float(rng.uniform(60, 110))
        moves = [Go(x, y, speed) for x, y in corners[1:]]
        actors.append(
            Actor(label="person", way=way(*corners[0], *moves), size=(22, 56))
        )
    gate = Drawn(name="gate", start=(640, 720), end=(640, 0))
    return Scene(
        name="fifty walkers",
        why="Everybody is there all the time.",
        source="for measuring speed",
        actors=tuple(actors),
        lines=(gate,),
        lasts_s=LASTS_S,
    )


def ours() -> Step:
    """Return tracker, all elements and figures, as on the appliance."""
    all_of_it = counting(
        busy_site(),
        place="the benchmark",
        classes=CLASSES,
        threshold=Threshold(SCORE_MIN),
        interval_s=60.0,
    )
    timeline = FootageTimeline()

    def step(look: Look) -> object:
        return all_of_it.look(
            look.found,
            scene=PICTURE,
            time_s=look.time_s,
            moment=timeline.at(look.time_s),
        )

    return step


def theirs(*, spaces_too: bool = False) -> Step:
    """Return supervision's ByteTrack, LineZones and PolygonZones.

    Args:
        spaces_too: Whether each parking space is a PolygonZone as well.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tracker = supervision.ByteTrack(
            track_activation_threshold=SCORE_MIN, frame_rate=round(RATE_HZ)
        )
    foot = [supervision.Position.BOTTOM_CENTER]
    lines = []
    for line in _lines():
        ends = np.array([line.start, line.end]) * [*PICTURE]
        start, end = (supervision.Point(*place) for place in ends.tolist())
        lines.append(supervision.LineZone(start, end, triggering_anchors=foot))
    areas = [zone.polygon for zone in _zones()]
    if spaces_too:
        areas += _spaces()
    zones = [
        supervision.PolygonZone(
            np.rint(np.array(area) * [*PICTURE]).astype(np.int64),
            triggering_anchors=foot,
        )
        for area in areas
    ]

    def step(look: Look) -> object:
        tracks = tracker.update_with_detections(
            supervision.Detections(
                xyxy=look.found.boxes,
                confidence=look.found.scores,
                class_id=look.found.class_ids.astype(int),
            )
        )
        for line in lines:
            line.trigger(tracks)
        return [zone.trigger(tracks) for zone in zones]

    return step


def looks_a_second(begin: Callable[[], Step], told: Sequence[Look]) -> float:
    """Return how many looks a second one of them takes, from a fresh start."""
    step = begin()
    begun_s = time.perf_counter()
    for look in told:
        step(look)
    return len(told) / (time.perf_counter() - begun_s)


def report() -> str:
    """Measure by turns, so that noise meets both, and return the table."""
    told = looks(busy_scene(), RATE_HZ, 0)
    everything = partial(theirs, spaces_too=True)
    mine, others, all_others = [], [], []
    for _ in range(ROUNDS):
        mine.append(looks_a_second(ours, told))
        others.append(looks_a_second(theirs, told))
        all_others.append(looks_a_second(everything, told))
    drawn = f"{LINES} lines, {ZONES} zones"
    rows = [
        _row(f"{drawn}, {SPACES} spaces", mine, all_others),
        _row(f"{drawn}, and the spaces for tallypost alone", mine, others),
    ]
    headings = [
        f"{OBJECTS} objects",
        "tallypost, looks a second",
        "supervision ByteTrack, LineZones, PolygonZones",
        f"ratio, median of {ROUNDS} rounds",
    ]
    return f"{table(headings, rows)}\n\n{where()} One thread."


def _row(what: str, mine: Sequence[float], others: Sequence[float]) -> list[str]:
    ratios = [own / other for own, other in zip(mine, others, strict=True)]
    return [
        what,
        f"{median(mine):.0f}",
        f"{median(others):.0f}",
        f"**{median(ratios):.1f}** ({min(ratios):.1f} to {max(ratios):.1f})",
    ]

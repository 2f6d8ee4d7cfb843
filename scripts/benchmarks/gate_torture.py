"""Draws the torture set, so that the gate has something to look at, and counts it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.benchmarks.page import table
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.records import Interval
from tallypost.domain.vision import Pixels, Size
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.glimpse import glimpse
from tallypost.vision.timeline import FootageTimeline
from tests.torture.days import days
from tests.torture.eye import Look, _box
from tests.torture.language import CLASSES, PICTURE, Scene
from tests.torture.noise import SCORE_MIN
from tests.torture.ours import Counted, site
from tests.torture.scenes import SCENES
from tests.torture.truth import Crossing, truth

DRAWN = Size(192, 108)
GRAIN, NOISE = 12.0, 2.0
CONTRASTS = (-55.0, 40.0, -25.0, 60.0, 25.0, -40.0)
"""By how much coats differ from the street, one after another; the weakest is a grey
coat on asphalt."""
DAY_S = 86400.0
RATES_DRAWN_HZ = (10.0, 5.0, 2.0)

_random = np.random.default_rng(0)
GROUND = 115 + _random.normal(0, GRAIN, (DRAWN.height, DRAWN.width))
NOISES = _random.normal(0, NOISE, (16, DRAWN.height, DRAWN.width))


def drawn(scene: Scene, time_s: float, number: int) -> Pixels:
    """Return what a camera shows of a scene: coats of two shades, on grainy asphalt."""
    light = GROUND + NOISES[number % len(NOISES)]
    share = DRAWN.width / PICTURE.width
    for place, actor in enumerate(scene.actors):
        if actor.way.begins_s <= time_s <= actor.way.ends_s:
            coat = CONTRASTS[place % len(CONTRASTS)]
            _paint(light, np.multiply(_box(scene, actor, time_s), share), coat)
    for occluder in scene.occluders:
        _paint(light, np.multiply(occluder.box, share), -80.0)
    grey = np.clip(light, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _paint(light: np.ndarray, box: np.ndarray, coat: float) -> None:
    """Paint a body: its lower half differs from the street by half as much."""
    x1, y1, x2, y2 = np.clip(np.round(box), 0, 1e4).astype(int).tolist()
    middle = (y1 + y2) // 2
    light[y1:middle, x1:x2] += coat
    light[middle:y2, x1:x2] += coat / 2


@dataclass(slots=True)
class Sums:
    """One rate's sums over all scenes.

    Attributes:
        frames: How many there were.
        rested: On how many the detector rested.
        wrong: By how much counts were off with every frame looked at.
        wrong_resting: The same with a detector that rests.
        changed: Scenes that the two count in different ways.
    """

    frames: int = 0
    rested: int = 0
    wrong: int = 0
    wrong_resting: int = 0
    changed: int = 0


def _count(
    scene: Scene, told: list[Look], rate_hz: float, *, rest: bool
) -> tuple[Counted, int]:
    ours = counting(
        site(scene),
        place=scene.name,
        classes=CLASSES,
        threshold=Threshold(SCORE_MIN),
        interval_s=DAY_S,
        rate_hz_max=rate_hz,
        rest=rest,
    )
    timeline, gate, rested = FootageTimeline(), MotionGate(), 0
    found = told[0].found
    for number, look in enumerate(told):
        time_s = look.time_s
        luma = glimpse(drawn(scene, time_s, number)).luma if rest else None
        if luma is not None and gate.is_still(luma, time_s) and ours.is_settled(time_s):
            rested += 1
        else:
            found = look.found
            if luma is not None:
                gate.looked(luma, time_s)
        moment = timeline.at(time_s)
        ours.look(found, scene=scene.picture, time_s=time_s, moment=moment)
    (interval,) = ours.finish()
    assert isinstance(interval, Interval)
    crossings = {Crossing(*key): count for key, count in ours.crossings.items()}
    return Counted(Counter(crossings), interval), rested


def _wrong(scene: Scene, told: Counted) -> int:
    true = truth(scene)
    return (
        _off(told.crossings, true.effective)
        + _off(told.entries, true.entries)
        + _off(told.exits, true.exits)
    )


def _off(said: Mapping[Any, int], real: Mapping[Any, int]) -> int:
    return sum(abs(said.get(key, 0) - real.get(key, 0)) for key in {*said, *real})


def _rows() -> Iterator[list[str]]:
    for rate_hz in RATES_DRAWN_HZ:
        sums = Sums()
        for scene in SCENES:
            if rate_hz not in scene.rates_hz:
                continue
            told = next(days(scene, rate_hz, 1)).looks
            awake, _ = _count(scene, told, rate_hz, rest=False)
            resting, rested = _count(scene, told, rate_hz, rest=True)
            sums.frames += len(told)
            sums.rested += rested
            sums.wrong += (before := _wrong(scene, awake))
            sums.wrong_resting += (after := _wrong(scene, resting))
            sums.changed += before != after or awake.crossings != resting.crossings
            if before != after:
                print(f"{scene.name} at {rate_hz:g} Hz: {before} wrong, then {after}")
        yield [
            f"{rate_hz:g}",
            f"{sums.frames}",
            f"{sums.frames - sums.rested}",
            f"{sums.rested / sums.frames:.0%}",
            f"{sums.wrong}",
            f"{sums.wrong_resting}",
            f"{sums.changed}",
        ]


def section() -> str:
    """Return the table of the torture set, drawn."""
    headings = [
        "frames a second",
        "frames",
        "looked at",
        "saved",
        "counts wrong",
        "counts wrong, resting",
        "scenes changed",
    ]
    return f"""\
The torture set, one day of each scene, its people drawn as coats on grainy asphalt:

{table(headings, list(_rows()))}
"""


if __name__ == "__main__":
    print(section())

"""Measures queues: cars at a traffic light, against who really waited, and how long."""

from dataclasses import dataclass, field

import numpy as np

from scripts.benchmarks.page import table
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust, Interval
from tallypost.domain.vision import Detections, Size
from tallypost.settings.site import Site
from tallypost.vision.kpi.window import Moment

SCENE = Size(1000, 1000)
DURATION_S, STEP_S = 900.0, 0.1
STOP_X, CAR_PX, APART_PX = 800.0, 70.0, 90.0
"""A car's length on the picture, and from one front to the next in the queue."""
SPEED_PXS, PULL_PXSS, WAITS_PXS = 120.0, 40.0, 15.0
"""A car waits when it is slower than a quarter of its size (59 pixels) a second."""
CYCLE_S, RED_S, BETWEEN_S = 60.0, 35.0, 5.0
QUEUE = {
    "name": "lights",
    "polygon": [[0.02, 0.45], [0.8, 0.45], [0.8, 0.6], [0.02, 0.6]],
    "front": [[0.8, 0.45], [0.8, 0.6]],
}
EYES = {
    "a good eye": (1.0, 0.01),
    "a usual one": (0.9, 0.03),
    "a bad one": (0.75, 0.05),
}
"""How often a car is found, and by how much of its size its box strays."""


@dataclass(slots=True)
class Car:
    """One car: where its front is, how fast it goes, since when it waits."""

    x: float = 0.0
    speed: float = SPEED_PXS
    waits_s: float | None = None


@dataclass(slots=True)
class Street:
    """What really happens: fronts of cars at every step, and who waited how long."""

    fronts: list[list[float]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)


def drive(seed: int) -> Street:
    """Let cars come, wait at the red light, creep up, and go on at the green one."""
    random, street, cars = np.random.default_rng(seed), Street(), list[Car]()
    comes_s = random.exponential(BETWEEN_S)
    for time_s in np.arange(0.0, DURATION_S, STEP_S).tolist():
        if comes_s <= time_s < DURATION_S - CYCLE_S and all(
            car.x > APART_PX for car in cars
        ):
            cars.append(Car())
            comes_s = time_s + random.exponential(BETWEEN_S)
        _step(cars, time_s, street)
        cars = [car for car in cars if car.x < SCENE.width + CAR_PX]
        street.fronts.append([car.x for car in cars])
        waiting = [car for car in cars if car.waits_s is not None and car.x < STOP_X]
        street.lengths.append(len(waiting))
    return street


def _step(cars: list[Car], time_s: float, street: Street) -> None:
    """Move all on, the foremost first."""
    end = np.inf
    for car in cars:
        if time_s % CYCLE_S < RED_S and car.x <= STOP_X:
            end = min(end, STOP_X - 5)
        faster = min(SPEED_PXS, car.speed + PULL_PXSS * STEP_S)
        car.speed = max(0.0, min(faster, (end - car.x) * 1.2))
        if car.speed < WAITS_PXS and car.waits_s is None and car.x < STOP_X:
            car.waits_s = time_s
        moved = car.x + car.speed * STEP_S
        if car.x <= STOP_X < moved and car.waits_s is not None:
            street.waits_s.append(time_s - car.waits_s)
        car.x, end = moved, moved - APART_PX


def count(
    street: Street, rate_hz: float, eye: tuple[float, float], seed: int
) -> tuple[int, float, float]:
    """Return how many were served, how long they waited and how many did, on a mean."""
    found, sway = eye
    random = np.random.default_rng(seed)
    counted = counting(
        Site.model_validate({"queues": [QUEUE], "privacy": {"profile": "open"}}),
        place="drawn",
        classes=("car",),
        threshold=Threshold(0.4),
        interval_s=60.0,
    )
    told = []
    for look in range(int(DURATION_S * rate_hz)):
        time_s = look / rate_hz
        fronts = np.array(street.fronts[int(round(time_s / STEP_S, 6))])
        fronts = fronts[(fronts > 5) & (fronts < SCENE.width)]
        fronts = fronts[random.random(len(fronts)) < found]
        boxes = np.stack(
            [fronts - CAR_PX, 0 * fronts + 480, fronts, 0 * fronts + 530], 1
        )
        boxes += random.normal(0, sway * np.sqrt(CAR_PX * 50), boxes.shape)
        detections = Detections(
            np.clip(boxes, 0, SCENE.width).astype(np.float32),
            np.clip(random.normal(0.7, 0.1, len(boxes)), 0.2, 1).astype(np.float32),
            np.zeros(len(boxes), np.int64),
        )
        moment = Moment(time_s, time_s, ClockReading(ClockTrust.SYNCED, 0.0))
        told += counted.look(detections, scene=SCENE, time_s=time_s, moment=moment)
    figures = [each.queues["lights"] for each in told if isinstance(each, Interval)]
    served = sum(each.served for each in figures)
    waits_s = sum((each.wait_mean_s or 0.0) * each.served for each in figures)
    lengths = float(np.mean([each.length_mean for each in figures]))
    return served, waits_s / max(served, 1), lengths


def section(seed: int = 1) -> str:
    """Return how well queues are told, as Markdown."""
    street = drive(seed)
    rows = []
    for rate_hz in (10.0, 5.0, 2.0):
        for name, eye in EYES.items():
            served, wait_s, length = count(street, rate_hz, eye, seed)
            rows.append(
                [
                    f"{rate_hz:g}",
                    name,
                    f"{served} of {len(street.waits_s)}",
                    f"{wait_s:.1f} ({np.mean(street.waits_s):.1f})",
                    f"{length:.2f} ({np.mean(street.lengths):.2f})",
                ]
            )
    headings = ["frames a second", "seen by", "served", "mean wait, s", "mean length"]
    eyes = "; ".join(
        f"{name} finds a car in {found:.0%} of looks, its box straying by {sway:.0%} "
        "of its size"
        for name, (found, sway) in EYES.items()
    )
    return (
        f"{table(headings, rows)}\n\nTrue values in brackets. Cars at a traffic light, "
        f"{DURATION_S / 60:g} minutes, red for {RED_S:g} of {CYCLE_S:g} s, creeping up "
        "behind one another; truly, one waits from when it is slower than a quarter of "
        f"its size a second; {eyes}."
    )


if __name__ == "__main__":
    print(section())

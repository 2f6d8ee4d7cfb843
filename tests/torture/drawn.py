"""Lines, zones and passers-by that many scenes share."""

import numpy as np

from tests.torture.language import Actor, Line, Zone
from tests.torture.paths import Wait, Way, across, way

GATE = Line(name="gate", start=(640, 720), end=(640, 0))
"""Upright in the middle: forward is to the right."""
KERB = Line(name="kerb", start=(0, 420), end=(1280, 420))
"""Level: forward is downward, towards the camera."""
YARD = Zone(name="yard", polygon=((400, 400), (880, 400), (880, 690), (400, 690)))
"""A square in the middle."""

WALK, RUN, RIDE, DRIVE = 85.0, 210.0, 300.0, 420.0
"""Pixels a second, where a person is 104 pixels high."""


def eastward(y: float, speed: float, *, begins_s: float = 0.0, wide: float = 90) -> Way:
    """Return the way from outside the left edge to outside the right one."""
    return across((-wide, y), (1280 + wide, y), speed, begins_s=begins_s)


def westward(y: float, speed: float, *, begins_s: float = 0.0, wide: float = 90) -> Way:
    """Return the way from outside the right edge to outside the left one."""
    return across((1280 + wide, y), (-wide, y), speed, begins_s=begins_s)


def downward(x: float, speed: float, *, begins_s: float = 0.0) -> Way:
    """Return the way from the back of the picture to below its lower edge."""
    return across((x, 200), (x, 830), speed, begins_s=begins_s)


def upward(x: float, speed: float, *, begins_s: float = 0.0) -> Way:
    """Return the way from below the lower edge to the back of the picture."""
    return across((x, 830), (x, 200), speed, begins_s=begins_s)


def walker(ways: Way) -> Actor:
    """Return a person."""
    return Actor(label="person", way=ways)


def car(ways: Way) -> Actor:
    """Return a car."""
    return Actor(label="car", way=ways)


def parked(x: float, y: float, lasts_s: float, label: str = "car") -> Actor:
    """Return a vehicle that stands for the whole scene."""
    return Actor(label=label, way=way(x, y, Wait(lasts_s)))


def stream(
    count: int,
    y: float,
    speed: float,
    *,
    gap_s: float,
    label: str = "person",
    east: bool = True,
    begins_s: float = 0.0,
) -> tuple[Actor, ...]:
    """Return a stream of the same kind on one lane, evenly spaced.

    Args:
        count: How many.
        y: The lane's height on the picture.
        speed: Pixels a second.
        gap_s: From one to the next.
        label: What they are.
        east: Whether they go to the right.
        begins_s: When the first comes.
    """
    onto = eastward if east else westward
    return tuple(
        Actor(label=label, way=onto(y, speed, begins_s=begins_s + gap_s * number))
        for number in range(count)
    )


def crowd(
    count: int, seed: int, *, lasts_s: float, east_share: float = 0.5
) -> tuple[Actor, ...]:
    """Return people who walk across at all heights, speeds and moments.

    Args:
        count: How many.
        seed: Which crowd.
        lasts_s: Within how long they come.
        east_share: How many of them go to the right.
    """
    rng = np.random.default_rng(seed)
    lanes = rng.permutation(np.linspace(330, 700, count))
    ways = [
        (eastward if rng.random() < east_share else westward)(
            float(y), WALK * rng.uniform(0.8, 1.25), begins_s=rng.uniform(0, lasts_s)
        )
        for y in lanes
    ]
    return tuple(map(walker, ways))

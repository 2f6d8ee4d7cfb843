"""A drawn street that a camera looks at, and what may befall the camera."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Condition, Fault, Pixels
from tallypost.vision.glimpse import glimpse
from tallypost.vision.scrutiny.scrutiny import Scrutiny
from tallypost.vision.scrutiny.verdict import Verdict

HEIGHT, WIDTH = 192, 320
MARGIN = 64
RATE_HZ = 5.0
LEARN_S = 40.0
NOISE = 1.5

Drawing = Callable[[Pixels, float], Pixels]


def _bytes(light: NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(light, 0, 255), np.uint8)


def _canvas() -> NDArray[np.float32]:
    """Houses, windows, kerbs and cobbles, beyond what the camera shows."""
    random = np.random.default_rng(5)
    height, width = HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN
    canvas = np.linspace(170, 110, height)[:, None] + np.zeros((height, width))
    for _ in range(220):
        y, x = random.integers(0, height), random.integers(0, width)
        tall, wide = random.integers(5, 50), random.integers(5, 50)
        canvas[y : y + tall, x : x + wide] += random.uniform(-50, 50)
    canvas += np.kron(random.normal(0, 6, (height // 2, width // 2)), np.ones((2, 2)))
    return np.asarray(np.clip(canvas, 20, 235), np.float32)


CANVAS = _canvas()


def street(right: int = 0, down: int = 0) -> Pixels:
    """What the camera shows when it points so many pixels to the right and down."""
    rows = slice(MARGIN + down, MARGIN + down + HEIGHT)
    columns = slice(MARGIN + right, MARGIN + right + WIDTH)
    return _bytes(np.repeat(CANVAS[rows, columns, None], 3, axis=2))


STREET = street()


def rolled(degrees: float, zoom: float = 1.0) -> Pixels:
    """What the camera shows when it is rolled to the left, or shows all larger."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] - np.array([HEIGHT / 2, WIDTH / 2])[:, None, None]
    cosine, sine = (
        np.cos(np.radians(degrees)) / zoom,
        np.sin(np.radians(degrees)) / zoom,
    )
    rows = np.round(x * sine + y * cosine + HEIGHT / 2 + MARGIN).astype(int)
    columns = np.round(x * cosine - y * sine + WIDTH / 2 + MARGIN).astype(int)
    return _bytes(np.repeat(CANVAS[rows, columns][:, :, None], 3, axis=2))


GRAINS = np.random.default_rng(1).normal(0, 1, (8, HEIGHT, WIDTH, 1)).astype(np.float32)


def noisy(pixels: Pixels, sigma: float, seed: int) -> Pixels:
    grain = GRAINS[seed % len(GRAINS), : len(pixels)]
    return _bytes(pixels + np.float32(sigma) * grain)


def lit(pixels: Pixels, gain: float) -> Pixels:
    return _bytes(pixels.astype(np.float32) * gain)


def blurred(pixels: Pixels, side: int) -> Pixels:
    light = pixels.astype(np.float32)
    for axis in (0, 1, 0, 1):
        light = np.mean([np.roll(light, n - side // 2, axis) for n in range(side)], 0)
    return _bytes(light)


def smeared(pixels: Pixels) -> Pixels:
    result = pixels.copy()
    result[:96, 160:] = blurred(pixels, 13)[:96, 160:]
    return result


def crowd(pixels: Pixels, time_s: float) -> Pixels:
    result = pixels.copy()
    random = np.random.default_rng(3)
    for x, y, speed, coat in random.uniform(size=(30, 4)):
        left, top = int((x + speed * 0.1 * time_s) % 1 * WIDTH), int(y * 140)
        result[top : top + 25, left : left + 16] = int(40 + 180 * coat)
        result[top + 25 : top + 50, left : left + 16] = int(220 - 180 * coat)
    return result


def bus(pixels: Pixels, time_s: float) -> Pixels:
    if time_s % 25 > 8:
        return pixels
    result = pixels.copy()
    result[32:, 80:240] = 90
    result[48:80, 90:230:20] = 200
    return result


def untouched(pixels: Pixels, _time_s: float) -> Pixels:
    return pixels


class Watched:
    """A camera that is judged while things befall it."""

    def __init__(self, scrutiny: Scrutiny | None = None) -> None:
        self.scrutiny = scrutiny or Scrutiny()
        self.verdicts: list[Verdict] = []
        self.distrusted = 0
        self.number = 0

    @property
    def time_s(self) -> float:
        return self.number / RATE_HZ

    @property
    def condition(self) -> Condition:
        return self.scrutiny.condition

    def show(
        self, seconds: float, drawing: Drawing = untouched, scene: Pixels = STREET
    ) -> list[tuple[Fault, bool]]:
        """Show so many seconds; return the faults that have begun or are over."""
        heard = len(self.verdicts)
        for step in range(round(seconds * RATE_HZ)):
            pixels = noisy(drawing(scene, step / RATE_HZ), NOISE, self.number)
            self.verdicts += self.scrutiny.look(glimpse(pixels), self.time_s)
            self.distrusted += not self.condition.trustworthy
            self.number += 1
        return [(each.fault, each.began) for each in self.verdicts[heard:]]


@cache
def _learned(ignored: frozenset[Fault]) -> Watched:
    watched = Watched(Scrutiny(ignored=ignored))
    assert watched.show(LEARN_S) == []
    return watched


def learned(*, ignored: frozenset[Fault] = frozenset()) -> Watched:
    """A camera that knows its street."""
    return deepcopy(_learned(ignored))

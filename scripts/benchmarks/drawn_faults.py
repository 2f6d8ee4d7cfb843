"""Draws on real pictures what cameras suffer, and what they must not mind.

Each is a function of one picture and the seconds since it began; all in memory.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Pixels

Drawing = Callable[[Pixels, float], Pixels]
Plane = NDArray[np.float32]

BUS_EVERY_S, BUS_FOR_S = 30.0, 8.0


def bytes_of(light: NDArray[np.floating]) -> Pixels:
    """Return light as a camera stores it."""
    return np.asarray(np.clip(light, 0, 255), np.uint8)


def lit(pixels: Pixels, gain: float, offset: float = 0.0) -> Pixels:
    """Return a picture in other light."""
    return bytes_of(pixels.astype(np.float32) * gain + offset)


def noisy(pixels: Pixels, sigma: float, seed: int = 0) -> Pixels:
    """Return a picture with a sensor's noise."""
    noise = np.random.default_rng(seed).normal(0, sigma, pixels.shape)
    return bytes_of(pixels + noise)


def shifted(pixels: Pixels, right: float, down: float = 0.0) -> Pixels:
    """Return what a camera sees that was turned: shares of width and height."""
    return _warped(pixels, 0.0, 1.0, (right, down))


def turned(pixels: Pixels, degrees: float, zoom: float = 1.0) -> Pixels:
    """Return what a camera sees that was rolled, or whose lens was."""
    return _warped(pixels, degrees, zoom, (0.0, 0.0))


def _warped(
    pixels: Pixels, degrees: float, zoom: float, move: tuple[float, float]
) -> Pixels:
    """Return a picture about its centre; what lies outside is mirrored in."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width] - np.array([height / 2, width / 2])[:, None, None]
    y, x = y - move[1] * height, x - move[0] * width
    cosine, sine = (
        np.cos(np.radians(degrees)) / zoom,
        np.sin(np.radians(degrees)) / zoom,
    )
    across = np.round(x * cosine - y * sine + width / 2).astype(int)
    down = np.round(x * sine + y * cosine + height / 2).astype(int)
    return pixels[_mirrored(down, height), _mirrored(across, width)]


def _mirrored(place: NDArray[np.int_], length: int) -> NDArray[np.int_]:
    folded = np.abs(place) % (2 * length - 2)
    return np.where(folded >= length, 2 * length - 2 - folded, folded)


def blurred(pixels: Pixels, sigma: float) -> Pixels:
    """Return a picture out of focus: three box filters make nearly a Gaussian."""
    light = pixels.astype(np.float32)
    side = max(1, round((np.sqrt(4 * sigma * sigma + 1) - 1) / 2))
    for axis in (0, 1) * 3:
        pads = [(side + 1, side) if each == axis else (0, 0) for each in range(3)]
        sums = np.cumsum(np.pad(light, pads, mode="edge"), axis=axis, dtype=np.float64)
        span = 2 * side + 1
        last = np.take(sums, range(span, sums.shape[axis]), axis=axis)
        first = np.take(sums, range(sums.shape[axis] - span), axis=axis)
        light = ((last - first) / span).astype(np.float32)
    return bytes_of(light)


def smeared(pixels: Pixels) -> Pixels:
    """Return a picture through a greasy thumb print on the upper right."""
    soft = lit(blurred(pixels, 5.0), 0.85, 20)
    result = pixels.copy()
    height, width = pixels.shape[:2]
    print_ = (slice(height // 2), slice(width // 3, None))
    result[print_] = soft[print_]
    return result


def covered(pixels: Pixels, share: float) -> Pixels:
    """Return a picture with a cloth over so much of the lens, from the right."""
    result = pixels.copy()
    first = round(pixels.shape[1] * (1 - share))
    result[:, first:] = noisy(np.full_like(result[:, first:], 60), 2.0)
    return result


def glared(pixels: Pixels) -> Pixels:
    """Return a picture with the low sun in it."""
    sun = _spot(pixels.shape[:2], 0.6, 0.3, 0.35)
    return bytes_of(pixels + 320 * sun[..., None] + 40)


@lru_cache(maxsize=32)
def _spot(shape: tuple[int, int], x: float, y: float, radius: float) -> Plane:
    """Return a round light: 1 in its middle; x, y and radius in widths, heights."""
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    far = np.hypot(columns - x * shape[1], rows - y * shape[0]) / (radius * shape[1])
    return np.asarray(np.exp(-(far**2)), np.float32)


def _lamps(pixels: Pixels, time_s: float) -> Pixels:
    """Three lamps, which switch on and off every 20 s, at dusk."""
    on = time_s % 40 >= 20
    places = ((0.2, 0.5), (0.6, 0.3), (0.8, 0.8))
    pools = sum(_spot(pixels.shape[:2], x, y, 0.17) for x, y in places)
    return bytes_of(pixels * (0.35 + 1.5 * on * np.asarray(pools)[..., None]))


def _clouds(pixels: Pixels, time_s: float) -> Pixels:
    """A shade as wide as half the picture passes within 20 s."""
    shade = _spot(pixels.shape[:2], round((time_s % 20) / 20, 1), 0.5, 0.4)
    return bytes_of(pixels * (1 - 0.5 * shade[..., None]))


def _bus(pixels: Pixels, time_s: float) -> Pixels:
    """Half the view is a bus's side for some seconds, again and again."""
    if time_s % BUS_EVERY_S > BUS_FOR_S:
        return pixels
    result = pixels.copy()
    height, width = pixels.shape[:2]
    side = slice(width // 4, 3 * width // 4)
    result[height // 5 :, side] = 90
    result[height // 3 : height // 2, side.start : side.stop : 16] = 200
    return result


def _crowd(pixels: Pixels, time_s: float) -> Pixels:
    """Forty people of two colours each walk across, over a third of the picture."""
    result = pixels.copy()
    height, width = pixels.shape[:2]
    random = np.random.default_rng(1)
    for x, y, speed, coat, legs in random.uniform(size=(40, 5)):
        tall = round(height * (0.15 + 0.15 * y))
        left = int((x + (speed - 0.5) * 0.2 * time_s) % 1 * width)
        top = int(y * (height - tall))
        person = (slice(top, top + tall), slice(left, left + tall // 3))
        result[person] = round(40 + 180 * coat)
        result[top + tall // 2 : top + tall, person[1]] = round(40 + 180 * legs)
    return result


def _rain(pixels: Pixels, time_s: float) -> Pixels:
    """Three hundred bright streaks, elsewhere in every picture."""
    random = np.random.default_rng(int(time_s * 100))
    result = lit(pixels, 0.8, 20)
    height, width = pixels.shape[:2]
    for x, y in random.integers(0, (width, height - 12), size=(300, 2)):
        result[y : y + 12, x] = result[y : y + 12, x] // 2 + 110
    return result


def _shake(pixels: Pixels, time_s: float) -> Pixels:
    """The pole sways by half a per cent of the picture."""
    return shifted(pixels, 0.005 * float(np.sin(5.0 * time_s)), 0.003)


def _sunset(pixels: Pixels, time_s: float) -> Pixels:
    """Within a minute the light goes to a fifth, and noise comes."""
    done = min(time_s / 60.0, 1.0)
    return noisy(lit(pixels, 1 - 0.8 * done), 4.0 * done, int(time_s * 100))


FAULTS: dict[str, tuple[str, Drawing]] = {
    "shifted by 3 % to the right": ("moved", lambda p, _: shifted(p, 0.03)),
    "shifted by 3 % upward": ("moved", lambda p, _: shifted(p, 0, -0.03)),
    "shifted by 8 %": ("moved", lambda p, _: shifted(p, 0.08, 0.02)),
    "rolled by 3 degrees": ("moved", lambda p, _: turned(p, 3.0)),
    "zoomed by a tenth": ("moved", lambda p, _: turned(p, 0.0, 1.1)),
    "upside down": ("moved", lambda p, _: p[::-1, ::-1]),
    "out of focus (sigma 2 px)": ("defocused", lambda p, _: blurred(p, 2.0)),
    "out of focus (sigma 5 px)": ("defocused", lambda p, _: blurred(p, 5.0)),
    "covered whole": ("covered", lambda p, _: covered(p, 1.0)),
    "covered by 70 %": ("covered", lambda p, _: covered(p, 0.7)),
    "the low sun": ("blinded", lambda p, _: glared(p)),
    "light out": ("dark", lambda p, _: noisy(lit(p, 0.04), 2.0)),
    "smeared": ("dirty", lambda p, _: smeared(p)),
}
"""What it is, which verdict is right, and how to draw it."""

HARMLESS: dict[str, Drawing] = {
    "untouched": lambda p, _: p,
    "light up and down by 60 %": lambda p, s: lit(p, 1 + 0.6 * float(np.sin(s / 10))),
    "flicker of 8 % at 1.3 Hz": lambda p, s: lit(p, 1 + 0.08 * float(np.sin(8.2 * s))),
    "gain steps of 0.6 and 1.5": lambda p, s: lit(p, 0.6 if s % 20 < 10 else 1.5),
    "clouds": _clouds,
    "lamps on and off at dusk": _lamps,
    "rain": _rain,
    "a crowd": _crowd,
    "a bus fills half the view": _bus,
    "a swaying pole": _shake,
    "sunset within a minute": _sunset,
}
"""What must not be told as any fault, and how to draw it."""

"""How well speeds are told: cars of known speed before a camera with real optics."""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.benchmarks.page import table, where
from tallypost.domain.vision import Detections, Size
from tallypost.vision.elements.ground import Ground
from tallypost.vision.elements.speed import Speeds
from tallypost.vision.elements.speed_trap import ERROR_KMH, ERROR_SHARE
from tallypost.vision.tracking.tracker import Tracker

SCENE = Size(1280, 720)
SPEEDS_KMH = (5, 15, 30, 50, 80, 100, 130)
RATES_HZ = (2.0, 5.0, 10.0, 25.0)
NOISE_SHARES = (0.0, 0.02, 0.05)
"""Standard deviation of each side of a box, in sizes of the box."""
CAR_M = (4.4, 1.8, 1.5)
RUNS = 4
CLICK_PX = 2.0

Floats = NDArray[np.float64]


class Measured(NamedTuple):
    """A speed that was told, and by how much it may be off."""

    speed_kmh: float
    error_kmh: float


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera on a pole.

    Attributes:
        height_m: Above the ground.
        pitch_deg: How far it looks down.
        yaw_deg: How far it looks to the right of the road's direction.
        field_deg: Its horizontal field of view.
    """

    height_m: float = 6.0
    pitch_deg: float = 22.0
    yaw_deg: float = 0.0
    field_deg: float = 70.0

    def seen(self, points_m: Floats) -> Floats:
        """Return where points in space are on the picture, NaN behind the camera.

        Args:
            points_m: Shape (..., 3): right of the pole, ahead of it, above the ground.
        """
        pitch, yaw = np.radians([self.pitch_deg, self.yaw_deg])
        turn = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
        right, ahead = np.moveaxis(points_m[..., :2] @ turn.T, -1, 0)
        below = self.height_m - points_m[..., 2]
        depth = ahead * np.cos(pitch) + below * np.sin(pitch)
        down = below * np.cos(pitch) - ahead * np.sin(pitch)
        focal_px = SCENE.width / 2 / np.tan(np.radians(self.field_deg) / 2)
        depth = np.where(depth > 0.5, depth, np.nan)
        middle = np.array(SCENE) / 2
        places = np.stack([right, down], axis=-1) / depth[..., None]
        return np.asarray(middle + focal_px * places)


@dataclass(frozen=True, slots=True)
class Road:
    """A straight way over the ground, and what is measured on it.

    Attributes:
        name: For the table.
        camera: What looks at it.
        start_m: Where it begins, right of the pole and ahead of it.
        end_m: Where it ends.
        corners_m: The rectangle that it is calibrated with.
    """

    name: str
    camera: Camera
    start_m: tuple[float, float]
    end_m: tuple[float, float]
    corners_m: tuple[tuple[float, float], ...]


_AHEAD = ((-4.0, 12.0), (4.0, 12.0), (4.0, 30.0), (-4.0, 30.0))
_ACROSS = ((-8.0, 11.0), (8.0, 11.0), (8.0, 19.0), (-8.0, 19.0))
ROADS = (
    Road("going away", Camera(), (2.0, -20.0), (2.0, 150.0), _AHEAD),
    Road("coming", Camera(), (-2.0, 150.0), (-2.0, -20.0), _AHEAD),
    Road("slantwise", Camera(), (-40.0, -22.0), (60.0, 64.0), _AHEAD),
    Road("across", Camera(pitch_deg=20.0), (-80.0, 15.0), (80.0, 15.0), _ACROSS),
)


def ground(road: Road, noise: np.random.Generator) -> Ground:
    """Return a road's ground as a person would calibrate it, by eye."""
    corners = np.array([[*corner, 0.0] for corner in road.corners_m])
    clicked = road.camera.seen(corners) + noise.normal(0, CLICK_PX, (4, 2))
    return Ground([tuple(each) for each in clicked / SCENE], road.corners_m)


def box(road: Road, place_m: Floats, size_m: tuple[float, float, float]) -> Floats:
    """Return the box of a body that goes along a road: shape (4,)."""
    way = np.array(road.end_m) - road.start_m
    ahead = way / np.hypot(*way)
    length, width, height = size_m
    corners = [
        [
            *(place_m + along * length * ahead + aside * width * ahead[::-1] * (1, -1)),
            up * height,
        ]
        for along, aside, up in product((-0.5, 0.5), (-0.5, 0.5), (0, 1))
    ]
    seen = road.camera.seen(np.array(corners))
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)])


def seen(body: Floats, noise: np.random.Generator, share: float) -> Detections:
    """Return what a detector tells of a body: cut by the picture, and shaken.

    Args:
        body: Shape (4,), the box of the whole body; NaN where it is behind the camera.
        noise: For the sides of the box.
        share: Standard deviation of each side, in sizes of the box.
    """
    low, high = np.maximum(body[:2], 0), np.minimum(body[2:], SCENE)
    sides = high - low
    if not (sides > 0).all() or sides.prod() < 0.5 * (body[2:] - body[:2]).prod():
        return Detections.none()
    shaken = np.concatenate([low, high])
    shaken += noise.normal(0, share * np.sqrt(sides.prod()), 4)
    return Detections(
        np.clip(shaken, 0, (*SCENE, *SCENE))[None].astype(np.float32),
        np.full(1, 0.8, np.float32),
        np.zeros(1, np.int64),
    )


def measured(road: Road, case: tuple[float, float, float], seed: int) -> Measured:
    """Return the speed that is told in the middle of a road; NaN where none is.

    Args:
        road: Where.
        case: Speed in km/h, frames a second, and noise of the boxes.
        seed: For the noise, the clicks of the calibration and the first frame.
    """
    speed_kmh, rate_hz, share = case
    noise = np.random.default_rng(seed)
    speeds = Speeds(ground(road, noise), [200.0])
    tracker = Tracker(score_min=0.4)
    way = np.array(road.end_m) - road.start_m
    length_m = float(np.hypot(*way))
    middle_m = (np.mean(road.corners_m, axis=0) - road.start_m) @ way / length_m
    time_s = noise.uniform(0, 1 / rate_hz)
    while (gone_m := time_s * speed_kmh / 3.6) < length_m:
        body = box(road, road.start_m + way * gone_m / length_m, CAR_M)
        tracks = tracker.update(seen(body, noise, share), time_s)
        motion = speeds.update(tracks, SCENE)
        if gone_m > middle_m and np.isfinite(motion.speeds_kmh).any():
            return Measured(float(motion.speeds_kmh[0]), float(motion.errors_kmh[0]))
        time_s += 1 / rate_hz
    return Measured(np.nan, np.nan)


def rows() -> list[list[str]]:
    """Return a row for each rate and speed: all roads and noises together."""
    told = []
    for rate_hz, speed_kmh in product(RATES_HZ, SPEEDS_KMH):
        cases = product(ROADS, NOISE_SHARES, range(RUNS))
        all_told = np.array(
            [
                measured(road, (speed_kmh, rate_hz, share), seed)
                for road, share, seed in cases
            ]
        )
        errors_kmh, bands_kmh = all_told[:, 0] - speed_kmh, all_told[:, 1]
        well = bands_kmh <= np.maximum(ERROR_KMH, ERROR_SHARE * all_told[:, 0])
        told.append(_row(rate_hz, speed_kmh, errors_kmh[well], bands_kmh[well]))
    return told


def _row(
    rate_hz: float, speed_kmh: float, errors_kmh: Floats, bands_kmh: Floats
) -> list[str]:
    known = len(errors_kmh) / (len(ROADS) * len(NOISE_SHARES) * RUNS)
    row = [f"{rate_hz:g}", f"{speed_kmh:g}", f"{known:.0%}"]
    if not len(errors_kmh):
        return [*row, "", "", "", ""]
    return [
        *row,
        f"{np.mean(errors_kmh):+.1f}",
        f"{np.quantile(np.abs(errors_kmh), 0.95):.1f}",
        f"{np.sqrt(np.mean(bands_kmh**2)):.1f}",
        f"{np.mean(np.abs(errors_kmh) <= bands_kmh):.0%}",
    ]


def section() -> str:
    """Return how well speeds are told, as Markdown."""
    headings = [
        "frames a second",
        "km/h",
        "told",
        "mean error, km/h",
        "95 % of errors below, km/h",
        "error told, km/h",
        "errors within the error told",
    ]
    return (
        f"{table(headings, rows())}\n\nA car of {CAR_M[0]} x {CAR_M[1]} x {CAR_M[2]} m "
        "before a camera 6 m high, going away, coming, slantwise and across, its boxes "
        f"shaken by {', '.join(f'{share:.0%}' for share in NOISE_SHARES)} of their "
        f"size, {RUNS} runs each; the ground calibrated by eye, {CLICK_PX:g} pixels "
        "off at each corner. A speed is told where its error is below "
        f"{ERROR_KMH:g} km/h or {ERROR_SHARE:.0%}. {where()}"
    )


if __name__ == "__main__":
    print(section())

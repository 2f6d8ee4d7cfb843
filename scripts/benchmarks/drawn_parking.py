"""A drawn car park: vehicles come, stand and go, on a plane before a pinhole camera."""

from dataclasses import dataclass, field
from math import cos, pi, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size

SCENE = Size(1280, 720)
CLASSES = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
BAY_M = (2.5, 5.0)
STAND_Y = {"A": (12.0, 6), "B": (23.0, 12), "C": (28.0, 12)}  # row: begins at, spaces
AISLE_Y = {"A": 20.0, "B": 20.0, "C": 36.0}
FAR_X = 24.0
ROAD_Y = 8.5
DRIVE_MS, PARK_S, TURN_S = 4.0, 6.0, 3.0

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks along y from above x = y = 0."""

    height_m: float = 6.0
    pitch: float = radians(18)
    across: float = radians(70)

    def project(self, points: Array) -> Array:
        """Return where points, shape (n, 3) in metres, are on the picture: (n, 2)."""
        focal = SCENE.width / 2 / tan(self.across / 2)
        x, y, z = points[:, 0], points[:, 1], points[:, 2] - self.height_m
        depth = np.maximum(y * cos(self.pitch) - z * sin(self.pitch), 0.1)
        down = -y * sin(self.pitch) - z * cos(self.pitch)
        return np.stack(
            [
                SCENE.width / 2 + focal * x / depth,
                SCENE.height / 2 + focal * down / depth,
            ],
            axis=1,
        )

    def ground(self, points: Array) -> Array:
        """Return where points on the ground, shape (n, 2), are: 0..1 of the picture."""
        flat = np.column_stack([points, np.zeros(len(points))])
        return np.clip(self.project(flat) / SCENE, 0, 1)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle's size, in metres, and what it is."""

    length: float
    width: float
    height: float
    label: str = "car"

    def hulls(self, x: float, y: float, heading: float) -> list[Array]:
        """Return the corners, shape (8, 3), of its body and of its cabin."""
        low, cabin = (0.62, 0.6) if self.label == "car" else (1.0, 1.0)
        return [
            self._block(x, y, heading, 1.0, (0.15, low * self.height)),
            self._block(x, y, heading, cabin, (0.15, self.height)),
        ]

    def _block(
        self, x: float, y: float, heading: float, share: float, z: tuple[float, float]
    ) -> Array:
        half = np.array([self.length * share, self.width]) / 2
        around = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * half
        turned = around @ np.array(
            [[cos(heading), sin(heading)], [-sin(heading), cos(heading)]]
        )
        return np.array([[x + a, y + b, c] for c in z for a, b in turned])


@dataclass(slots=True)
class Visit:
    """One vehicle's way: where it is at which time, between them by proportion."""

    vehicle: Vehicle
    times_s: list[float]
    poses: list[tuple[float, float, float]]
    bay: int | None = None
    parked_s: tuple[float, float] = (0.0, 0.0)

    def pose(self, time_s: float) -> tuple[float, float, float] | None:
        """Return x, y and heading, or None where it is not there."""
        if not self.times_s[0] <= time_s < self.times_s[-1]:
            return None
        x, y, heading = (
            float(np.interp(time_s, self.times_s, [pose[n] for pose in self.poses]))
            for n in range(3)
        )
        return x, y, heading


@dataclass
class CarPark:
    """A drawn hour: who is where, and which bays are taken.

    Args:
        seed: Of all chances.
        duration_s: How long it lasts.
        camera: Looks at it.
        stay_s: Mean stay; so long is a bay free on the mean, too.
        bus: Whether a bus stands before the front row for a minute and a half, twice.
    """

    seed: int
    duration_s: float = 1800.0
    camera: Camera = field(default_factory=Camera)
    stay_s: float = 480.0
    bus: bool = True

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        self.bays = [
            (row, -BAY_M[0] * count / 2 + BAY_M[0] * (n + 0.5), y)
            for row, (y, count) in STAND_Y.items()
            for n in range(count)
        ]
        self.visits: list[Visit] = []
        for bay in range(len(self.bays)):
            self._fill(bay, random)
        for start_s in np.arange(20.0, self.duration_s, 45.0):
            self._pass(start_s + random.uniform(0, 30), random)
        if self.bus:
            for start_s in (self.duration_s * 0.3, self.duration_s * 0.7):
                self._stop(start_s)

    def _fill(self, bay: int, random: np.random.Generator) -> None:
        """Let cars park on a bay, one after another."""
        time_s = (
            -random.exponential(self.stay_s)
            if random.random() < 0.55
            else random.exponential(self.stay_s)
        )
        while time_s < self.duration_s:
            stay_s = max(random.exponential(self.stay_s), 30.0)
            if time_s + stay_s > 0 or time_s > 0:
                self.visits.append(self._visit(bay, time_s, time_s + stay_s, random))
            time_s += stay_s + 20 + random.exponential(self.stay_s)

    def _visit(
        self, bay: int, parked_s: float, leaves_s: float, random: np.random.Generator
    ) -> Visit:
        row, x, y = self.bays[bay]
        aisle_y, side = AISLE_Y[row], random.choice([-1.0, 1.0])
        vehicle = _vehicle(random)
        stand = (
            x + random.normal(0, 0.15),
            y + BAY_M[1] / 2 + random.normal(0, 0.15),
            pi / 2 + random.normal(0, 0.03),
        )
        drive_s = FAR_X / DRIVE_MS
        far = (side * FAR_X + x, aisle_y, 0.0)
        before = (x, aisle_y, 0.0)
        turned = (x, aisle_y + (stand[1] - aisle_y) * 0.3, pi / 2)
        back = [far, before, turned, stand]
        return Visit(
            vehicle,
            [
                parked_s - PARK_S - TURN_S - drive_s,
                parked_s - PARK_S - TURN_S,
                parked_s - PARK_S,
                parked_s,
                leaves_s,
                leaves_s + PARK_S,
                leaves_s + PARK_S + TURN_S,
                leaves_s + PARK_S + TURN_S + drive_s,
            ],
            [*back, *reversed(back)],
            bay,
            (parked_s, leaves_s),
        )

    def _pass(self, start_s: float, random: np.random.Generator) -> None:
        """Let a vehicle go by, on an aisle or on the road before the front row."""
        y = random.choice([ROAD_Y, 20.0, 36.0])
        side = random.choice([-1.0, 1.0])
        seconds = 2 * FAR_X / DRIVE_MS / random.uniform(0.8, 2)
        ends = [(-side * FAR_X, y, 0.0), (side * FAR_X, y, 0.0)]
        self.visits.append(Visit(_vehicle(random), [start_s, start_s + seconds], ends))

    def _stop(self, start_s: float) -> None:
        """Let a bus stand on the road before the front row."""
        bus = Vehicle(12.0, 2.5, 3.1, "bus")
        times_s = [start_s, start_s + 8, start_s + 98, start_s + 106]
        poses = [
            (-30.0, ROAD_Y, 0.0),
            (0.0, ROAD_Y, 0.0),
            (0.0, ROAD_Y, 0.0),
            (30.0, ROAD_Y, 0.0),
        ]
        self.visits.append(Visit(bus, times_s, poses))

    def taken(self, time_s: float) -> NDArray[np.bool_]:
        """Return on which bays somebody stands."""
        found = np.zeros(len(self.bays), np.bool_)
        for visit in self.visits:
            if (
                visit.bay is not None
                and visit.parked_s[0] <= time_s < visit.parked_s[1]
            ):
                found[visit.bay] = True
        return found

    def changes(self) -> tuple[int, int]:
        """Return how many came and how many left."""
        parked = [visit.parked_s for visit in self.visits if visit.bay is not None]
        return (
            sum(0 < come_s < self.duration_s for come_s, _ in parked),
            sum(0 < leave_s < self.duration_s for _, leave_s in parked),
        )

    def corners(self, bay: int) -> Array:
        """Return a bay's corners on the picture, 0..1."""
        _, x, y = self.bays[bay]
        half = BAY_M[0] / 2
        return self.camera.ground(
            np.array(
                [[x - half, y], [x + half, y], [x + half, y + 5], [x - half, y + 5]]
            )
        )

    def row(self, name: str) -> Array:
        """Return a row's corners on the picture, 0..1."""
        y, count = STAND_Y[name]
        half = BAY_M[0] * count / 2
        return self.camera.ground(
            np.array([[-half, y], [half, y], [half, y + 5], [-half, y + 5]])
        )


def _vehicle(random: np.random.Generator) -> Vehicle:
    if random.random() < 0.12:
        return Vehicle(5.2, 2.0, 2.4, "truck")
    return Vehicle(*random.normal([4.3, 1.78, 1.5], [0.25, 0.06, 0.08]).tolist())

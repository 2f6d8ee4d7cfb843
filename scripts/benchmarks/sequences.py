"""Real recordings with ground truth, at the rates that small boards give."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.benchmarks.measures import Look
from tallypost.domain.vision import Detections, Size
from tallypost.geometry import foot_points

# Picture size and the rate of the footage itself. PETS09-S2L1 is told as 7 a second in
# its seqinfo.ini; the footage that we share it with (vtest.avi) plays at 10.
SEQUENCES = {
    "PETS09-S2L1": (Size(768, 576), 10.0),
    "TUD-Campus": (Size(640, 480), 25.0),
    "ADL-Rundle-6": (Size(1920, 1080), 30.0),
}
# The same lines on every sequence, so that none is chosen to please: across the picture
# at three heights and three widths, both diagonals, and two that end inside.
LINES = {
    "low": ((0.0, 0.65), (1.0, 0.65)),
    "middle": ((0.0, 0.5), (1.0, 0.5)),
    "high": ((0.0, 0.35), (1.0, 0.35)),
    "left": ((0.3, 0.0), (0.3, 1.0)),
    "centre": ((0.5, 0.0), (0.5, 1.0)),
    "right": ((0.7, 0.0), (0.7, 1.0)),
    "falling": ((0.0, 0.0), (1.0, 1.0)),
    "rising": ((0.0, 1.0), (1.0, 0.0)),
    "short upright": ((0.6, 0.3), (0.6, 0.6)),
    "short level": ((0.35, 0.45), (0.65, 0.45)),
}
# A true object that goes back over the line sooner than this has not crossed it.
RETURN_MIN_S = 2.0

Lines = dict[str, tuple[int, int]]
"""Forward and backward crossings by the line's name."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Looks at one scene at one rate: what was true and what a detector found.

    Attributes:
        name: The sequence's, and the detector's.
        score_min: From here on the detector's word stands by itself.
        scene: Size of the picture.
        times_s: Shape (n,), of the looks that were kept.
        truth: Who was there, at each of these.
        found: What the detector told, at each of these.
        lines: True crossings, at the footage's own rate.
    """

    name: str
    score_min: float
    scene: Size
    times_s: NDArray[np.float64]
    truth: list[Look]
    found: list[Detections]
    lines: Lines

    @property
    def rate_hz(self) -> float:
        """Looks a second, on the whole."""
        return float((len(self.times_s) - 1) / np.ptp(self.times_s))

    def at(self, rate_hz: float) -> "Recording":
        """Return the same recording with fewer looks a second."""
        kept = kept_at(self.times_s, rate_hz)
        return replace(
            self,
            times_s=self.times_s[kept],
            truth=[self.truth[place] for place in kept],
            found=[self.found[place] for place in kept],
        )


def kept_at(times_s: NDArray[np.float64], rate_hz: float) -> list[int]:
    """Return which of some looks are left at a lower rate: the first of each slot."""
    slots = np.floor(times_s * rate_hz + 1e-6)
    return np.flatnonzero(np.diff(slots, prepend=-1) > 0).tolist()


def published(folder: Path, name: str) -> Recording:
    """Return a sequence at its own rate, with the detections it was published with.

    Args:
        folder: Holds a folder a sequence, as MOT Challenge publishes them.
        name: The sequence's.
    """
    rows = np.loadtxt(folder / name / "det.txt", delimiter=",", ndmin=2)
    frames = range(1, int(rows[:, 0].max()) + 1)
    found = [_detections(rows[rows[:, 0] == frame]) for frame in frames]
    return recording(folder, name, found, f"{name}, published detections", 0.5)


def recording(
    folder: Path, name: str, found: list[Detections], title: str, score_min: float
) -> Recording:
    """Return a sequence at its own rate.

    Args:
        folder: Holds a folder a sequence, as MOT Challenge publishes them.
        name: The sequence's.
        found: What a detector told, frame by frame.
        title: The sequence's name and the detector's.
        score_min: From here on the detector's word stands by itself.
    """
    scene, rate_hz = SEQUENCES[name]
    rows = np.loadtxt(folder / name / "gt.txt", delimiter=",", ndmin=2)
    frames = min(int(rows[:, 0].max()), len(found))
    real = [rows[rows[:, 0] == frame + 1] for frame in range(frames)]
    return Recording(
        name=title,
        score_min=score_min,
        scene=scene,
        times_s=np.arange(frames) / rate_hz,
        # Rows marked 0 are not scored. Source: TrackEval, mot_challenge_2d_box.py.
        truth=[_look(here[here[:, 6] > 0]) for here in real],
        found=found[:frames],
        lines=_true_lines(rows, scene, rate_hz),
    )


def _boxes(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([rows[:, 2:4], rows[:, 2:4] + rows[:, 4:6]], axis=1)


def _look(rows: NDArray[np.float64]) -> Look:
    return Look(rows[:, 1].astype(np.int64), _boxes(rows))


def _detections(rows: NDArray[np.float64]) -> Detections:
    return Detections(
        _boxes(rows).astype(np.float32),
        rows[:, 6].astype(np.float32),
        np.zeros(len(rows), np.int64),
    )


def _true_lines(rows: NDArray[np.float64], scene: Size, rate_hz: float) -> Lines:
    """Return who crossed, by a rule that shares nothing with the counter's.

    Every meeting of a foot point's way with the segment counts, less those that the
    same object takes back within `RETURN_MIN_S`.
    """
    ways = [rows[rows[:, 1] == one] for one in np.unique(rows[:, 1])]
    told: Lines = {}
    for name, ends in LINES.items():
        start, end = np.array(ends) * scene
        kept = [
            direction
            for way in ways
            for direction in _lasting(_meetings(way, start, end), rate_hz)
        ]
        told[name] = (kept.count(1), kept.count(-1))
    return told


def _lasting(meetings: list[tuple[float, int]], rate_hz: float) -> list[int]:
    """Return the directions of those meetings that are not taken back at once."""
    kept: list[tuple[float, int]] = []
    for frame, direction in meetings:
        soon = bool(kept) and frame - kept[-1][0] < RETURN_MIN_S * rate_hz
        if soon and kept[-1][1] != direction:
            kept.pop()
        else:
            kept.append((frame, direction))
    return [direction for _, direction in kept]


def _meetings(
    way: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> list[tuple[float, int]]:
    """Return when a foot point's way meets the segment, and +1 for left to right."""
    feet = foot_points(_boxes(way))
    line = end - start

    def turn(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])

    side = turn(line, feet - start) >= 0
    step = np.diff(feet, axis=0)
    parted = turn(step, start - feet[:-1]) * turn(step, end - feet[:-1]) <= 0
    met = np.flatnonzero((side[1:] != side[:-1]) & parted)
    return [(float(way[n + 1, 0]), 1 if side[n + 1] else -1) for n in met.tolist()]

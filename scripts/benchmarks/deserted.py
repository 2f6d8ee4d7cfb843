"""Recordings of real people, each with a place in it that nobody comes near."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.benchmarks.footage import looks as looks_at
from scripts.benchmarks.page import DATA
from scripts.benchmarks.sequences import SEQUENCES, kept_at, published
from tallypost.assembly.detector import open_detector, threshold
from tallypost.domain.vision import Detections, Size
from tallypost.geometry import foot_points
from tallypost.models.store import find_model

Corners = Sequence[tuple[float, float]]


class Kept(NamedTuple):
    """A recording, and a place in it that nobody comes near."""

    name: str
    told: list[tuple[float, Detections]]
    scene: Size
    corners: Corners
    score_min: float

    def at(self, rate_hz: float | None) -> list[tuple[float, Detections]]:
        """Return what is told at a lower rate; None: at its own."""
        if rate_hz is None:
            return self.told
        times_s = np.array([time_s for time_s, _ in self.told])
        return [self.told[place] for place in kept_at(times_s, rate_hz)]


def deserted(feet: NDArray[np.float64]) -> Corners:
    """Return the largest rectangle of a 32x24 grid that nobody's foot comes near.

    Args:
        feet: Shape (n, 2), where all people ever stood, in 0..1 of the picture. The
            rectangle lies within the heights at which people stood: no sky, no roof.
    """
    columns, rows = 32, 24
    free = np.ones((rows + 2, columns + 2), np.bool_)
    for x, y in np.clip(feet * (columns, rows), -1, (columns, rows)).astype(int) + 1:
        free[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2] = False
    low = max(int(feet[:, 1].min() * rows), 0)
    high = min(int(np.ceil(feet[:, 1].max() * rows)), rows)
    best, area = (0, 0, 1, 1), 0
    for top, left in product(range(low, high), range(columns)):
        for bottom, right in product(range(top, high), range(left, columns)):
            size = (bottom - top + 1) * (right - left + 1)
            if size > area and free[top + 1 : bottom + 2, left + 1 : right + 2].all():
                best, area = (left, top, right + 1, bottom + 1), size
    left, top, right, bottom = best
    x1, y1, x2, y2 = left / columns, top / rows, right / columns, bottom / rows
    return ((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def recordings() -> Iterator[Kept]:
    """Yield recorded sequences with published detections, and one seen by our model."""
    for name, (scene, _) in SEQUENCES.items():
        one = published(DATA / "mot15", name)
        feet = foot_points(np.concatenate([each.boxes for each in one.truth])) / scene
        corners = deserted(feet)
        told = list(zip(one.times_s.tolist(), one.found, strict=True))
        yield Kept(f"{name}, published detections", told, scene, corners, one.score_min)
        if name == "PETS09-S2L1":
            yield _seen_by_ours(corners)


def _seen_by_ours(corners: Corners) -> Kept:
    """Return the footage of the longest sequence as our own model sees it."""
    model = find_model(None)
    scores = threshold(model, None)
    detector = open_detector(model, score_min=scores.hold, threads=2)
    found, times_s, scene = looks_at(detector, DATA / "footage" / "vtest.avi", None)
    person = detector.classes.index("person")
    detector.close()
    told = list(zip(times_s, (_persons(each, person) for each in found), strict=True))
    title = f"the same footage, {model.description.name}"
    return Kept(title, told, scene, corners, scores.begin)


def _persons(found: Detections, person: int) -> Detections:
    mine = found.only(np.flatnonzero(found.class_ids == person))
    return Detections(mine.boxes, mine.scores, np.zeros_like(mine.class_ids))

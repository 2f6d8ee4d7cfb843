"""Whether two persons can be told apart by what a sketch would show of them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.benchmarks.page import DATA
from scripts.benchmarks.sketch_eyes import of_somebody_missed, squeezed
from tallypost.assembly.camera import open_footage
from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Size

FIT = Size(320, 320)
FULL = Size(640, 640)
SHIFT = 1
"""Cells by which one may lie beside the other."""
CANVAS = (12, 6)
"""Rows and columns that crops are scaled to, for whoever compares them by shape."""
FINE = (48, 24)
Crop = NDArray[np.float64]


@dataclass(frozen=True)
class Film:
    """Footage whose people are known.

    Attributes:
        file: In footage/.
        truth: Folder in mot15/.
        every: Each so many frames a person's crop is taken.
        apart: So many frames lie between two crops that are compared, at least.
    """

    file: str
    truth: str
    every: int
    apart: int


FILMS = (
    Film("vtest.avi", "PETS09-S2L1", every=10, apart=50),
    Film("TUD-Campus.mp4", "TUD-Campus", every=3, apart=20),
)


@dataclass(frozen=True)
class Matched:
    """How often the nearest neighbour is the same person.

    Attributes:
        people: How many there are.
        crops: How many crops are asked of.
        rows: Of persons' rows of cells, the median.
        chance: Share that a guess would get.
        right: Share, by what is compared.
    """

    people: int
    crops: int
    rows: float
    chance: float
    right: dict[str, float]


def matched(film: Film) -> Matched:
    """Return how well people of a film can be told apart."""
    seen = _seen(film)
    same, others = _who(seen, film.apart)
    asked = same.any(axis=1) & (others & ~same).any(axis=1)
    distances = {
        "picture": _apart([each.picture for each in seen]),
        "sketch, cell by cell": _unlike([_canvas(each.sketch) for each in seen]),
        "sketch, scaled": _apart([_scaled(each.sketch, CANVAS) for each in seen]),
        "size of the box alone": _apart([np.array(each.sketch.shape) for each in seen]),
    }
    right = {}
    for what, distance in distances.items():
        nearest = np.where(others, distance, np.inf).argmin(axis=1)
        right[what] = float(same[np.arange(len(seen)), nearest][asked].mean())
    guesses = same.sum(axis=1) / np.maximum(others.sum(axis=1), 1)
    return Matched(
        people=len({each.who for each in seen}),
        crops=int(asked.sum()),
        rows=float(np.median([len(each.sketch) for each in seen])),
        chance=float(guesses[asked].mean()),
        right=right,
    )


@dataclass(frozen=True)
class _Seen:
    """One person at one moment."""

    who: int
    number: int
    picture: Crop
    sketch: Crop


def _seen(film: Film) -> list[_Seen]:
    """Return what a film shows of people, as a picture and as a sketch would."""
    truth, seen, number = _truth(film), [], 0
    camera = open_footage(str(DATA / "footage" / film.file), FULL, LinuxBoard())
    while not camera.ended:
        frame = camera.read(10.0)
        if frame is None:
            continue
        number += 1
        if number % film.every == 0:
            drawn = of_somebody_missed(squeezed(frame.pixels, FIT)).astype(np.float64)
            for who, box in truth.get(number, []):
                shown = _inside(frame.pixels, box, frame.scene)
                edges = _inside(drawn, box, frame.scene).copy()
                if min(shown.shape[:2]) > 1 and min(edges.shape) > 0:
                    fine = _scaled(shown / 255, FINE)
                    seen.append(_Seen(who, number, fine, edges))
        frame.erase()
    camera.close()
    return seen


def _who(seen: list[_Seen], apart: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who is the same at another time, and whom each is compared with."""
    number = np.array([each.number for each in seen])
    who = np.array([each.who for each in seen])
    others = np.abs(number[:, None] - number) >= apart
    return others & (who[:, None] == who), others


def _apart(crops: list[Crop]) -> Crop:
    """Return mean differences of each to each."""
    flat = np.stack([each.ravel() for each in crops]).astype(np.float32)
    return np.stack([np.abs(flat - one).mean(axis=1) for one in flat])


def _unlike(crops: list[Crop]) -> Crop:
    """Return 1 less the best overlaps, where one may be shifted by a cell."""
    flat = np.stack([each.ravel() for each in crops])
    sums = flat.sum(axis=1)
    best = np.zeros((len(crops), len(crops)))
    for down in range(-SHIFT, SHIFT + 1):
        for across in range(-SHIFT, SHIFT + 1):
            moved = [np.roll(each, (down, across), (0, 1)).ravel() for each in crops]
            both = flat @ np.stack(moved).T
            either = sums[:, None] + sums - both
            best = np.maximum(best, both / np.maximum(either, 1))
    return np.asarray(1 - best)


def _canvas(crop: Crop) -> Crop:
    """Return a crop, unscaled, in the middle of a larger sheet."""
    sheet = np.zeros((64, 64))
    rows, columns = crop.shape
    top, left = (64 - rows) // 2, (64 - columns) // 2
    sheet[top : top + rows, left : left + columns] = crop
    return sheet


def _scaled(crop: Crop, shape: tuple[int, int]) -> Crop:
    way = Image.Resampling.BOX
    planes = crop if crop.ndim == 3 else crop[..., None]
    size = shape[1], shape[0]
    scaled = [
        np.asarray(Image.fromarray(planes[..., k].astype(np.float32)).resize(size, way))
        for k in range(planes.shape[2])
    ]
    return np.stack(scaled, axis=-1).astype(np.float64)


def _inside(values: NDArray[Any], box: tuple[float, ...], scene: Size) -> Crop:
    """Return what of a picture or a sketch is in a box."""
    rows, columns = values.shape[:2]
    x1, y1, x2, y2 = box
    left, right = (round(x / scene.width * columns) for x in (x1, x2))
    top, bottom = (round(y / scene.height * rows) for y in (y1, y2))
    return values[max(top, 0) : bottom, max(left, 0) : right]


def _truth(film: Film) -> dict[int, list[tuple[int, tuple[float, ...]]]]:
    """Return by frame who is where: a number, and x1 y1 x2 y2 in pixels."""
    found: dict[int, list[tuple[int, tuple[float, ...]]]] = defaultdict(list)
    lines = (DATA / "mot15" / film.truth / "gt.txt").read_text("ascii").split()
    for line in lines:
        number, one, x, y, w, h, flag = map(float, line.split(",")[:7])
        if flag:
            found[int(number)].append((int(one), (x, y, x + w, y + h)))
    return found

"""What public detectors find on pictures, and on what a sketch shows of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.benchmarks.page import DATA, ROOT
from scripts.benchmarks.sketch_faces import again
from tallypost.assembly.detector import open_detector, threshold
from tallypost.cli.models_eval import Timed
from tallypost.domain.vision import Detections, Frame, Pixels, Size
from tallypost.geometry import iou
from tallypost.models.labelled import LabelledSet
from tallypost.models.store import find_model
from tallypost.vision.aiming.edges import edges, grid_of
from tallypost.vision.aiming.sketch import (
    MARGIN_CELLS,
    _wider,
    cells_of,
    without_specks,
)

Drawn = NDArray[np.bool_]
SETS = (("coco", "val"), ("pets", "test"))
"""Of which every picture labels all persons there are."""
SCORES = (0.3, 0.5)
OVERLAP_MIN = 0.5
FACES, FACE_MIN = "BlazeFace", 0.5
"""Faces that are found with less on the picture itself may be none."""
SMALL_SIDE = 40
"""A person who is lower, in pixels of 320, is no test of a detector."""


def squeezed(pixels: Pixels, fit: Size) -> Pixels:
    """Return a picture as a camera would give it to a detector."""
    height, width = pixels.shape[:2]
    share = min(fit.width / width, fit.height / height)
    size = max(round(width * share), 1), max(round(height * share), 1)
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def frame_of(pixels: Pixels, scene: Size) -> Frame:
    """Return a picture as detectors take it."""
    return Frame(pixels, scene, 0.0, 0.0)


def of_somebody_missed(pixels: Pixels) -> Drawn:
    """Return the sketch of a picture that stood for seconds, and nobody was found."""
    return of_those_missed(pixels, Detections.none(), Size(1, 1))


def of_those_missed(pixels: Pixels, found: Detections, scene: Size) -> Drawn:
    """Return the sketch of a picture that stood for seconds, with who was found."""
    grid = grid_of(pixels)
    covered = cells_of(_wider(found.boxes), scene, grid, MARGIN_CELLS)
    return without_specks(edges(pixels, covered) & ~covered)


def renderings(drawn: Drawn, size: tuple[int, int]) -> Iterator[tuple[str, Pixels]]:
    """Yield what somebody may make of a sketch to show it to a detector.

    Args:
        drawn: The cells.
        size: Width and height of the picture to make.
    """
    for name, way in (
        ("cells", Image.Resampling.NEAREST),
        ("smoothed", Image.Resampling.BILINEAR),
    ):
        white = Image.fromarray(drawn.astype(np.uint8) * 255).resize(size, way)
        grey = np.asarray(white)
        for ink, values in (("white", grey), ("black", 255 - grey)):
            yield f"{name}, {ink} ink", np.repeat(values[..., None], 3, axis=2)


@dataclass
class Tally:
    """What one detector found on one kind of picture.

    Attributes:
        pictures: How many it looked at.
        people: How many are labelled on them.
        told: How many it told of, by least score.
        right: How many of those labelled it found, by least score.
    """

    pictures: int = 0
    people: int = 0
    told: defaultdict[float, int] = field(default_factory=lambda: defaultdict(int))
    right: defaultdict[float, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, found: Detections, person: int, truth: NDArray[np.float64]) -> None:
        """Take one picture."""
        self.pictures += 1
        self.people += len(truth)
        for score in SCORES:
            mine = found.only((found.class_ids == person) & (found.scores >= score))
            self.told[score] += len(mine)
            if len(mine) and len(truth):
                overlaps = iou(truth, mine.boxes.astype(np.float64))
                self.right[score] += int((overlaps.max(axis=1) >= OVERLAP_MIN).sum())

    def add_faces(self, shown: NDArray[np.float64], known: NDArray[np.float64]) -> None:
        """Take the faces of one picture."""
        self.pictures += 1
        self.people += len(known)
        for score in SCORES:
            self.told[score] += int((shown[:, 0] >= score).sum())
            self.right[score] += again(shown, known, score)


def ours() -> tuple[Timed, float]:
    """Return the detector that the device runs, down to the score that it holds."""
    model = find_model(str(ROOT / "models" / "tallypost-street-320"))
    scores = threshold(model, None)
    return open_detector(model, score_min=scores.hold, threads=2), scores.hold


def pictures(limit: int | None) -> Iterator[tuple[Pixels, NDArray[np.float64]]]:
    """Yield labelled pictures, and the boxes of the persons on them, in pixels."""
    for name, split in SETS:
        one = LabelledSet(DATA / "labelled" / name, split)
        for number, labelled in enumerate(one):
            if limit is not None and number >= limit:
                break
            pixels = np.array(Image.open(labelled.picture).convert("RGB"))
            size = Size(pixels.shape[1], pixels.shape[0])
            boxes = labelled.boxes_in(size)[labelled.class_ids == 0]
            tall = (boxes[:, 3] - boxes[:, 1]) * 320 / max(size) >= SMALL_SIDE
            yield pixels, boxes[tall]


def looked_at(
    detectors: Mapping[str, Timed],
    faces: Callable[[Pixels], NDArray[np.float64]] | None,
    limit: int | None,
) -> dict[tuple[str, str], Tally]:
    """Return what detectors found, by detector and what was shown.

    Of faces those are right that were found on the picture itself.

    Args:
        detectors: By name.
        faces: Finds faces; None: none is at hand.
        limit: No more pictures of each set.
    """
    device, _ = ours()
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for pixels, truth in pictures(limit):
        known = None if faces is None else faces(pixels)
        for what, shown in _shown(pixels, device):
            if faces is not None and known is not None:
                here = known[known[:, 0] >= FACE_MIN]
                tallies[FACES, what].add_faces(faces(shown), here)
            for name, detector in detectors.items():
                person = detector.classes.index("person")
                scene = Size(pixels.shape[1], pixels.shape[0])
                fitted = squeezed(shown, detector.input_size)
                found = detector.detect(frame_of(fitted, scene))
                tallies[name, what].add(found, person, truth)
    return tallies


def _shown(pixels: Pixels, device: Timed) -> Iterator[tuple[str, Pixels]]:
    """Yield a picture, and the renderings of its sketches."""
    size = pixels.shape[1], pixels.shape[0]
    scene = Size(*size)
    yield "the picture", pixels
    fitted = squeezed(pixels, device.input_size)
    found = device.detect(frame_of(fitted.copy(), scene))
    for name, shown in renderings(of_somebody_missed(fitted), size):
        yield f"sketch, nobody found: {name}", shown
    name, shown = next(renderings(of_those_missed(fitted, found, scene), size))
    yield f"sketch as told: {name}", shown

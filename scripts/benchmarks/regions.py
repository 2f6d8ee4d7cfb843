"""Measures what looking closer finds, beside the squeezed whole, for the same time."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.benchmarks.page import DATA, ROOT, where
from scripts.benchmarks.regions_film import (
    FRAME_TIMEOUT_S,
    SMALL_PX,
    THREADS,
    film_rows,
    looks_ms,
    recall,
)
from scripts.benchmarks.regions_ways import ZOOM_MIN
from tallypost.assembly.camera import open_footage
from tallypost.assembly.detector import open_detector, threshold
from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Detections, Size
from tallypost.models.labelled import LabelledSet
from tallypost.models.store import find_model
from tallypost.vision.detection.litert import LitertDetector
from tallypost.vision.gaze.turns import Turns
from tallypost.vision.seeing import look

PAGE = ROOT / "docs" / "regions.md"
BEGIN, END = "<!-- begin measured -->", "<!-- end measured -->"
MODELS = ("efficientdet-lite0", "ssd-mobilenet-v2")
LARGER = ("efficientdet-lite2",)
GROUPS = {"person": ("person",), "vehicle": ("car", "bus", "truck", "motorcycle")}
STILLS = "manaus"
STILL_LOOKS = (1, 3, 5, 7)

FILM_HEAD = """\
| model | site | looks | zoom | ms a frame | recall, small | precision | counts off |
|---|---|---|---:|---:|---:|---:|---:|
"""
STILLS_HEAD = """\
| model | looks | zoom | ms a picture | recall, small persons | precision, persons \
| recall, small vehicles | precision, vehicles |
|---|---:|---:|---:|---:|---:|---:|---:|
"""


def still_rows(
    names: Sequence[str], larger: Sequence[str], cost_ms: Mapping[str, float]
) -> Iterator[str]:
    """Yield the rows of the labelled pictures' table."""
    pictures = LabelledSet(DATA / "labelled" / STILLS, "val")
    for name in (*names, *larger):
        model = find_model(name)
        scores = threshold(model, None)
        with closing(
            open_detector(model, score_min=scores.hold, threads=THREADS)
        ) as detector:
            for looks_max in STILL_LOOKS if name in names else (1,):
                yield _still_row(
                    name, detector, pictures, looks_max, scores.begin, cost_ms[name]
                )


def _still_row(
    name: str,
    detector: LitertDetector,
    pictures: LabelledSet,
    looks_max: int,
    score_min: float,
    spent_ms: float,
) -> str:
    gaze = Turns(
        [],
        fit=detector.input_size,
        looks_max=looks_max,
        whole="always",
        zoom_min=ZOOM_MIN,
    )
    sums = {group: np.zeros(4, int) for group in GROUPS}
    looks, zooms = [], []
    for labelled in pictures:
        found, scene, count, zoom = _seen(labelled.picture, detector, gaze)
        looks.append(count)
        zooms.append(zoom)
        boxes = labelled.boxes_in(scene)
        for group, members in GROUPS.items():
            told = found.only(_of(found.class_ids, detector.classes, members))
            real = boxes[_of(labelled.class_ids, pictures.classes, members)]
            sums[group] += recall(told, real, score_min, SMALL_PX)
    figures = " | ".join(
        f"{hits / max(there, 1):.3f} | {1 - false / max(told, 1):.3f}"
        for hits, there, false, told in sums.values()
    )
    cost_ms = np.mean(looks) * spent_ms
    return (
        f"| {name} | {looks_max} | {np.mean(zooms):.1f} | {cost_ms:.0f} | {figures} |"
    )


def _of(
    class_ids: NDArray[np.int64], names: Sequence[str], members: Sequence[str]
) -> NDArray[np.bool_]:
    return np.isin(class_ids, [n for n, name in enumerate(names) if name in members])


def _seen(
    picture: Path, detector: LitertDetector, gaze: Turns
) -> tuple[Detections, Size, int, float]:
    """Return what is found, the scene, how many looks it took, and how near."""
    with closing(
        open_footage(str(picture), detector.input_size, LinuxBoard(), gaze=gaze.views)
    ) as camera:
        frame = camera.read(FRAME_TIMEOUT_S)
        if frame is None:
            raise SystemExit(f"{picture}: gave no picture")
        found = look(detector, frame, lambda: None)
        widths = [each.region.width for each in frame.closer]
        count = frame.whole + len(widths)
        zoom = frame.scene.width / min(widths, default=frame.scene.width)
        frame.erase()
        return found, frame.scene, count, zoom


def main() -> None:
    """Measure, print and write."""
    os.environ.setdefault("TALLYPOST_DATA", str(DATA))  # where models are looked for
    parser = argparse.ArgumentParser(prog="scripts/bench regions")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--larger", default=",".join(LARGER))
    asked, _ = parser.parse_known_args(sys.argv[2:])
    names, larger = (
        [name for name in words.split(",") if name]
        for words in (asked.models, asked.larger)
    )
    cost_ms = looks_ms([*names, *larger])
    parts = [where(), "", FILM_HEAD.rstrip()]
    for rows, head in (
        (film_rows(names, larger, cost_ms), ""),
        (still_rows(names, larger, cost_ms), STILLS_HEAD),
    ):
        parts += ["", head.rstrip()] if head else []
        for row in rows:
            parts.append(row)
            print(row, flush=True)
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    text = "\n".join(parts)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()

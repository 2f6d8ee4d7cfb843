"""What a sketch gives away of people, and what aiming costs."""

import argparse
import sys
import time

from scripts.benchmarks.page import DATA, ROOT, put, table, where
from scripts.benchmarks.sketch_eyes import FACES, SCORES, Tally, looked_at, ours
from scripts.benchmarks.sketch_faces import Faces
from scripts.benchmarks.sketch_people import FILMS, matched
from tallypost.assembly.camera import open_footage
from tallypost.assembly.detector import open_detector
from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Size
from tallypost.models.store import find_model
from tallypost.vision.aiming.spectacle import Spectacle
from tallypost.vision.aiming.witness import Witness

PAGE = ROOT / "docs" / "aiming.md"
WHO = {
    "tallypost-street-320": ROOT / "models" / "tallypost-street-320",
    "efficientdet-lite2": DATA / "models" / "efficientdet-lite2.tflite",
    "yolov8n (640, int8)": DATA / "models" / "yolov8n_full_integer_quant.tflite",
}
FOOTAGE = "vtest.avi"
COST_FRAMES = 300


def main() -> None:
    """Measure, and write the tables of docs/aiming.md."""
    parser = argparse.ArgumentParser(prog="scripts/bench sketch")
    parser.add_argument("--limit", type=int, help="of each set, so many pictures")
    parser.add_argument("--keep", action="store_true", help="write also with a limit")
    parser.add_argument("--only", choices=("cost", "people", "eyes"))
    asked = parser.parse_args(sys.argv[2:])
    limit = asked.limit
    for part, measure in (
        ("cost", _cost),
        ("people", _people),
        ("eyes", lambda: _eyes(limit)),
    ):
        if asked.only not in (None, part):
            continue
        name, text = f"sketch-{part}", measure()
        if limit is None or asked.keep:
            put(name, text, PAGE)
        else:
            print(text, flush=True)


def _eyes(limit: int | None) -> str:
    detectors = {
        name: open_detector(find_model(str(file)), score_min=min(SCORES), threads=2)
        for name, file in WHO.items()
    }
    try:
        faces = Faces().found
    except OSError as error:
        print(error)
        faces = None
    tallies = looked_at(detectors, faces, limit)
    rows = [[name, what, *_figures(tally)] for (name, what), tally in _by_name(tallies)]
    told = [
        heading
        for score in SCORES
        for heading in (f"found, {score:g}", f"told a picture, {score:g}")
    ]
    people, faces_known = (
        next((each.people for (name, _), each in tallies.items() if name in names), 0)
        for names in (WHO, {FACES})
    )
    count = next(iter(tallies.values())).pictures
    return (
        f"{count} labelled pictures with {people} persons of 40 pixels or more, and "
        f"{faces_known} faces that BlazeFace finds on them. {where()}\n\n"
        + table(["detector", "is shown", *told], rows)
    )


def _by_name(
    tallies: dict[tuple[str, str], Tally],
) -> list[tuple[tuple[str, str], Tally]]:
    return sorted(tallies.items(), key=lambda item: item[0][0])


def _figures(tally: Tally) -> list[str]:
    return [
        text
        for score in SCORES
        for text in (
            f"{tally.right[score] / max(tally.people, 1):.1%}",
            f"{tally.told[score] / tally.pictures:.2f}",
        )
    ]


def _people() -> str:
    rows = []
    for film in FILMS:
        found = matched(film)
        rows.append(
            [
                film.file,
                f"{found.people}",
                f"{found.crops}",
                f"{found.rows:.0f}",
                *(f"{share:.0%}" for share in found.right.values()),
                f"{found.chance:.0%}",
            ]
        )
        headings = [*found.right]
    return (
        where()
        + "\n\n"
        + table(
            ["film", "people", "asked", "rows of cells", *headings, "a guess"], rows
        )
    )


def _cost() -> str:
    detector, _ = ours()
    camera = open_footage(
        str(DATA / "footage" / FOOTAGE), detector.input_size, LinuxBoard()
    )
    spectacle = Spectacle(Witness([], []))
    seeing_s = aiming_s = 0.0
    frames, span_s = 0, 0.0
    size = Size(0, 0)
    while frames < COST_FRAMES and not camera.ended:
        frame = camera.read(10.0)
        if frame is None:
            continue
        began_s = time.process_time()
        found = detector.detect(frame)
        looked_s = time.process_time()
        spectacle.look(frame.pixels, found, frame.scene, frame.time_s)
        spectacle.take()
        aiming_s += time.process_time() - looked_s
        seeing_s += looked_s - began_s
        size = Size(frame.pixels.shape[1], frame.pixels.shape[0])
        frames, span_s = frames + 1, frame.time_s
        frame.erase()
    camera.close()
    rows = [
        [
            f"{size} at {(frames - 1) / span_s:.0f} frames a second",
            f"{1000 * seeing_s / frames:.1f} ms",
            f"{1000 * aiming_s / frames:.2f} ms",
            f"{aiming_s / span_s:.2%}",
            "none: nothing of it is made",
        ]
    ]
    headings = [
        "footage",
        "the detector, a frame",
        "aiming, a frame",
        "of one core",
        "when nobody aims",
    ]
    return where() + "\n\n" + table(headings, rows)


if __name__ == "__main__":
    main()

"""Measures how soon a lying camera is noticed, and how often an honest one is accused.

`python -m scripts.benchmarks.counting_scrutiny`, on real footage.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain, cycle

import numpy as np

from scripts.benchmarks.drawn_faults import FAULTS, HARMLESS, Drawing
from scripts.benchmarks.page import DATA, table, where
from tallypost.assembly.camera import open_footage
from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Pixels, Size
from tallypost.vision.glimpse import glimpse
from tallypost.vision.scrutiny.scrutiny import STEP_S, Scrutiny

FILES = (
    "vtest.avi",
    "one-by-one-person.mp4",
    "cars-cyclist.mp4",
    "TUD-Campus.mp4",
)
"""Not market-street.mp4: it is one photograph, slowly zoomed, and that is told."""
FIT = Size(416, 416)
RATE_HZ = 5.0
FRAMES_MAX = 300
LEARN_S = 60.0
FAULT_S = 75.0
AFTER_S = 4.0
"""For how long a fault is still drawn once the right verdict stands."""
HARMLESS_S = 60.0
FRAME_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """One camera that has looked at its scene for a while.

    Attributes:
        file: Its footage.
        pictures: Shown forward and backward, again and again.
        scrutiny: What it has learned; copied for each fault.
    """

    file: str
    pictures: list[Pixels]
    scrutiny: Scrutiny

    def played(self, seconds: float) -> Iterator[tuple[float, Pixels]]:
        """Yield seconds since the beginning and the picture then."""
        there_and_back = chain(self.pictures, self.pictures[-2:0:-1])
        for number, pixels in enumerate(cycle(there_and_back)):
            if number >= seconds * RATE_HZ:
                return
            yield number / RATE_HZ, pixels


def learned(file: str) -> Learned:
    """Return a camera that knows its scene."""
    pictures: list[Pixels] = []
    path = str(DATA / "footage" / file)
    with closing(open_footage(path, FIT, LinuxBoard(), rate_hz_max=RATE_HZ)) as camera:
        while not camera.ended and len(pictures) < FRAMES_MAX:
            frame = camera.read(FRAME_TIMEOUT_S)
            if frame is not None:
                pictures.append(frame.pixels.copy())
                frame.erase()
    camera_seen = Learned(file, pictures, Scrutiny())
    for time_s, pixels in camera_seen.played(LEARN_S):
        camera_seen.scrutiny.look(glimpse(pixels), time_s)
    return camera_seen


@dataclass(slots=True)
class Told:
    """What was said while something was drawn.

    Attributes:
        begun: Each fault that was told, and after how many seconds.
        distrusted_s: For how long nothing was counted.
        distrusted_first_s: When that began; None: never.
    """

    begun: list[tuple[str, float]]
    distrusted_s: float = 0.0
    distrusted_first_s: float | None = None


def told(
    camera: Learned, drawing: Drawing, seconds: float, right: str | None = None
) -> Told:
    """Return what a camera says while something is drawn on its pictures.

    Args:
        camera: Knows its scene.
        drawing: What is drawn.
        seconds: For how long, at most.
        right: The verdict after which it may end.
    """
    scrutiny, result = deepcopy(camera.scrutiny), Told([])
    until_s = seconds
    for time_s, pixels in camera.played(seconds):
        if time_s > until_s:
            break
        seen = glimpse(drawing(pixels, time_s))
        for verdict in scrutiny.look(seen, LEARN_S + time_s):
            if verdict.began:
                result.begun.append((verdict.fault.name.lower(), time_s))
                if verdict.fault.name.lower() == right:
                    until_s = time_s + AFTER_S
        if not scrutiny.condition.trustworthy:
            result.distrusted_s += 1 / RATE_HZ
            if result.distrusted_first_s is None:
                result.distrusted_first_s = time_s
    return result


def _fault_row(what: str, cameras: list[Learned]) -> list[str]:
    right, drawing = FAULTS[what]
    cells = []
    for camera in cameras:
        said = told(camera, drawing, FAULT_S, right)
        after_s = next((s for fault, s in said.begun if fault == right), None)
        others = sorted({fault for fault, _ in said.begun} - {right})
        cell = "-" if after_s is None else f"{after_s:.0f} s"
        if said.distrusted_first_s is not None:
            cell += f", stops at {said.distrusted_first_s:.1f} s"
        cells.append(cell + "".join(f", {other} too" for other in others))
    return [what, right, *cells]


def _harmless_row(what: str, cameras: list[Learned]) -> tuple[list[str], int, float]:
    alarms, distrusted_s, watched_s = 0, 0.0, 0.0
    for camera in cameras:
        said = told(camera, HARMLESS[what], HARMLESS_S)
        alarms += len(said.begun)
        distrusted_s += said.distrusted_s
        watched_s += HARMLESS_S
        for fault, after_s in said.begun:
            print(f"{camera.file}, {what}: {fault} after {after_s:.0f} s", flush=True)
    row = [what, f"{watched_s:.0f}", f"{alarms}", f"{distrusted_s:.1f}"]
    return row, alarms, watched_s


def _cost_ms(camera: Learned) -> tuple[float, float]:
    """Return what a glimpse and a judgement cost, in milliseconds: medians."""
    spent: list[tuple[float, float]] = []
    scrutiny = deepcopy(camera.scrutiny)
    for time_s, pixels in camera.played(60.0):
        began = time.perf_counter()
        seen = glimpse(pixels)
        made = time.perf_counter()
        scrutiny.look(seen, LEARN_S + time_s)
        spent.append((made - began, time.perf_counter() - made))
    making, judging = np.median(np.array(spent), axis=0) * 1e3
    return float(making), float(judging)


def section() -> str:
    """Return the part of a page that tells of cameras that lie."""
    cameras = [learned(file) for file in FILES]
    faults = [_fault_row(what, cameras) for what in FAULTS]
    rows, alarms, watched_s = [], 0, 0.0
    for what in HARMLESS:
        row, more, seconds = _harmless_row(what, cameras)
        rows.append(row)
        alarms, watched_s = alarms + more, watched_s + seconds
    making_ms, judging_ms = _cost_ms(cameras[0])
    seen, harmless = (
        table(["drawn", "right verdict", *FILES], faults),
        table(["drawn", "seconds", "false alarms", "not counted, s"], rows),
    )
    return f"""\
Each camera learns its scene for {LEARN_S:.0f} s; then the fault is drawn on its
pictures, {RATE_HZ:.0f} a second, for {FAULT_S:.0f} s at most. The cells: after how
long the verdict stands, and when counting stops.

{seen}

What is harmless, for {HARMLESS_S:.0f} s each on each of the
{len(FILES)} cameras:

{harmless}

In all {alarms} false alarms in {watched_s / 60:.0f} minutes. A glimpse costs
{making_ms:.2f} ms a frame, a judgement {judging_ms:.2f} ms, at most
{1 / STEP_S:.0f} times a second. {where()}
"""


if __name__ == "__main__":
    print(section())

"""Counts on footage beside the truth: recorded ground truth, or counted by eye."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.benchmarks.by_eye import (
    BY_EYE,
    SLOW_HZ,
    ByEye,
    Counts,
    Looks,
    counted,
    slower,
)
from scripts.benchmarks.contenders import Contender
from scripts.benchmarks.page import DATA
from scripts.benchmarks.peers import tallypost
from scripts.benchmarks.sequences import recording
from tallypost.assembly.camera import open_footage
from tallypost.board.linux import LinuxBoard
from tallypost.cli.models_eval import Timed
from tallypost.domain.vision import Detections, Size

FRAME_TIMEOUT_S = 10.0
RECORDED = {"vtest.avi": "PETS09-S2L1", "TUD-Campus.mp4": "TUD-Campus"}
"""Footage whose people are known by recorded ground truth, and where."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """How far counts are off: forward and backward, summed over lines and classes.

    Attributes:
        what: Footage and line.
        true: How many really crossed.
        own: How many counts are wrong at the footage's own rate.
        slow: The same at 5 frames a second.
    """

    what: str
    true: Counts
    own: Counts
    slow: Counts


def looks(detector: Timed, footage: Path, frames_max: int | None) -> Looks:
    """Return what a detector tells of footage, frame by frame."""
    camera = open_footage(str(footage), detector.input_size, LinuxBoard())
    found: list[Detections] = []
    times_s: list[float] = []
    scene = Size(1, 1)
    try:
        while not camera.ended and (frames_max is None or len(found) < frames_max):
            frame = camera.read(FRAME_TIMEOUT_S)
            if frame is None:
                continue
            found.append(detector.detect(frame))
            times_s.append(frame.time_s)
            scene = frame.scene
            frame.erase()
    finally:
        camera.close()
    return found, times_s, scene


def _recorded(
    contender: Contender, file: str, told: Looks, classes: tuple[str, ...]
) -> CountRow:
    person = classes.index("person")
    people = []
    for one in told[0]:
        mine = one.only(np.flatnonzero(one.class_ids == person))
        people.append(
            Detections(mine.boxes, mine.scores, np.zeros_like(mine.class_ids))
        )
    whole = recording(
        DATA / "mot15", RECORDED[file], people, file, contender.score_begin
    )
    own, slow = (
        _wrong(tallypost(one)[1], one.lines) for one in (whole, whole.at(SLOW_HZ))
    )
    return CountRow(f"{file}, ten lines", _total(whole.lines), own, slow)


def _by_eye(
    contender: Contender, asked: ByEye, told: Looks, classes: tuple[str, ...]
) -> CountRow:
    own, slow = (
        _wrong(counted(one, asked.line, classes, contender.score_begin), asked.truth)
        for one in (told, slower(told))
    )
    return CountRow(asked.what, _total(asked.truth), own, slow)


def _total(counts: dict[str, Counts]) -> Counts:
    return sum(x for x, _ in counts.values()), sum(x for _, x in counts.values())


def _wrong(told: dict[str, Counts], true: dict[str, Counts]) -> Counts:
    """Return by how much counts are off, forward and backward."""
    forward = sum(abs(told[name][0] - true[name][0]) for name in true)
    backward = sum(abs(told[name][1] - true[name][1]) for name in true)
    return forward, backward


def count_rows(contender: Contender, frames_max: int | None) -> list[CountRow]:
    """Return how far one contender's counts are off on all footage."""
    detector = contender.opened(contender.score_hold, 2)
    classes = detector.classes
    rows = []
    seen: dict[str, Looks] = {}
    for file in RECORDED:
        told = looks(detector, DATA / "footage" / file, frames_max)
        rows.append(_recorded(contender, file, told, classes))
    for asked in BY_EYE:
        if asked.file not in seen:
            path = DATA / "footage" / asked.file
            seen[asked.file] = looks(detector, path, frames_max)
        if set(asked.truth) <= {*classes}:
            rows.append(_by_eye(contender, asked, seen[asked.file], classes))
    detector.close()
    return rows

"""Ours and the peers', each told the same detections and asked the same questions."""

import warnings
from collections.abc import Iterable
from itertools import pairwise
from typing import Protocol

import norfair
import numpy as np
import supervision
from norfair.filter import FilterPyKalmanFilterFactory
from numpy.typing import NDArray

from scripts.benchmarks.measures import Look
from scripts.benchmarks.sequences import LINES, Lines, Recording
from tallypost.domain.vision import Size
from tallypost.geometry import foot_points
from tallypost.vision.counting.events import Direction, LineCrossing
from tallypost.vision.counting.line import LineCounter, together
from tallypost.vision.tracking.tracker import Tracker

Answer = tuple[list[Look], Lines]


class Peer(Protocol):
    """Follows who is on a recording, and counts who crosses the lines."""

    def __call__(self, recording: Recording) -> Answer:
        """Return who was told at each moment, and the counts of each line."""
        ...


def tallypost(recording: Recording) -> Answer:
    """Tallypost, with the settings that it ships with."""
    tracker = Tracker(score_min=recording.score_min)
    counters = [LineCounter(name=n, start=a, end=b) for n, (a, b) in LINES.items()]
    together(counters)
    lines = dict.fromkeys(LINES, (0, 0))
    looks = []
    for found, time_s in zip(recording.found, recording.times_s.tolist(), strict=True):
        tracks = tracker.update(found, time_s)
        looks.append(Look(tracks.ids, tracks.boxes.astype(np.float64)))
        for counter in counters:
            for event in counter.update(tracks, recording.scene):
                if not isinstance(event, LineCrossing):
                    continue
                forward, backward = lines[counter.name]
                ahead = event.direction is Direction.FORWARD
                lines[counter.name] = (forward + ahead, backward + (not ahead))
    return looks, lines


def norfair_demo(recording: Recording) -> Answer:
    """Norfair as its MOT Challenge demo sets it, and a line test at every step.

    Source of the settings: tryolabs/norfair, demos/motmetrics4norfair. Norfair brings
    no line counter; its users test each step of a point against the line, as done here.
    """
    tracker = norfair.Tracker(
        distance_function="iou",
        distance_threshold=0.9,
        detection_threshold=0.5,
        pointwise_hit_counter_max=3,
        hit_counter_max=8,
        filter_factory=FilterPyKalmanFilterFactory(),
    )
    looks = []
    for found in recording.found:
        sure = found.only(found.scores >= recording.score_min)
        # It needs no scores of its own: who is sure has been chosen.
        told = tracker.update(
            [
                norfair.Detection(box.reshape(2, 2), np.ones(2))
                for box in sure.boxes.astype(np.float64)
            ]
        )
        looks.append(
            Look(
                np.array([one.id for one in told], np.int64),
                np.array([one.estimate.ravel() for one in told]).reshape(-1, 4),
            )
        )
    return looks, _stepwise(looks, recording.scene)


def bytetrack(recording: Recording) -> Answer:
    """Supervision's ByteTrack and LineZone at their defaults, told the true rate."""
    return _bytetrack(recording, 0.25)


def bytetrack_told(recording: Recording) -> Answer:
    """Supervision's ByteTrack, told the detector's threshold as ours is."""
    return _bytetrack(recording, recording.score_min)


def _bytetrack(recording: Recording, activation: float) -> Answer:
    """LineZone is asked about the foot point; by default it waits for all corners."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tracker = supervision.ByteTrack(
            track_activation_threshold=activation,
            frame_rate=max(round(recording.rate_hz), 1),
        )
    zones = {}
    for name, ends in LINES.items():
        start, end = np.array(ends) * recording.scene
        zones[name] = supervision.LineZone(
            start=supervision.Point(*start),
            end=supervision.Point(*end),
            triggering_anchors=[supervision.Position.BOTTOM_CENTER],
        )
    looks = []
    for found in recording.found:
        told = tracker.update_with_detections(
            supervision.Detections(
                xyxy=found.boxes.astype(np.float32),
                confidence=found.scores,
                class_id=found.class_ids.astype(int),
            )
        )
        ids = told.tracker_id if told.tracker_id is not None else np.empty(0, np.int64)
        looks.append(Look(ids.astype(np.int64), told.xyxy.astype(np.float64)))
        for zone in zones.values():
            zone.trigger(told)
    # From left to right of start -> end is "out" to it, and forward to us.
    return looks, {
        name: (zone.out_count, zone.in_count) for name, zone in zones.items()
    }


def _stepwise(looks: Iterable[Look], scene: Size) -> Lines:
    """Count every step of a foot point that meets a line."""
    ways: dict[int, list[NDArray[np.float64]]] = {}
    for look in looks:
        for one, foot in zip(look.ids.tolist(), foot_points(look.boxes), strict=True):
            ways.setdefault(one, []).append(foot)
    lines: Lines = {}
    for name, ends in LINES.items():
        start, end = np.array(ends) * scene
        steps = [
            met(before, after, start, end)
            for way in ways.values()
            for before, after in pairwise(way)
        ]
        lines[name] = (steps.count(1), steps.count(-1))
    return lines


def met(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
) -> int:
    """Return 1 where a step meets a line from left to right, -1 for back, 0 for not."""
    line, step = end - start, after - before
    sides = [_turn(line, place - start) >= 0 for place in (before, after)]
    parted = _turn(step, start - before) * _turn(step, end - before) <= 0
    return int(parted) * (int(sides[1]) - int(sides[0]))


def _turn(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(first[0] * second[1] - first[1] * second[0])


def line_errors(counted: Lines, true: Lines) -> tuple[float, float]:
    """Return how far counts are off, as shares of all true crossings.

    The first sums up, over all lines, by how much both directions together are off; the
    second, by how much each direction is.
    """
    crossings = sum(sum(both) for both in true.values())
    total = sum(abs(sum(counted[name]) - sum(true[name])) for name in true)
    directed = sum(
        abs(told - real)
        for name in true
        for told, real in zip(counted[name], true[name], strict=True)
    )
    return total / max(crossings, 1), directed / max(crossings, 1)


PEERS: dict[str, Peer] = {
    "tallypost": tallypost,
    "norfair": norfair_demo,
    "supervision ByteTrack": bytetrack,
    "the same, told the threshold": bytetrack_told,
}

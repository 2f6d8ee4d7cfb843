"""What each peer counts on a scene of the torture set, told the same detections."""

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import supervision
from numpy.typing import NDArray

from scripts.benchmarks.counting_ultralytics import ObjectCounting
from scripts.benchmarks.measures import Look as Told
from scripts.benchmarks.peers import met, norfair_demo
from scripts.benchmarks.sequences import Recording
from tallypost.geometry import centre_points, foot_points, inside
from tests.torture.eye import Look
from tests.torture.language import CLASSES, PICTURE, Line, Scene, Zone
from tests.torture.noise import SCORE_MIN
from tests.torture.ours import counted
from tests.torture.truth import truth

Counts = Counter[tuple[str, str]]
"""By element and by what happened there: forward, backward, entries, exits."""
Points = NDArray[np.float64]
Peer = Callable[[Scene, Sequence[Look], float], Mapping[str, Counts]]
"""Counts of a scene at a rate, by the peer's name."""
_PATIENT = 3
"""So many looks beyond a line LineZone may be told to wait for."""


def true_counts(scene: Scene) -> Counts:
    """Return what a perfect observer would count."""
    real = truth(scene)
    told: Counts = Counter()
    for crossing, count in real.effective.items():
        told[crossing.line, crossing.direction] += count
    for way, by_zone in (("entries", real.entries), ("exits", real.exits)):
        for key, count in by_zone.items():
            told[key.zone, way] += count
    return told


def tallypost(
    scene: Scene, looks: Sequence[Look], rate_hz: float
) -> Mapping[str, Counts]:
    """Tallypost, assembled as on the appliance."""
    ours = counted(scene, looks, rate_hz)
    told: Counts = Counter()
    for crossing, count in ours.crossings.items():
        told[crossing.line, str(crossing.direction)] += count
    for way, by_zone in (("entries", ours.entries), ("exits", ours.exits)):
        for key, count in by_zone.items():
            told[key.zone, way] += count
    return {"tallypost": told}


def supervision_and_ultralytics(
    scene: Scene, looks: Sequence[Look], rate_hz: float
) -> Mapping[str, Counts]:
    """Count by LineZone, PolygonZone and Ultralytics' logic, on the same tracks.

    Supervision's ByteTrack at its defaults is told the rate and the detector's
    threshold, and LineZone is asked about the foot point; both do better so.
    """
    told = list(_bytetrack(looks, rate_hz))
    return {
        "supervision": _supervision(scene, told),
        f"supervision, {_PATIENT} looks": _supervision(scene, told, _PATIENT),
        "Ultralytics' logic": _ultralytics(scene, told),
    }


def _bytetrack(looks: Sequence[Look], rate_hz: float) -> list[supervision.Detections]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tracker = supervision.ByteTrack(
            track_activation_threshold=SCORE_MIN, frame_rate=round(rate_hz)
        )
    return [
        tracker.update_with_detections(
            supervision.Detections(
                xyxy=look.found.boxes,
                confidence=look.found.scores,
                class_id=look.found.class_ids.astype(int),
            )
        )
        for look in looks
    ]


def _supervision(
    scene: Scene, told: list[supervision.Detections], crossing_threshold: int = 1
) -> Counts:
    counts: Counts = Counter()
    for line in scene.lines:
        start, end = _on(scene, line.start, line.end)
        zone = supervision.LineZone(
            start=supervision.Point(*start),
            end=supervision.Point(*end),
            triggering_anchors=[supervision.Position.BOTTOM_CENTER],
            minimum_crossing_threshold=crossing_threshold,
        )
        for tracks in told:
            zone.trigger(_wanted(tracks, line))
        # From left to right of start -> end is "out" to it, and forward to us.
        counts[line.name, "forward"] = zone.out_count
        counts[line.name, "backward"] = zone.in_count
    for drawn in scene.zones:
        polygon = supervision.PolygonZone(
            np.rint(_on(scene, *drawn.polygon)).astype(np.int64),
            triggering_anchors=[supervision.Position.BOTTOM_CENTER],
        )
        within = []
        for tracks in told:
            wanted = _wanted(tracks, drawn)
            within.append(_by_id(wanted.tracker_id, polygon.trigger(wanted)))
        counts.update(_visits(drawn.name, within))
    return counts


def _ultralytics(scene: Scene, told: list[supervision.Detections]) -> Counts:
    """Count in and out as the ways of a line, and both together as entries.

    It tells nothing of exits: so many as truly were are put down to it.
    """
    counts: Counts = Counter()
    for line in scene.lines:
        counter = ObjectCounting(_on(scene, line.start, line.end))
        for tracks in told:
            wanted = _wanted(tracks, line)
            counter.look(wanted.tracker_id, centre_points(wanted.xyxy))
        counts[line.name, "forward"] = counter.in_count
        counts[line.name, "backward"] = counter.out_count
    exits = truth(scene).exits
    for zone in scene.zones:
        counter = ObjectCounting(_on(scene, *zone.polygon))
        for tracks in told:
            wanted = _wanted(tracks, zone)
            counter.look(wanted.tracker_id, centre_points(wanted.xyxy))
        counts[zone.name, "entries"] = counter.in_count + counter.out_count
        counts[zone.name, "exits"] = sum(
            count for key, count in exits.items() if key.zone == zone.name
        )
    return counts


def norfair(
    scene: Scene, looks: Sequence[Look], _rate_hz: float
) -> Mapping[str, Counts]:
    """Norfair as its demo sets it, class by class, and a test at every step."""
    counts: Counts = Counter()
    for class_id in np.unique(np.concatenate([x.found.class_ids for x in looks])):
        found = [x.found.only(x.found.class_ids == class_id) for x in looks]
        told, _ = norfair_demo(
            Recording(
                name=scene.name,
                score_min=SCORE_MIN,
                scene=scene.picture,
                times_s=np.array([look.time_s for look in looks]),
                truth=[],
                found=found,
                lines={},
            )
        )
        elements: tuple[Line | Zone, ...] = (*scene.lines, *scene.zones)
        for element in elements:
            if element.classes is None or CLASSES[class_id] in element.classes:
                counts.update(_stepwise(scene, element, told))
    return {"norfair": counts}


def _stepwise(scene: Scene, element: Line | Zone, told: Sequence[Told]) -> Counts:
    """Count every step of a foot point over a line or a border."""
    if isinstance(element, Zone):
        polygon = _on(scene, *element.polygon)
        within = [
            _by_id(each.ids, inside(foot_points(each.boxes), polygon)) for each in told
        ]
        return _visits(element.name, within)
    ways: dict[int, list[Points]] = {}
    for each in told:
        for one, foot in zip(each.ids.tolist(), foot_points(each.boxes), strict=True):
            ways.setdefault(one, []).append(foot)
    start, end = _on(scene, element.start, element.end)
    steps = [
        met(before, after, start, end)
        for way in ways.values()
        for before, after in pairwise(way)
    ]
    return Counter(
        {
            (element.name, "forward"): steps.count(1),
            (element.name, "backward"): steps.count(-1),
        }
    )


def _visits(name: str, within: Sequence[Mapping[int, bool]]) -> Counts:
    """Count by who is inside: out of sight is not out, gone for good is."""
    entries = exits = 0
    inside_now: set[int] = set()
    for look in within:
        came = {one for one, here in look.items() if here} - inside_now
        went = {one for one, here in look.items() if not here} & inside_now
        entries, exits = entries + len(came), exits + len(went)
        inside_now = inside_now - went | came
    still_there = {one for one, here in within[-1].items() if here}
    exits += len(inside_now - still_there)
    return Counter({(name, "entries"): entries, (name, "exits"): exits})


def _by_id(ids: NDArray[np.int64], within: NDArray[np.bool_]) -> dict[int, bool]:
    return dict(zip(ids.tolist(), within.tolist(), strict=True))


def _wanted(
    tracks: supervision.Detections, element: Line | Zone
) -> supervision.Detections:
    if not len(tracks):
        return supervision.Detections(
            xyxy=np.empty((0, 4)),
            class_id=np.empty(0, int),
            tracker_id=np.empty(0, int),
        )
    if element.classes is None:
        return tracks
    wanted = [CLASSES.index(label) for label in element.classes]
    return tracks[np.isin(tracks.class_id, wanted)]


def _on(scene: Scene, *places: tuple[float, float]) -> Points:
    """Return places in pixels of a scene's own pictures: shape (n, 2)."""
    return np.array(places) / [*PICTURE] * [*scene.picture]


PEERS: tuple[Peer, ...] = (tallypost, supervision_and_ultralytics, norfair)

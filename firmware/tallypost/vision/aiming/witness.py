"""Tells who aims where somebody is, and who passes, as the counters see it."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tallypost.domain.aiming import (
    BOX_STEPS,
    BOXES_EVERY_S,
    BOXES_MAX,
    EVENTS_PER_MINUTE,
    Aimed,
    Box,
    Boxes,
    Passed,
    Way,
)
from tallypost.domain.ration import Ration
from tallypost.vision.aiming.sketch import SPARE_S
from tallypost.vision.counting.events import Direction, ZoneEntry
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.base import Glance

_WAYS: Mapping[Direction, Way] = {
    Direction.FORWARD: Way.FORWARD,
    Direction.BACKWARD: Way.BACKWARD,
}

_SPARE = {"lines": 0.0, "zones": EVENTS_PER_MINUTE / 2}
"""Lines are tested by taps: where much passes, they are told of before zones."""


class Witness:
    """Takes every moment that is counted, while somebody aims.

    Args:
        lines: Names of the lines of whose crossings is told.
        zones: Counters of their own, that see what the site's zones see.
    """

    def __init__(self, lines: Sequence[str], zones: Sequence[ZoneCounter]) -> None:
        self._lines = frozenset(lines)
        self._zones = zones
        self._ration = Ration(EVENTS_PER_MINUTE)
        self._told_s = -math.inf

    def look(self, glance: Glance, at_s: float) -> list[Aimed]:
        """Return what is to be told of one moment.

        Args:
            glance: The moment.
            at_s: Its time, by this machine's monotonic clock.
        """
        told: list[Aimed] = [
            each
            for each in self._passed(glance, at_s)
            if self._ration.spend(at_s, spare=_SPARE[each.collection])
        ]
        if at_s - self._told_s >= BOXES_EVERY_S + SPARE_S:
            self._told_s = at_s
            told.append(Boxes(at_s, boxes(glance)))
        return told

    def _passed(self, glance: Glance, at_s: float) -> Iterator[Passed]:
        for each in glance.crossings:
            if each.line in self._lines:
                label = glance.classes[each.class_id]
                ago_s = glance.time_s - each.crossed_s
                way = _WAYS[each.direction]
                yield Passed("lines", each.line, label, way, at_s - ago_s)
        for zone in self._zones:
            for event in zone.update(glance.tracks, glance.scene):
                label = glance.classes[event.class_id]
                way, seen_s = (
                    (Way.IN, event.entered_s)
                    if isinstance(event, ZoneEntry)
                    else (Way.OUT, event.left_s)
                )
                ago_s = glance.time_s - seen_s
                yield Passed("zones", zone.name, label, way, at_s - ago_s)


def boxes(glance: Glance) -> tuple[Box, ...]:
    """Return where the confirmed objects of a moment are, coarsely; the largest ones.

    Args:
        glance: The moment.
    """
    tracks, scene = glance.tracks, glance.scene
    size = np.array([scene.width, scene.height] * 2, np.float64)
    steps = np.rint(np.clip(tracks.boxes / size, 0, 1) * BOX_STEPS)
    areas = (steps[:, 2] - steps[:, 0]) * (steps[:, 3] - steps[:, 1])
    chosen = np.argsort(-areas, kind="stable")[:BOXES_MAX]
    return tuple(
        Box(glance.classes[tracks.class_ids[at]], *(steps[at] / BOX_STEPS).tolist())
        for at in chosen
    )

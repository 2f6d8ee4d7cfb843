"""Gathers what elements may know of one moment."""

from collections.abc import Iterable, Sequence

from tallypost.domain.vision import Size, Tracks
from tallypost.vision.counting.events import LineCrossing, LinePassage
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.motion import Motion, unknown
from tallypost.vision.elements.riders import Riders
from tallypost.vision.elements.speed import Speeds
from tallypost.vision.elements.stillness import Stillness


class Observer:
    """Tells of each moment once what many elements ask.

    Args:
        lines: Every line that is watched.
        classes: Names of the detector's classes.
        speeds: How fast objects go; None where the ground is not calibrated.
        riders_at: Names of the lines that a rider crosses beside the vehicle; elsewhere
            only the vehicle does.
    """

    def __init__(
        self,
        *,
        lines: Iterable[LineCounter],
        classes: Sequence[str],
        speeds: Speeds | None = None,
        riders_at: Iterable[str] = (),
    ) -> None:
        self._lines = tuple(lines)
        self._classes = tuple(classes)
        self._speeds = speeds
        self._riders_at = frozenset(riders_at)
        self._stillness = Stillness()
        self._riders = Riders(classes)

    def look(self, tracks: Tracks, scene: Size) -> Glance:
        """Return what elements may know of this moment.

        Args:
            tracks: The confirmed objects; those that ended are told once.
            scene: The size of the picture that their boxes are told in.
        """
        still_s = self._stillness.update(tracks)
        rider_ids = self._riders.update(tracks, still_s)
        crossings, passages = told_apart(
            event
            for line in self._lines
            for event in line.update(tracks, scene)
            if event.track_id not in rider_ids or event.line in self._riders_at
        )
        motion = self._motion(tracks, scene)
        return Glance(
            tracks=tracks,
            scene=scene,
            classes=self._classes,
            crossings=crossings,
            passages=passages,
            still_s=still_s,
            stands=self._stillness.over,
            ground_m=motion.ground_m,
            speeds_kmh=motion.speeds_kmh,
            motion=motion,
            rider_ids=rider_ids,
        )

    def _motion(self, tracks: Tracks, scene: Size) -> Motion:
        if self._speeds is None:
            return unknown(len(tracks))
        return self._speeds.update(tracks, scene)


def told_apart(
    events: Iterable[LineCrossing | LinePassage],
) -> tuple[list[LineCrossing], list[LinePassage]]:
    """Return the effective crossings and the actual ones."""
    crossings: list[LineCrossing] = []
    passages: list[LinePassage] = []
    for event in events:
        match event:
            case LineCrossing():
                crossings.append(event)
            case LinePassage():
                passages.append(event)
    return crossings, passages

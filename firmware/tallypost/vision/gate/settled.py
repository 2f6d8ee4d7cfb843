"""Tells whether all who are followed stand still."""

import numpy as np

from tallypost.domain.vision import Tracks
from tallypost.geometry import Boxes, iou

STILL_S = 1.5
OVERLAP_MIN = 0.8


class Settled:
    """Knows whom the last looks showed, and since when they have not moved.

    Somebody stands still whose box has covered `OVERLAP_MIN` of where it was for
    `STILL_S`. While anybody moves, is new, is not yet believed or is looked for in vain,
    every picture is worth a look.
    """

    def __init__(self) -> None:
        self._boxes: dict[int, Boxes] = {}
        self._moved_s: float | None = None

    def note(self, tracks: Tracks, strong: int) -> None:
        """Take what one look has shown.

        Args:
            tracks: The confirmed objects that it saw.
            strong: How many detections scored well enough to begin an object.
        """
        for each in tracks.ended_ids.tolist():
            self._boxes.pop(each, None)
        missing = self._boxes.keys() - set(tracks.ids.tolist())
        if strong != len(tracks) or missing or self._any_moved(tracks):
            self._moved_s = tracks.time_s
        elif self._moved_s is None or tracks.time_s < self._moved_s:
            self._moved_s = tracks.time_s

    def is_settled(self, time_s: float) -> bool:
        """Return whether nobody has moved for long enough.

        Args:
            time_s: The time of the picture that might be let pass.
        """
        return self._moved_s is not None and time_s - self._moved_s >= STILL_S

    def _any_moved(self, tracks: Tracks) -> bool:
        """Return whether anybody has left his place, and note the new places."""
        moved = False
        for each, box in zip(tracks.ids.tolist(), tracks.boxes, strict=True):
            place = self._boxes.get(each)
            if place is None or _overlap(place, box) < OVERLAP_MIN:
                self._boxes[each] = box
                moved = True
        return moved


def _overlap(first: Boxes, second: Boxes) -> float:
    return float(iou(np.asarray(first[None]), np.asarray(second[None]))[0, 0])

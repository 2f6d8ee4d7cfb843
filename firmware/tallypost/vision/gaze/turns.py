"""Shares the looks that a frame may cost among the whole and the regions, in turns."""

from collections.abc import Sequence
from typing import Literal

from tallypost.domain.vision import WHOLE, Region, Size, Views
from tallypost.vision.gaze.interest import Interest
from tallypost.vision.gaze.planner import plan

Whole = Literal["always", "in turns", "never"]


class Turns:
    """What of each frame is looked at: the same frames, the same views.

    Args:
        interests: Lines and areas that matter; without any, all of the scene does.
        fit: The detector's input size.
        looks_max: How many times one frame is looked at, at most.
        whole: Whether one of these looks goes to the squeezed whole, at each frame or
            in turns with the regions.
        zoom_min: How many times as large as in the whole things are seen in a region,
            at least.
    """

    def __init__(
        self,
        interests: Sequence[Interest],
        *,
        fit: Size,
        looks_max: int,
        whole: Whole,
        zoom_min: float,
    ) -> None:
        self._interests = tuple(interests)
        self._fit = fit
        self._whole = whole
        self._slots = looks_max - (whole == "always")
        self._zoom_min = zoom_min
        self._scene: Size | None = None
        self._regions: tuple[Region, ...] = ()

    def views(self, scene: Size, number: int) -> Views:
        """Return what of a frame is looked at.

        Args:
            scene: Size of the picture.
            number: How many frames were looked at before it.
        """
        if scene != self._scene:
            self._scene, self._regions = scene, self._plan(scene)
        if not self._regions:
            return WHOLE
        wanted: list[Region | None] = [*self._regions]
        if self._whole == "in turns":
            wanted.insert(0, None)
        count = min(self._slots, len(wanted))
        first = number * count
        chosen = [wanted[(first + n) % len(wanted)] for n in range(count)]
        return Views(
            self._whole == "always" or None in chosen,
            tuple(region for region in chosen if region is not None),
        )

    def _plan(self, scene: Size) -> tuple[Region, ...]:
        if self._slots < 1:
            return ()
        return plan(
            self._interests,
            scene=scene,
            fit=self._fit,
            regions_max=max(self._slots - (self._whole == "in turns"), 1),
            zoom_min=self._zoom_min,
        )

"""Looks for vehicles on spaces, moment by moment."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size, Tracks
from tallypost.geometry import Boxes
from tallypost.vision.elements.base import Glance
from tallypost.vision.elements.berths import (
    chosen,
    fits,
    hidden_shares,
    overlaps,
)
from tallypost.vision.elements.occupancy import NOBODY, Mask, Occupancy, Places

LOOK_S = 0.4
"""Spaces are looked at no oftener: nothing about them is decided sooner than in
seconds."""
STEP_MAX_S = 2.0
"""What happened in a longer gap between two frames was not looked at."""
GAP_MAX_S = 60.0
"""After a longer gap nobody can say who has come or gone."""
STILL_MIN_S = 1.0
"""Who has come from elsewhere and stood for less is passing by."""
STAYED_MIN = 0.5
"""A vehicle is where it was while both boxes have this share of the smaller one in
common: the other half may be hidden, ..."""
ASIDE_MAX = 0.35
"""... and while its middle has not gone aside by more than this share of the width."""
HIDDEN_MIN = 0.7
"""A space is hidden when this share of where its vehicle would be is."""
EDGE_SHARE = 0.98
"""Who ends below this share of the picture's height is cut off by its lower edge, and
stands nearer than what ends above it."""
BEGUN_MAX = 0.75
"""A vehicle has begun to move when both boxes have less than this in common."""


class Spaces:
    """Tells an occupancy what is seen of each space.

    Args:
        polygons: Each space's corners, x y in 0..1 of the picture.
        classes: Which classes park here; None for all.
        occupancy: Is told; has as many spaces.
    """

    def __init__(
        self,
        polygons: Sequence[Iterable[tuple[float, float]]],
        *,
        classes: frozenset[int] | None,
        occupancy: Occupancy,
    ) -> None:
        self._drawn = np.array([_around(polygon) for polygon in polygons])
        self._classes = None if classes is None else np.array(sorted(classes))
        self._occupancy = occupancy
        self._scene: Size | None = None
        self._boxes: Boxes = self._drawn
        self._bodies: Boxes = self._drawn
        """Where on the picture the vehicle of each space is, or was last."""
        self._seen_boxes: Boxes = self._drawn
        self._time_s: float | None = None
        self.class_ids = np.zeros(occupancy.count, np.int64)
        """What stands on each space, or stood there last."""

    def update(self, glance: Glance) -> bool:
        """Take one moment; return whether it was looked at."""
        elapsed_s = 0.0 if self._time_s is None else glance.time_s - self._time_s
        if self._time_s is not None and 0 <= elapsed_s < LOOK_S:
            return False
        self._time_s = glance.time_s
        if glance.scene != self._scene:
            self._scene = glance.scene
            self._boxes = self._drawn * (*glance.scene, *glance.scene)
            self._bodies = np.zeros_like(self._boxes)
            self._seen_boxes = np.zeros_like(self._boxes)
        if not 0 <= elapsed_s <= GAP_MAX_S:
            self._occupancy.forget()
        step_s = min(max(elapsed_s, 0.0), STEP_MAX_S)
        parking = self._wanted(glance.tracks)
        held = self._follow(glance.tracks, parking)
        held |= self._find(glance, parking, held)
        self._pass(glance, np.flatnonzero(~held), step_s)
        return True

    def _wanted(self, tracks: Tracks) -> Mask:
        """Return who may park here."""
        if self._classes is None:
            return np.ones(len(tracks), np.bool_)
        return np.isin(tracks.class_ids, self._classes)

    def _follow(self, tracks: Tracks, parking: Mask) -> Mask:
        """Look after those who hold spaces; return which spaces are held.

        Whoever still holds one is struck off those who look for one. Who leaves step by
        step has driven off; an id that is elsewhere all at once has only jumped to
        another vehicle.
        """
        occupancy = self._occupancy
        held = np.zeros(occupancy.count, np.bool_)
        rows = _rows(tracks.ids, occupancy.holder_ids)
        places = np.flatnonzero(rows != NOBODY)
        boxes = tracks.boxes[rows[places]]
        bodies, before = self._bodies[places], self._seen_boxes[places]
        self._seen_boxes[places] = boxes
        stays = _in_place(boxes, bodies)
        begun = overlaps(before, bodies) < BEGUN_MAX
        left = ~stays & (begun | (overlaps(before, boxes) >= STAYED_MIN))
        occupancy.drive_off(places[left])
        occupancy.lose(places[~stays & ~left])
        places = places[stays]
        occupancy.hold(
            places,
            occupancy.holder_ids[places],
            leaving=overlaps(boxes[stays], bodies[stays]) < BEGUN_MAX,
            now_s=tracks.time_s,
        )
        held[places] = True
        parking[rows[places]] = False
        return held

    def _find(self, glance: Glance, parking: Mask, held: Mask) -> Mask:
        """Look for others who stand on spaces; return which spaces have one."""
        tracks, occupancy = glance.tracks, self._occupancy
        found = np.zeros(occupancy.count, np.bool_)
        came = ~_in_place(tracks.born_boxes, tracks.boxes)
        rows = np.flatnonzero(parking & ~(came & (glance.still_s < STILL_MIN_S)))
        open_places = np.flatnonzero(~held)
        if not len(rows) or not len(open_places):
            return found
        boxes, spaces = tracks.boxes[rows], self._boxes[open_places]
        found_fits = fits(boxes, spaces, tracks.boxes)
        edge = EDGE_SHARE * glance.scene.height
        found_fits[np.ix_(_is_cut(boxes, glance.scene), spaces[:, 3] < edge)] = 0.0
        own, columns = chosen(found_fits, boxes, spaces)
        rows, places, boxes = rows[own], open_places[columns], boxes[own]
        occupancy.stand(
            places,
            tracks.ids[rows],
            since_s=tracks.time_s - glance.still_s[rows],
            came=came[rows],
            same=_in_place(boxes, self._bodies[places]),
            now_s=tracks.time_s,
        )
        new = occupancy.holder_ids[places] == tracks.ids[rows]
        self._bodies[places[new]] = self._seen_boxes[places[new]] = boxes[new]
        self.class_ids[places[new]] = tracks.class_ids[rows[new]]
        found[places] = True
        return found

    def _pass(self, glance: Glance, places: Places, step_s: float) -> None:
        """Look at spaces on which nobody stands."""
        tracks, scene = glance.tracks, glance.scene
        occupancy, spaces = self._occupancy, self._boxes[places]
        boxes = tracks.boxes.copy()
        boxes[_is_cut(boxes, scene), 3] += scene.height
        hidden = hidden_shares(spaces, boxes) >= HIDDEN_MIN
        occupancy.pass_hidden(places[hidden], step_s, tracks.time_s)
        occupancy.pass_bare(places[~hidden], step_s)


def _around(polygon: Iterable[tuple[float, float]]) -> tuple[float, ...]:
    """Return the box around a polygon."""
    across, down = zip(*polygon, strict=True)
    return min(across), min(down), max(across), max(down)


def _is_cut(boxes: Boxes, scene: Size) -> Mask:
    """Return who is cut off by the picture's lower edge: shape (n,)."""
    return np.asarray(boxes[:, 3] >= EDGE_SHARE * scene.height)


def _in_place(boxes: Boxes, before: Boxes) -> Mask:
    """Return which vehicles are where they were: shape (n,)."""
    widths = np.maximum(boxes[:, 2] - boxes[:, 0], before[:, 2] - before[:, 0])
    aside = np.abs((boxes - before)[:, [0, 2]].sum(axis=1)) / 2
    shared = overlaps(boxes, before) >= STAYED_MIN
    return np.asarray(shared & (aside <= ASIDE_MAX * widths))


def _rows(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where among ids each wanted one is; NOBODY where it is not."""
    if not len(ids):
        return np.full(len(wanted), NOBODY, np.intp)
    order = np.argsort(ids, kind="stable")
    rows = order[np.minimum(np.searchsorted(ids, wanted, sorter=order), len(ids) - 1)]
    return np.where(ids[rows] == wanted, rows, NOBODY)

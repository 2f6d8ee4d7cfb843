"""A heat map: where objects stand on the picture, and how many different ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.figures.zones import HeatMapFigures
from tallypost.domain.vision import Points, Tracks
from tallypost.geometry import foot_points, inside
from tallypost.vision.counting.roster import Ids, Roster
from tallypost.vision.elements.base import Glance, Sign

_STAY_S = 0
_FACTS = 1
_NOBODY: Ids = np.empty(0, np.int64)


class HeatMapElement:
    """Time and different objects by cell of a grid.

    Who is hidden leaves no trace for as long as that lasts. An object that was lost and
    came back under another number is another one. Who rides in the interval is left
    out of it, the first steps included: the vehicle is told.

    Args:
        name: The heat map's name.
        columns: Cells across the picture.
        rows: Cells down the picture.
        polygon: Only who stands in here counts, x y in 0..1; None for the picture.
        classes: Which classes count; None for all.
        cells_per_object_max: One object marks no more cells in an interval: those in
            which it stayed longest; None: all.
    """

    def __init__(
        self,
        *,
        name: str,
        columns: int,
        rows: int,
        polygon: tuple[tuple[float, float], ...] | None = None,
        classes: frozenset[int] | None = None,
        cells_per_object_max: int | None = None,
    ) -> None:
        self._name = name
        self._columns, self._rows = columns, rows
        self._polygon = None if polygon is None else np.array(polygon)
        self._classes = None if classes is None else np.array(sorted(classes))
        self._cells_max = cells_per_object_max
        self._stays = Roster(_FACTS)  # by object and cell, both in one number
        self._here = _NOBODY
        self._riders: set[int] = set()

    @property
    def name(self) -> str:
        """The heat map's name."""
        return self._name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        places = foot_points(glance.tracks.boxes) / np.array(glance.scene)
        chosen = self._chosen(glance.tracks, places)
        ids = glance.tracks.ids[chosen]
        self._here = np.sort(ids * self._cells + self._cell(places[chosen]))
        self._admit()
        self._riders |= glance.rider_ids
        return ()

    def elapse(self, seconds: float) -> None:
        """Let everybody stay where they are."""
        self._admit()
        rows = self._stays.rows(self._here)
        self._stays.facts[rows, _STAY_S] += seconds

    def take(self, observed_s: float) -> HeatMapFigures:
        """Return the interval's map and begin anew with who is there."""
        del observed_s
        objects, cells = np.divmod(self._stays.ids, self._cells)
        stays_s = self._stays.facts[:, _STAY_S]
        walked = np.isin(objects, list(self._riders), invert=True)
        objects, cells, stays_s = objects[walked], cells[walked], stays_s[walked]
        if self._cells_max is not None:
            kept = _longest(objects, stays_s, self._cells_max)
            cells, stays_s = cells[kept], stays_s[kept]
        counts = np.bincount(cells, minlength=self._cells)
        sums_s = np.bincount(cells, weights=stays_s, minlength=self._cells)
        marked = {cell: self._name_of(cell) for cell in np.flatnonzero(counts).tolist()}
        self._stays.clear()
        self._riders.clear()
        return HeatMapFigures(
            columns=self._columns,
            rows=self._rows,
            stays_s={name: float(sums_s[cell]) for cell, name in marked.items()},
            objects={name: int(counts[cell]) for cell, name in marked.items()},
        )

    @property
    def _cells(self) -> int:
        return self._columns * self._rows

    def _chosen(self, tracks: Tracks, places: Points) -> NDArray[np.bool_]:
        chosen = np.ones(len(tracks), np.bool_)
        if self._classes is not None:
            chosen &= np.isin(tracks.class_ids, self._classes)
        if self._polygon is not None:
            chosen &= inside(places, self._polygon)
        return chosen

    def _cell(self, places: Points) -> Ids:
        """Return the cell of each place; who stands beyond an edge stands at it."""
        grid = np.array([self._columns, self._rows])
        at = np.clip((places * grid).astype(np.int64), 0, grid - 1)
        return np.asarray(at[:, 1] * self._columns + at[:, 0])

    def _admit(self) -> None:
        new = self._here[self._stays.unknown(self._here)]
        if len(new):
            self._stays.add(new, np.zeros((len(new), _FACTS)))

    def _name_of(self, cell: int) -> str:
        row, column = divmod(cell, self._columns)
        return f"{column},{row}"


def _longest(
    objects: Ids, stays_s: NDArray[np.float64], cells_max: int
) -> NDArray[np.intp]:
    """Return the rows in which each object stayed longest, so many for each."""
    order = np.lexsort((-stays_s, objects))
    first = np.searchsorted(objects[order], objects[order])
    return np.asarray(order[np.arange(len(order)) - first < cells_max])

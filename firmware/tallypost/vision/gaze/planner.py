"""Places regions so that whoever stands where it matters is whole in one of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Region, Size
from tallypost.vision.gaze.interest import Interest, raster

Needs = NDArray[np.int64]
"""Shape (n, 4), x1 y1 x2 y2 in even pixels: each must lie in one region as a whole."""

ENLARGEMENT_MAX = 2.0
"""A pixel of the camera is shown to the detector at most so large."""
ZOOM_MAX = 3.0
"""Somebody too large for a region is a ninth of the whole then: just large enough."""
ZOOM_STEP = 1.1
CELLS_A_REGION = 12
"""So finely is the site's drawing looked at."""

# How large an object may be that is whole in a region wherever it stands on what
# matters, as shares of the region: a third of its width, a third of its height.
# What is larger than that is large enough in the squeezed whole.
ASIDE, ABOVE, BELOW = 1 / 6, 1 / 3, 1 / 6


def plan(
    interests: Sequence[Interest],
    *,
    scene: Size,
    fit: Size,
    regions_max: int,
    zoom_min: float,
) -> tuple[Region, ...]:
    """Return the regions that show what matters as large as may be.

    The zoom is the largest at which `regions_max` regions are enough; where even
    `zoom_min` takes more of them, they are more. Corners are even: colour is told for
    two pixels at a time.

    Args:
        interests: Lines and areas; without any, all of the scene matters.
        scene: Size of the picture.
        fit: The detector's input size.
        regions_max: How many there may be, where the zoom is a matter of choice.
        zoom_min: How many times as large as in the squeezed whole things are seen, at
            least; 1 or more.

    Returns:
        Regions from left to right; none where the detector sees all there is to see in
        the squeezed whole.
    """
    share = min(fit.width / scene.width, fit.height / scene.height)
    if zoom_min * share > ENLARGEMENT_MAX or min(scene) < CELLS_A_REGION:
        return ()
    zoom = min(ENLARGEMENT_MAX / share, ZOOM_MAX)
    while zoom > zoom_min:
        regions = _regions(interests, scene, region_size(scene, fit, zoom), regions_max)
        if regions:
            return regions
        zoom /= ZOOM_STEP
    return _regions(interests, scene, region_size(scene, fit, zoom_min), None)


def _regions(
    interests: Sequence[Interest], scene: Size, side: Size, regions_max: int | None
) -> tuple[Region, ...]:
    """Return the regions of one size that show what matters; none if too many."""
    cell_px = max(_even(min(side) / CELLS_A_REGION), 2)
    cells = _cells(interests, scene, cell_px)
    if regions_max and len(cells) * cell_px**2 > regions_max * side.width * side.height:
        return ()
    needs = _needs(cells, scene, side, cell_px)
    return tuple(sorted(_cover(needs, scene, side, regions_max)))


def region_size(scene: Size, fit: Size, zoom: float) -> Size:
    """Return how much of the scene fills the detector's input at a zoom, even."""
    share = min(fit.width / scene.width, fit.height / scene.height) * zoom
    width, height = (
        max(_even(min(part / share, whole)), 2)
        for part, whole in zip(fit, scene, strict=True)
    )
    return Size(width, height)


def _even(pixels: float) -> int:
    return int(pixels) // 2 * 2


def _cells(interests: Sequence[Interest], scene: Size, cell_px: int) -> Needs:
    """Return the cells that matter: shape (n, 4)."""
    if interests:
        touched = raster(interests, scene, cell_px)
    else:
        columns, rows = (-(-side // cell_px) for side in scene)
        touched = np.ones((rows, columns), np.bool_)
    low = np.argwhere(touched)[:, ::-1] * cell_px
    return np.concatenate([low, low + cell_px], axis=1)


def _needs(cells: Needs, scene: Size, side: Size, cell_px: int) -> Needs:
    """Return the room that an object on a cell needs, as far as the scene goes."""
    aside, above, below = (
        _even(part)
        for part in (ASIDE * side.width, ABOVE * side.height, BELOW * side.height)
    )
    needs = cells + np.array([-aside, -above, aside, below])
    # so small a region has no room for more than the cell
    needs = cells if min(side) <= 3 * cell_px else needs
    limits = np.array([_even(scene.width), _even(scene.height)] * 2)
    return np.asarray(np.clip(needs, 0, limits))


def _cover(
    needs: Needs, scene: Size, side: Size, regions_max: int | None
) -> list[Region]:
    """Return few regions that hold every need: the one that holds most, again.

    None where they would be more than `regions_max`.
    """
    room = np.array(
        [_even(scene.width) - side.width, _even(scene.height) - side.height]
    )
    lefts = np.unique(np.minimum(needs[:, 0], room[0]))
    tops = np.unique(np.minimum(needs[:, 1], room[1]))
    across = _holds(lefts, side.width, needs[:, 0], needs[:, 2])
    along = _holds(tops, side.height, needs[:, 1], needs[:, 3])
    open_needs = np.ones(len(needs), np.bool_)
    regions: list[Region] = []
    while open_needs.any():
        if len(regions) == regions_max:
            return []
        held = across.astype(np.float32) @ (along & open_needs).T.astype(np.float32)
        column, row = np.unravel_index(held.argmax(), held.shape)
        mine = across[column] & along[row] & open_needs
        regions.append(_round(needs[mine], room, side))
        open_needs &= ~mine
    return regions


def _holds(
    begins: NDArray[np.int64],
    length: int,
    low: NDArray[np.int64],
    high: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return which stretches of one length hold which needs: shape (stretches, n)."""
    starts = begins[:, None]
    return np.asarray((starts <= low[None]) & (starts + length >= high[None]))


def _round(needs: Needs, room: NDArray[np.int64], side: Size) -> Region:
    """Return the region whose middle is that of the needs, as far as there is room."""
    low, high = needs[:, :2].min(axis=0), needs[:, 2:].max(axis=0)
    corner = (low + high - side) // 4 * 2
    left, top = np.clip(corner, 0, room).tolist()
    return Region(left, top, *side)

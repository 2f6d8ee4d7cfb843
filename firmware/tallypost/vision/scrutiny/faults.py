"""Tells which faults a picture shows, beside what is usual."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Fault
from tallypost.vision.scrutiny.cells import SHAPE, Cells
from tallypost.vision.scrutiny.displacement import is_moved, lies_well
from tallypost.vision.scrutiny.profiles import Match
from tallypost.vision.scrutiny.reference import Reference

BLINDING = frozenset((Fault.MOVED, Fault.BLINDED, Fault.COVERED, Fault.DARK))
"""While one of these is seen, what is counted would be wrong."""

DARK_LEVEL_MAX = 25.0
FEW_SHARE = 0.02
"""Of 0..255: where no more cells than so few are brighter, there is only noise."""
BRIGHT_LEVEL_MIN = 230.0
BRIGHT_SHARE_MIN = 0.8
"""White in so many cells is glare, whatever is usual."""
FLAT_STRUCTURE_MAX = 0.06
LIVELY_SHARE_MAX = 0.1
"""Where no more cells than that show more, something is before the lens."""
STRUCTURE_MIN = 0.1
FINE_MIN = 0.015
"""Cells that usually show less cannot tell that it is gone."""
LOST_RATIO_MAX = 0.3
COVERED_SHARE_MIN = 0.55
BLINDED_SHARE_MIN = 0.25
SOFT_RATIO_MAX = 0.6
SOFTER_RATIO_MAX = 0.75
"""Fine differences beside coarse ones: fog takes both, a lens takes the fine ones."""
BLURRED_RATIO_MAX = 0.5
BLURRED_BESIDE_MAX = 0.65
_TINY = 1e-3

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What one picture shows.

    Attributes:
        faults: Those that are seen in it.
        untold: Those of which it tells nothing, neither way.
        blurred: Shape of a grid: who has lost fine differences and kept coarse ones.
        fine: Shape of a grid: who usually has any to lose.
    """

    faults: frozenset[Fault]
    untold: frozenset[Fault]
    blurred: Mask
    fine: Mask


NOWHERE = np.zeros(SHAPE, np.bool_)
COMPARED = frozenset((Fault.MOVED, Fault.DEFOCUSED, Fault.DIRTY))
"""Whoever sees nothing, or knows nothing yet, cannot tell these."""


def evidence(
    cells: Cells, lies: Match | None, usual: Reference, *, moved: bool = False
) -> Evidence:
    """Return what one picture shows beside what is usual.

    Covered, blinded and out of focus are told by what has disappeared at which scale.
    Source: G. Lee, M. Lee and J. Lim, "Unified Camera Tamper Detection Based on Edge
    and Object Information", Sensors 15(5), 2015 (edges that disappear); A. Aksay, A.
    Temizel and A. E. Cetin, "Camera tamper detection using wavelet analysis for video
    surveillance", AVSS 2007 (fine scales beside coarse ones). Ours keeps averages of
    cells in place of a background picture.

    Args:
        cells: How much there is to see.
        lies: How the picture's bands lie on the usual ones; None for the first.
        usual: What is usual; before it is learned, only what needs no comparison is
            told.
        moved: Whether the camera is held to have moved already: it has until the
            picture lies well on the usual one again.
    """
    blind = _unseeing(cells)
    if blind or lies is None or not usual.is_learned:
        return Evidence(blind, COMPARED, NOWHERE, NOWHERE)
    structured = usual.structure >= STRUCTURE_MIN
    lost = structured & (cells.structure <= LOST_RATIO_MAX * usual.structure)
    blind = _hidden(lost, structured, cells.level >= BRIGHT_LEVEL_MIN)
    if blind:
        return Evidence(blind, COMPARED, NOWHERE, NOWHERE)
    fine_left = (cells.fine + _TINY) / (usual.fine + _TINY)
    beside = fine_left * (usual.coarse + _TINY) / (cells.coarse + _TINY)
    fine = structured & (usual.fine >= FINE_MIN)
    found = set()
    if _is_soft(fine_left[fine], beside[fine]):
        found.add(Fault.DEFOCUSED)
    if moved:
        still_moved = not lies_well(lies, usual.still)
    else:
        still_moved = is_moved(lies, usual.still, sharp=not found)
    if still_moved:
        found.add(Fault.MOVED)
    if found:
        return Evidence(frozenset(found), frozenset((Fault.DIRTY,)), NOWHERE, fine)
    blurred = fine & ~lost
    blurred &= (fine_left <= BLURRED_RATIO_MAX) & (beside <= BLURRED_BESIDE_MAX)
    return Evidence(frozenset(), frozenset(), blurred, fine)


def _unseeing(cells: Cells) -> frozenset[Fault]:
    """Return what needs nothing to compare with."""
    if np.mean(cells.level > DARK_LEVEL_MAX) <= FEW_SHARE:
        return frozenset((Fault.DARK,))
    if np.mean(cells.level >= BRIGHT_LEVEL_MIN) >= BRIGHT_SHARE_MIN:
        return frozenset((Fault.BLINDED,))
    if np.mean(cells.structure > FLAT_STRUCTURE_MAX) <= LIVELY_SHARE_MAX:
        return frozenset((Fault.COVERED,))
    return frozenset()


def _hidden(lost: Mask, structured: Mask, bright: Mask) -> frozenset[Fault]:
    """Return why cells that usually show something show nothing."""
    count = max(int(structured.sum()), 1)
    if (lost & bright).sum() >= BLINDED_SHARE_MIN * count:
        return frozenset((Fault.BLINDED,))
    if lost.sum() >= COVERED_SHARE_MIN * count:
        return frozenset((Fault.COVERED,))
    return frozenset()


def _is_soft(fine_left: NDArray[np.float32], beside: NDArray[np.float32]) -> bool:
    if not len(fine_left):
        return False
    soft = np.median(fine_left) <= SOFT_RATIO_MAX
    return bool(soft and np.median(beside) <= SOFTER_RATIO_MAX)

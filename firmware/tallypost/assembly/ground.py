"""From a site's calibration to the ground in metres."""

from collections.abc import Iterable, Sequence

import numpy as np

from tallypost.domain.vision import Size
from tallypost.geometry import Points
from tallypost.settings.elements.calibration import Calibration
from tallypost.settings.site import Site
from tallypost.vision.elements.ground import Ground
from tallypost.vision.elements.speed import Speeds

SLOW = ("person", "pedestrian", "bicycle", "cat", "dog", "horse", "sheep", "cow")
"""Who is slower than any motor vehicle."""
RESIDUAL_SHARE_MAX = 0.05
"""By how much of the ground that they span points may be off."""
_WHOLE = Size(1, 1)


def ground_of(site: Site) -> Ground | None:
    """Return the ground of a site; None where it is not calibrated."""
    calibration = site.calibration
    if calibration is None:
        return None
    return Ground(calibration.picture, calibration.ground_m)


def speeds(site: Site, classes: Sequence[str]) -> Speeds | None:
    """Return what tells how fast objects go; None where nobody can.

    Args:
        site: What is drawn.
        classes: Names of the detector's classes.
    """
    ground, calibration = ground_of(site), site.calibration
    if ground is None or calibration is None:
        return None
    return Speeds(ground, [_max_kmh(calibration, label) for label in classes])


def _max_kmh(calibration: Calibration, label: str) -> float:
    if label in SLOW:
        return calibration.slow_speed_max_kmh
    return calibration.speed_max_kmh


def length_m(
    ground: Ground | None,
    polygon: Iterable[tuple[float, float]],
    direction: Iterable[tuple[float, float]] | None,
) -> float | None:
    """Return how long a polygon is on the ground, along a direction or at the longest.

    None where the ground is not calibrated or the polygon reaches too far to measure.
    """
    if ground is None:
        return None
    corners_m = ground.places(np.array(list(polygon)), _WHOLE)
    if direction is not None:
        start_m, end_m = ground.places(np.array(list(direction)), _WHOLE)
        along_m = corners_m @ ((end_m - start_m) / np.hypot(*(end_m - start_m)))
        length = float(np.ptp(along_m))
    else:
        ways_m = corners_m[:, None] - corners_m[None]
        length = float(np.hypot(ways_m[..., 0], ways_m[..., 1]).max())
    return length if np.isfinite(length) else None


def place_m(ground: Ground, line: Iterable[tuple[float, float]]) -> Points | None:
    """Return where the middle of a line is on the ground: shape (2,), metres.

    None where it is too far to measure.
    """
    ends_m = ground.places(np.array(list(line)), _WHOLE)
    middle_m = ends_m.mean(axis=0)
    return middle_m if np.isfinite(middle_m).all() else None


def ground_faults(site: Site) -> list[str]:
    """Return what is wrong with a calibration that only measuring tells."""
    ground, calibration = ground_of(site), site.calibration
    if ground is None or calibration is None:
        return []
    key = "corners" if calibration.points is None else "points"
    places_m = ground.places(np.array(calibration.picture), _WHOLE)
    faults = [
        f"calibration.{key}[{place}]: is too far from the camera to be measured; take "
        "places nearer to it"
        for place in np.flatnonzero(np.isnan(places_m[:, 0])).tolist()
    ]
    off_m, span_m = ground.residuals_m, np.ptp(calibration.ground_m, axis=0).max()
    if np.sqrt((off_m**2).mean()) > RESIDUAL_SHARE_MAX * span_m:
        worst = int(off_m.argmax())
        faults.append(
            f"calibration.{key}[{worst}]: is {off_m[worst]:.1f} m from where the other "
            "points put it; measure them again"
        )
    return faults

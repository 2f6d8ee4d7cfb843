"""How the objects of one moment move over the ground."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Where each object is and how fast it goes; NaN where nobody knows.

    Attributes:
        ground_m: Shape (n, 2), where they stand, metres.
        speeds_kmh: Shape (n,), how fast they go.
        errors_kmh: Shape (n,), a speed is off by no more in 95 of 100 cases.
        implausible: Shape (n,), who seems faster than anybody can be; their speed is
            not known.
    """

    ground_m: Floats
    speeds_kmh: Floats
    errors_kmh: Floats
    implausible: NDArray[np.bool_]


@lru_cache(maxsize=256)
def unknown(count: int) -> Motion:
    """Return what is known of so many objects where the ground is not calibrated."""
    nothing = np.full((count, 2), np.nan)
    implausible = np.zeros(count, np.bool_)
    for each in (nothing, implausible):
        each.flags.writeable = False
    return Motion(nothing, nothing[:, 0], nothing[:, 0], implausible)

"""Tells whether a picture has been displaced, by the profiles of its bands."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tallypost.vision.glimpse import Luma

Profile = NDArray[np.float32]
"""Shape (`BANDS`, n)."""
Values = NDArray[np.float32]
"""Shape (`BANDS`,)."""

BANDS = 4
STEP_MAX = 0.3
"""A step of light counts as no more than this, so that no lamp outweighs a street."""
SMOOTHING = 9
"""What changes more slowly along a band than over so many blocks is left out: pools of
light and shades, which come and go."""
REACH_SHARE = 0.2
"""Displacements of up to this share of the picture are measured."""
_TINY = np.float32(1e-9)


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Where light changes along each band of a picture, averaged across the band.

    Attributes:
        across: Shape (`BANDS`, columns): along bands that lie one below another.
        down: Shape (`BANDS`, rows): along bands that stand side by side.
    """

    across: Profile
    down: Profile


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How bands lie on those of the reference, those across first.

    Attributes:
        still: Shape (2 * `BANDS`,), correlation where nothing has moved, -1..1.
        best: The same at the displacement that fits best.
        shift: That displacement, as a share of the picture's width or height, to the
            right or downward.
        halves: The same of each band's first half and of its second half; empty for a
            half itself.
    """

    still: NDArray[np.float32]
    best: NDArray[np.float32]
    shift: NDArray[np.float32]
    halves: tuple["Match", ...] = ()


def profiles(light: Luma) -> Profiles:
    """Return the profiles of a picture.

    Args:
        light: The logarithm of light, shape (rows, columns).
    """
    return Profiles(across=_along(light), down=_along(light.T))


def match(seen: Profiles, known: Profiles) -> Match:
    """Return how one picture's profiles lie on another's of the same size.

    Source: normalized cross-correlation of projections, S. Alliney and C. Morandi,
    "Digital image registration using projections", IEEE PAMI 8(2), 1986; here band by
    band, so that a turn or a zoom shows as bands that move in different ways.
    """
    halves = tuple(
        _joined(
            _slide(seen.across[:, across], known.across[:, across]),
            _slide(seen.down[:, down], known.down[:, down]),
        )
        for across, down in zip(_halves(seen.across), _halves(seen.down), strict=True)
    )
    return _joined(
        _slide(seen.across, known.across), _slide(seen.down, known.down), halves
    )


def _halves(profile: Profile) -> tuple[slice, slice]:
    half = profile.shape[1] // 2
    return slice(half), slice(profile.shape[1] - half, None)


def _joined(
    across: tuple[Values, ...], down: tuple[Values, ...], halves: tuple[Match, ...] = ()
) -> Match:
    still, best, shift = (
        np.concatenate(both) for both in zip(across, down, strict=True)
    )
    return Match(still, best, shift, halves)


def _along(light: Luma) -> Profile:
    steps = np.clip(light[:, 1:] - light[:, :-1], -STEP_MAX, STEP_MAX)
    rows = np.linspace(0, len(steps), BANDS + 1).astype(int)
    sums = np.add.reduceat(steps, rows[:-1], axis=0)
    means = sums / np.diff(rows)[:, None].astype(np.float32)
    sides = SMOOTHING // 2
    padded = np.pad(means, ((0, 0), (sides, sides)), mode="edge")
    return np.asarray(
        means - sliding_window_view(padded, SMOOTHING, axis=1).mean(axis=2)
    )


def _slide(seen: Profile, known: Profile) -> tuple[Values, Values, Values]:
    """Return correlations where it stands and at the best place, and that place."""
    length = seen.shape[1]
    reach = int(REACH_SHARE * length)
    middle = _normed(known[:, reach : length - reach])
    windows = _normed(sliding_window_view(seen, length - 2 * reach, axis=1))
    correlations = np.einsum("bsn,bn->bs", windows, middle)
    place = correlations.argmax(axis=1)
    best = correlations.max(axis=1)
    shift = (place + _beside(correlations, place) - reach) / length
    return correlations[:, reach], best, shift.astype(np.float32)


def _beside(
    correlations: NDArray[np.float32], place: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Return by how much each peak lies beside its place: vertex of a parabola."""
    last = correlations.shape[1] - 1
    row = np.arange(len(place))
    before = correlations[row, np.maximum(place - 1, 0)]
    after = correlations[row, np.minimum(place + 1, last)]
    bend = np.maximum(2 * correlations[row, place] - before - after, _TINY)
    inner = (place > 0) & (place < last)
    return np.where(inner, (after - before) / (2 * bend), np.float32(0))


def _normed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values without their mean, of length one along the last axis."""
    level = values - values.mean(axis=-1, keepdims=True)
    length = np.sqrt((level * level).sum(axis=-1, keepdims=True))
    return np.asarray(level / np.maximum(length, _TINY))

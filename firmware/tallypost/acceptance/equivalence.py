"""Tells whether a device counts as a person does, within a margin.

Of each interval of a test it is known what the device has counted and what a person
has. Their mean difference, as a share of the mean that the person has counted, is the
device's error; it is equivalent where the whole confidence interval of the error lies
within the margin. So it is the device that has to prove itself: where little passed,
nothing is proven.

Source: M. Siebert, D. Ellenberger, "Validation of automatic passenger counting:
introducing the t-test-induced equivalence test", Transportation 47 (2020), 3031-3045,
as in VDV recommendation 457 v2.1; two one-sided tests, D. Schuirmann, Journal of
Pharmacokinetics and Biopharmaceutics 15 (1987), 657-680.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from tallypost.acceptance.student import quantile

RISK = 0.05
"""In so many tests at most a device is accepted that errs by the margin or more."""
MARGIN = 0.10
"""What is allowed at the roadside, either way."""
MARGIN_VDV = 0.01
"""What public transport allows, where money is shared by such counts (VDV 457 v2.1)."""
POWER = 0.80
"""In so many tests a device that errs as this one is accepted, with as many taps."""
OBSERVATIONS_MIN = 2


@dataclass(frozen=True, slots=True)
class Observation:
    """One interval of a test.

    Attributes:
        device: What the device has counted.
        hand: What a person has.
    """

    device: int
    hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """What a test says.

    Attributes:
        taps: What a person has counted in all.
        device: What the device has.
        error: By how much it is off, as a share of what the person has counted; above
            0: too many.
        error_low: Lower bound of the error; None where nothing can be said.
        error_high: The upper one.
        margin: What is allowed, either way.
        equivalent: Whether both bounds lie within it.
        observations: How many intervals there were.
        taps_more: How many more taps it would take for a device like this one; 0 where
            it is proven, None where more taps prove nothing: it errs too much.
        taps_more_vdv: The same with the margin of VDV 457.
    """

    taps: int
    device: int
    error: float
    error_low: float | None
    error_high: float | None
    margin: float
    equivalent: bool
    observations: int
    taps_more: int | None
    taps_more_vdv: int | None


def equivalence(
    observations: Sequence[Observation], *, margin: float = MARGIN
) -> Equivalence | None:
    """Return what a test says; None where nobody has passed, by the person's count.

    Args:
        observations: All of them, those in which nobody passed too.
        margin: Above 0, below 1.
    """
    taps = sum(each.hand for each in observations)
    device = sum(each.device for each in observations)
    if not taps:
        return None
    error = (device - taps) / taps
    spread = _spread(observations)
    bounds = _bounds(error, spread, taps, len(observations), margin)
    proven = bounds is not None and -margin < bounds[0] and bounds[1] < margin
    needed, needed_vdv = (
        taps_needed(error, spread, each) for each in (margin, MARGIN_VDV)
    )
    return Equivalence(
        taps=taps,
        device=device,
        error=error,
        error_low=bounds and bounds[0],
        error_high=bounds and bounds[1],
        margin=margin,
        equivalent=proven,
        observations=len(observations),
        taps_more=0 if proven else needed and max(needed - taps, 1),
        taps_more_vdv=needed_vdv and max(needed_vdv - taps, 0),
    )


def _spread(observations: Sequence[Observation]) -> float:
    """Return the variance of an interval's difference for each that passed in it."""
    count = len(observations)
    if count < OBSERVATIONS_MIN:
        return 0.0
    differences = [each.device - each.hand for each in observations]
    mean = sum(differences) / count
    variance = sum((each - mean) ** 2 for each in differences) / (count - 1)
    return variance * count / sum(each.hand for each in observations)


def _bounds(
    error: float, spread: float, taps: int, count: int, margin: float
) -> tuple[float, float] | None:
    """Return the confidence interval of an error, of 1 - 2 `RISK`.

    A device that errs by the margin errs as often as chance will have it, and in a
    short test sometimes not at all: the spread is never taken for less than that
    device's, which misses or invents each by itself. Without this, twenty taps without
    a fault would prove everything.

    Source: as of the module; of the spread under the hypothesis that is tested,
    C. Farrington, G. Manning, Statistics in Medicine 9 (1990), 1447-1454.
    """
    if count < OBSERVATIONS_MIN:
        return None
    deviation = math.sqrt(max(spread, margin) / taps)
    reach = quantile(1 - RISK, count - 1) * deviation
    return error - reach, error + reach


def taps_needed(error: float, spread: float, margin: float) -> int | None:
    """Return how many taps it takes to prove that a device like this one is equivalent.

    Args:
        error: By how much it is off.
        spread: Variance of an interval's difference for each that passed in it.
        margin: What is allowed.

    Returns:
        None where it errs by the margin or more.

    Source: S.-C. Chow, J. Shao, H. Wang, "Sample Size Calculations in Clinical
    Research", 2nd edition, 3.1.3 "Test for equivalence", told in taps.
    """
    room = margin - abs(error)
    if room <= 0:
        return None
    normal = NormalDist()
    # Where it does not err at all, it can fail to either side.
    fail = (1 - POWER) / (1 if error else 2)
    reach = normal.inv_cdf(1 - RISK) + normal.inv_cdf(1 - fail)
    return math.ceil(max(spread, margin) * (reach / room) ** 2)

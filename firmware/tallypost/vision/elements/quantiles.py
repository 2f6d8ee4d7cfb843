"""Quantiles of what an interval has gathered."""

from collections.abc import Iterable
from math import ceil


def quantile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value that at least this share of all do not exceed.

    It is a value that was measured, never one between two: of a minute's three stays
    the median is the second. Source: Hyndman and Fan, "Sample Quantiles in Statistical
    Packages" (The American Statistician 50, 1996), definition 1: nearest rank.

    Args:
        values: In any order.
        share: Above 0, at most 1: 0.85 for the value that speed limits are set by.

    Returns:
        None where there are no values.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    # A ten-billionth less: 0.07 of 100 shall be 7, not 7.000000000000001.
    return ordered[max(ceil(share * len(ordered) - 1e-10), 1) - 1]

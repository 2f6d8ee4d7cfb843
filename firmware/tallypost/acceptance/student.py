"""Student's t distribution: its quantiles, with nothing but the standard library."""

import math

_STEPS_MAX = 400
_CLOSE = 1e-14
_TINY = 1e-300
_QUANTILE_MAX = 1e9


def quantile(probability: float, freedom: int) -> float:
    """Return the value that so large a share of the distribution lies below.

    Args:
        probability: Above 0, below 1.
        freedom: Degrees of freedom, 1 or more.

    Raises:
        ValueError: Nothing lies there.
    """
    if not 0 < probability < 1 or freedom < 1:
        raise ValueError(
            f"the {probability} quantile of t with {freedom} degrees of freedom is no "
            "number; want a share between 0 and 1, and 1 degree or more"
        )
    if probability < 0.5:  # noqa: PLR2004  # it is symmetrical
        return -quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while below(high, freedom) < probability and high < _QUANTILE_MAX:
        low, high = high, 2 * high
    for _ in range(_STEPS_MAX):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if below(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(value: float, freedom: int) -> float:
    """Return the share of the distribution that lies below a value.

    Source: M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 26.7.1 with
    26.5.27.
    """
    beyond = _beta(freedom / (freedom + value * value), freedom / 2, 0.5) / 2
    return 1 - beyond if value >= 0 else beyond


def _beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function.

    Source: NIST Digital Library of Mathematical Functions, 8.17.4 and 8.17.22.
    """
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(x)
        + b * math.log1p(-x)
    )
    return front / a / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the beta function.

    Source: its evaluation, W. Lentz, "Generating Bessel functions in Mie scattering
    calculations using continued fractions", Applied Optics 15 (1976).
    """
    value, front, back = 1.0, 1.0, 0.0
    for step in range(1, _STEPS_MAX):
        half = step // 2
        if step % 2:
            term = -(a + half) * (a + b + half) * x
            term /= (a + 2 * half) * (a + 2 * half + 1)
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        back = 1 / ((1 + term * back) or _TINY)
        front = (1 + term / front) or _TINY
        value *= front * back
        if abs(front * back - 1) < _CLOSE:
            break
    return value

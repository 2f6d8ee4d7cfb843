"""Levels of service: how well traffic flows, A the best."""

from tallypost.domain.words import Grade

SHARES_MIN = (
    (Grade.A, 0.80),
    (Grade.B, 0.67),
    (Grade.C, 0.50),
    (Grade.D, 0.40),
    (Grade.E, 0.30),
)
"""Above this share of its free-flow speed, traffic has this grade; F is the rest.

Source: Highway Capacity Manual, 6th edition (2016), Exhibit 16-3, and Exhibit 18-1 for
segments, "LOS criteria: motorized vehicle mode": the speeds there are these shares of
the base free-flow speed. The edition of 2010 has 0.85 for A."""


def grade(share: float) -> Grade:
    """Return the level of service of traffic.

    Args:
        share: Its mean speed over free-flow speed.
    """
    return next((grade for grade, least in SHARES_MIN if share > least), Grade.F)

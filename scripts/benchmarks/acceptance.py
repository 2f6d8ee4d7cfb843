"""How often the test by taps accepts whom it must not, and whom it should.

Devices are drawn that err by exactly the margin (each that is accepted is a mistake)
or not so much, on streets that are even, come in bursts, or hide several at once.
"""

from dataclasses import dataclass

import numpy as np

from scripts.benchmarks.page import ROOT, put, table, today
from tallypost.acceptance.equivalence import MARGIN, RISK, Observation, equivalence

PAGE = ROOT / "docs" / "acceptance.md"
RUNS = 4000
MINUTES = 20
TAPS = (30, 60, 120, 240, 480)


@dataclass(frozen=True)
class Street:
    """Who passes, and how a device errs.

    Attributes:
        name: What it is.
        missed: Share that is missed.
        false: So many are invented for each that passes.
        burst: How unevenly they come: minutes differ by a gamma law of this variance.
        group: So many are missed together.
    """

    name: str
    missed: float = 0.0
    false: float = 0.0
    burst: float = 0.0
    group: int = 1


AT_THE_MARGIN = (
    Street("misses 10 %", missed=MARGIN),
    Street("invents 10 %", false=MARGIN),
    Street("misses 15 %, invents 5 %", missed=0.15, false=0.05),
    Street("misses 10 %, people come in bursts", missed=MARGIN, burst=1.0),
    Street("misses 10 %, three at a time", missed=MARGIN, group=3),
)
GOOD = (
    Street("misses 2 %", missed=0.02),
    Street("misses 4 %, invents 3 %", missed=0.04, false=0.03),
    Street("misses 5 %", missed=0.05),
)


def day(street: Street, taps: float, rng: np.random.Generator) -> list[Observation]:
    """Return one test of twenty minutes."""
    rate = np.full(MINUTES, taps / MINUTES)
    if street.burst:
        rate *= rng.gamma(1 / street.burst, street.burst, MINUTES)
    passed = rng.poisson(rate / street.group, MINUTES)
    missed = rng.binomial(passed, street.missed) * street.group
    hand = passed * street.group
    invented = rng.poisson(hand * street.false)
    return [
        Observation(int(by_hand - lost + more), int(by_hand))
        for by_hand, lost, more in zip(hand, missed, invented, strict=True)
    ]


def accepted(street: Street, taps: float, rng: np.random.Generator) -> float:
    """Return the share of tests that a device passes."""
    found = (equivalence(day(street, taps, rng)) for _ in range(RUNS))
    return sum(each is not None and each.equivalent for each in found) / RUNS


def main() -> None:
    """Write the table."""
    rng = np.random.default_rng(457)
    rows = []
    for told, streets in (("must not", AT_THE_MARGIN), ("should", GOOD)):
        for street in streets:
            shares = [accepted(street, each, rng) for each in TAPS]
            rows.append([street.name, told, *(f"{each:.1%}" for each in shares)])
    text = (
        f"{RUNS:,} drawn tests of {MINUTES} minutes each; margin {MARGIN:.0%}, allowed "
        f"mistakes {RISK:.0%} of tests. {today()}.\n\n"
    )
    headings = ["device", "may pass?", *(f"{each} taps" for each in TAPS)]
    put("accepted", text + table(headings, rows), PAGE)


if __name__ == "__main__":
    main()

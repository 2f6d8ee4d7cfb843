"""Which model is used when none is named: the measured table decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallypost.models.figures import YARDSTICK, Measured, MeasuredTable

USUAL_ORDER = (
    "efficientdet-lite0",
    "efficientdet-lite1",
    "efficientdet-lite2",
    "ssd-mobilenet-v2",
    "yolox-nano",
    "ssd-mobilenet-v1",
)
"""Who comes first among those that nobody has measured."""
BINDING = ("AGPL", "GPL")
"""Licences that would bind whoever builds a box around the model: never a default."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may become the default.

    Attributes:
        name: As its folder is called.
        sha256: Of the file that its manifest means.
        licence: As its manifest says.
        shipped: Whether its weights come with the product.
    """

    name: str
    sha256: str
    licence: str
    shipped: bool


@dataclass(frozen=True, slots=True)
class Preferred:
    """A model, and why it stands where it stands."""

    name: str
    reason: str


def may_be_default(licence: str) -> bool:
    """Return whether a licence leaves whoever builds a box free."""
    words = licence.upper().replace("(", " ").split()
    return not any(word.startswith(BINDING) for word in words)


def preferred(
    candidates: Sequence[Candidate], table: MeasuredTable | None
) -> tuple[Preferred, ...]:
    """Return the models that may be a default, best first.

    First those that are no slower than the yardstick: the most AP50, then the
    quickest. Then slower ones that were measured: the quickest, then the most AP50.
    Of two with the same figures the one that is shipped comes first. So none stands
    before one that beats it in both. Last come those that nobody has measured: in the
    usual order, then others whose weights come with the product.

    Args:
        candidates: Those that are known, or that are at hand: who is missing changes
            nothing about the others' order.
        table: What was measured; None: nothing.
    """
    free = [each for each in candidates if may_be_default(each.licence)]
    figures = {(x.name, x.sha256): x for x in table.models} if table else {}
    most_ms = table.yardstick_ms if table else 0.0
    ranked = sorted(
        (_rank(figures[key], each, most_ms), each.name, _reason(figures[key], most_ms))
        for each in free
        if (key := (each.name, each.sha256)) in figures
    )
    measured = {name: reason for _, name, reason in ranked}
    unknown = {each.name for each in free} - {*measured}
    why = "it was not measured" if table else "no figures are at hand"
    with_us = [each.name for each in free if each.shipped and each.name in unknown]
    ours = dict.fromkeys(sorted(with_us), f"{why}; it comes with the product")
    usual = {
        name: f"{why}; it comes next in the usual order"
        for name in USUAL_ORDER
        if name in unknown
    }
    return tuple(Preferred(*each) for each in {**measured, **usual, **ours}.items())


def _rank(
    figures: Measured, candidate: Candidate, most_ms: float
) -> tuple[bool, float, float, bool]:
    taken_ms = figures.invoke_ms.two_threads
    late = taken_ms > most_ms
    first, second = (taken_ms, -figures.ap50) if late else (-figures.ap50, taken_ms)
    return late, first, second, not candidate.shipped


def _reason(figures: Measured, most_ms: float) -> str:
    taken_ms = figures.invoke_ms.two_threads
    told = f"AP50 {figures.ap50 * 100:.1f} in {taken_ms:.1f} ms"
    if taken_ms > most_ms:
        return f"{told}, the quickest at hand of those slower than {YARDSTICK}"
    return f"{told}, the most at hand of those no slower than {YARDSTICK}"

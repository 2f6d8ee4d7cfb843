"""From settings to what judges the camera and lets the detector rest."""

from collections.abc import Iterable

from tallypost.domain.vision import Fault
from tallypost.vision.attention import Attention
from tallypost.vision.detection.base import Detector
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.scrutiny.scrutiny import Scrutiny

EVERYTHING = tuple(fault.name.lower() for fault in Fault)
"""All faults, as settings name them."""


def attention(detector: Detector, ignored: Iterable[str], *, rest: bool) -> Attention:
    """Return what has frames looked at.

    Args:
        detector: What looks.
        ignored: Faults of the camera that are neither told nor heeded.
        rest: Whether the detector may rest while nothing moves.
    """
    faults = frozenset(Fault[each.upper()] for each in ignored)
    return Attention(
        detector,
        scrutiny=None if faults == frozenset(Fault) else Scrutiny(ignored=faults),
        gate=MotionGate() if rest else None,
    )

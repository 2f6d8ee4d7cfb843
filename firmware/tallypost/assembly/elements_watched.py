"""From what a site draws of places that somebody looks after to what watches them."""

from tallypost.settings.elements.crowd import Crowd
from tallypost.settings.elements.intrusion import Intrusion
from tallypost.settings.elements.stop import Stop
from tallypost.settings.elements.wrong_way import WrongWay
from tallypost.vision.counting.events import Direction
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.crowd import CrowdElement
from tallypost.vision.elements.intrusion import IntrusionElement
from tallypost.vision.elements.pedestrian_service import Activity
from tallypost.vision.elements.stop import StopElement
from tallypost.vision.elements.wrong_way import WrongWayElement

SETTLE_S = 0.6
BORDER_S = 2.0
"""Who is not clearly behind a forbidden area's border must be behind it for so long:
people walk along platform edges, and boxes tremble."""
ClassIds = frozenset[int] | None


def crowd(drawn: Crowd, classes: ClassIds) -> CrowdElement:
    """Return what watches how crowded a place is.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes count; None for all.
    """
    return CrowdElement(
        counter=_counter(drawn, classes, settle_s=SETTLE_S),
        persons_max=drawn.persons_max,
        area_m2=drawn.area_m2,
        density_max_per_m2=drawn.density_max_per_m2,
        after_s=drawn.after_s,
        movement=Activity(drawn.movement),
    )


def intrusion(drawn: Intrusion, classes: ClassIds) -> IntrusionElement:
    """Return what watches an area where nobody may be.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes may not; None for all.
    """
    return IntrusionElement(
        counter=_counter(drawn, classes, settle_s=BORDER_S),
        after_s=drawn.after_s,
        clear_s=drawn.clear_s,
    )


def stop(drawn: Stop, classes: ClassIds) -> StopElement:
    """Return what watches an area where no vehicle may stand.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes may not; None for all.
    """
    return StopElement(
        name=drawn.name,
        polygon=drawn.polygon,
        classes=classes,
        anchor=drawn.anchor,
        after_s=drawn.after_s,
        lost_s=drawn.lost_s,
    )


def wrong_way(drawn: WrongWay, classes: ClassIds) -> WrongWayElement:
    """Return what watches a line that may be crossed one way only.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes may not; None for all.
    """
    return WrongWayElement(
        counter=LineCounter(
            name=drawn.name,
            start=drawn.start,
            end=drawn.end,
            classes=classes,
            anchor=drawn.anchor,
        ),
        allowed=Direction(drawn.allowed),
        clear_s=drawn.clear_s,
    )


def _counter(
    drawn: Crowd | Intrusion, classes: ClassIds, settle_s: float
) -> ZoneCounter:
    return ZoneCounter(
        name=drawn.name,
        polygon=drawn.polygon,
        classes=classes,
        anchor=drawn.anchor,
        settle_s=settle_s,
    )

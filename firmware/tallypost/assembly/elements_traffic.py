"""From what a site draws of lines, approaches and junctions to what watches them."""

from tallypost.assembly.ground import length_m
from tallypost.settings.elements.approach import Approach
from tallypost.settings.elements.movement import Movement
from tallypost.settings.site import Line
from tallypost.vision.elements.approach import ApproachElement
from tallypost.vision.elements.congestion import Congestion
from tallypost.vision.elements.ground import Ground
from tallypost.vision.elements.headway import Headways
from tallypost.vision.elements.line import LineElement
from tallypost.vision.elements.movement import MovementElement
from tallypost.vision.elements.speed_trap import SpeedTrap
from tallypost.vision.elements.traffic import Traffic


def line(drawn: Line, *, is_calibrated: bool) -> LineElement:
    """Return what gathers the figures of a line.

    Args:
        drawn: As it is drawn.
        is_calibrated: Whether the ground is, and speeds are known.
    """
    return LineElement(
        drawn.name,
        headways=Headways() if drawn.headways else None,
        speed_trap=SpeedTrap() if is_calibrated else None,
        tells_modes=drawn.modal_split,
    )


def approach(
    drawn: Approach, classes: frozenset[int] | None, ground: Ground | None
) -> ApproachElement:
    """Return what watches an approach.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes count; None for all.
        ground: In metres; None where it is not calibrated.
    """
    return ApproachElement(
        name=drawn.name,
        traffic=Traffic(
            polygon=drawn.polygon,
            direction=drawn.direction,
            classes=classes,
            anchor=drawn.anchor,
        ),
        congestion=Congestion(
            below=drawn.congested_below,
            after_s=drawn.congested_after_s,
            count_min=drawn.congested_count_min,
        ),
        free_flow_kmh=drawn.free_flow_kmh,
        length_m=length_m(ground, drawn.polygon, drawn.direction),
    )


def movement(drawn: Movement, classes: frozenset[int] | None) -> MovementElement:
    """Return what watches a junction.

    Args:
        drawn: As it is drawn.
        classes: Which of the detector's classes count; None for all.
    """
    return MovementElement(
        name=drawn.name,
        gates=drawn.gates,
        time_max_s=drawn.time_max_s,
        classes=classes,
    )

"""Records of every kind that formats have words for, the same for the same seed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.parking import CarParkFigures, SpaceFigures
from tallypost.domain.figures.traffic import ApproachFigures, QueueFigures
from tallypost.domain.figures.zones import CrowdFigures, ZoneFigures
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.classes import PERSON, VEHICLES
from tallypost.telemetry.codec.place import LinePlace, Place
from tests.domain.strategies import Words, names
from tests.telemetry.codec.convey import PLACE, full, hole, record

CLASSES = (*VEHICLES, PERSON, "dog")
PLACES = (
    PLACE,
    Place(name="without lanes", location=PLACE.location, on_street=frozenset({"kerb"})),
    Place(
        name="with all classes",
        location=PLACE.location,
        lines={"gate": LinePlace(lane=2, classes=CLASSES)},
    ),
)
"""A street that says all of itself, one that says little, one where all is counted."""


@st.composite
def car_parks(draw: st.DrawFn) -> CarParkFigures:
    """Return a car park whose parts are its whole."""
    free, occupied, unknown = (draw(st.integers(0, 40)) for _ in range(3))
    spaces = st.dictionaries(names, Words().of(SpaceFigures), max_size=2)
    return CarParkFigures(
        spaces=free + occupied + unknown,
        free=free,
        occupied=occupied,
        unknown=unknown,
        arrivals=draw(st.integers(0, 40)),
        departures=draw(st.integers(0, 40)),
        by_space=draw(spaces),
    )


def samples(count: int, number: int) -> list[KpiRecord]:
    """Return records: a full one, a hole, an odd moment, and so many of any values.

    Args:
        count: How many of any values.
        number: The seed.
    """
    words = Words(classes=st.sampled_from(CLASSES))
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "lines": _named("gate", words.of(LineFigures)),
        "approaches": _named("north", words.of(ApproachFigures)),
        "car_parks": _named("kerb", car_parks()),
        "zones": _named("platform", words.of(ZoneFigures)),
        "queues": _named("till", words.of(QueueFigures)),
        "crowds": _named("square", words.of(CrowdFigures)),
    }
    watched = st.sampled_from((0.0, 6.0, 60.0))
    odd = replace(full(3).interval, start_utc_s=full(3).interval.start_utc_s + 0.25)
    made = [full(1), hole(2), replace(full(3), interval=odd)]

    def gather(told: dict[str, Any], observed_s: float) -> None:
        made.append(record(len(made) + 1, observed_s=observed_s, **told))

    _draw(count, number)(given(st.fixed_dictionaries(kinds), watched)(gather))
    return made[: count + 3]


def _named(name: str, element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return elements by their names, one of which the places know."""
    return st.dictionaries(st.just(name) | names, element, max_size=2)


def _draw(count: int, number: int) -> Callable[[Callable[[], None]], None]:
    """Return what calls a hypothesis so often, from this seed on."""

    def run(hypothesis: Callable[[], None]) -> None:
        bounds = settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        seed(number)(bounds(hypothesis))()

    return run

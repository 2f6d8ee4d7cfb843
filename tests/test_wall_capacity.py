"""What a vision half that was taken over could say, at most."""

from math import log2

import pytest

from tallypost.domain.aiming import BOXES_MAX, SKETCH_CELLS_MAX, SKETCH_EVERY_S
from tallypost.domain.records import Quality, collections
from tallypost.domain.shape import leaves
from tallypost.domain.words import Origin
from tallypost.vision.tracking.sieve import DETECTIONS_MAX
from tallypost.wall.capacity import (
    Capacity,
    aiming_capacity,
    capacity,
    figures_bits,
)
from tallypost.wall.frame import Alphabet, Elements
from tallypost.wall.numbers import OBJECTS_MAX

LINE: Elements = {"lines": {"gate": ()}}


def of(classes: int, elements: Elements) -> Capacity:
    """Return what a site's wall can carry."""
    names = tuple(map(str, range(classes)))
    alphabet = Alphabet(classes=names, elements=elements)
    return capacity(alphabet, interval_s=60.0, intervals_per_minute=2.0)


@pytest.mark.parametrize("collection", [*collections(), "quality"])
def test_no_figure_that_can_be_told_is_left_out(collection: str) -> None:
    word = ({"quality": Quality} | dict(collections()))[collection]
    bits = figures_bits(word, classes=1, parts=1, duration_s=120.0)
    told = [leaf for leaf in leaves(word) if leaf.origin is not Origin.TELEMETRY]

    assert len(bits) == len(told)
    assert all(0 < each < 42 for each in bits.values()), "none is unbounded"


def test_a_count_tells_the_logarithm_of_what_it_may_be() -> None:
    bits = figures_bits(collections()["lines"], classes=3, parts=0, duration_s=120.0)

    # 0 to 400 a second, or nothing at all.
    assert bits["forward.class"] == pytest.approx(3 * log2(400 * 120 + 2))


def test_who_is_drawn_more_can_say_more() -> None:
    least, *more = (
        of(1, {}),
        of(1, LINE),
        of(2, LINE),
        of(2, {**LINE, "zones": {"platform": ()}}),
        of(2, {**LINE, "intrusions": {"yard": ()}}),
    )

    assert all(each.interval_bits > least.interval_bits for each in more)
    assert more[-1].alert_bits > more[-2].alert_bits == least.alert_bits


def test_what_a_site_does_not_ask_for_carries_nothing() -> None:
    asked, not_asked = (
        figures_bits(
            collections()["lines"], classes=1, parts=0, duration_s=9.0, unasked=unasked
        )
        for unasked in ((), ("headways", "speeds"))
    )

    assert {*asked} - {*not_asked} == {
        path for path in asked if path.startswith(("headways", "speeds"))
    }


def test_the_whole_is_the_sum_of_its_parts() -> None:
    found = of(1, LINE)

    assert found.figures_bits_per_hour == pytest.approx(120 * found.interval_bits)
    assert found.alerts_bits_per_hour == pytest.approx(3600 * found.alert_bits)
    assert found.bits_per_hour > (
        found.figures_bits_per_hour + found.alerts_bits_per_hour
    )
    assert found.bits_per_second == pytest.approx(found.bits_per_hour / 3600)


def test_the_wall_lets_as_many_pass_as_are_followed() -> None:
    assert OBJECTS_MAX == DETECTIONS_MAX


def test_a_sketch_tells_a_bit_a_cell_and_its_size() -> None:
    told = aiming_capacity(Alphabet(classes=("car",), elements=LINE))

    assert SKETCH_CELLS_MAX < told.sketch_bits < SKETCH_CELLS_MAX + 13
    assert told.sketches_bits_per_s == pytest.approx(told.sketch_bits / SKETCH_EVERY_S)


def test_boxes_tell_less_than_their_sides_for_they_have_no_order() -> None:
    told = aiming_capacity(Alphabet(classes=("car",), elements=LINE))

    assert 20 * BOXES_MAX < told.boxes_bits_per_s / 2 < 27 * BOXES_MAX


def test_aiming_tells_in_all_no_more_than_the_page_says() -> None:
    """docs/privacy.md and docs/aiming.md: about 3 kbit a second."""
    classes = tuple(map(str, range(6)))
    elements: Elements = {"lines": {"a": (), "b": ()}, "zones": {"c": ()}}
    told = aiming_capacity(Alphabet(classes=classes, elements=elements))

    assert told.bits_per_second < 3100
    assert told.bits_per_second == pytest.approx(
        told.sketches_bits_per_s
        + told.boxes_bits_per_s
        + told.events_bits_per_s
        + told.sights_bits_per_s
        + told.moments_bits_per_s
    )


def test_where_nothing_is_drawn_nobody_can_pass_it() -> None:
    assert (
        aiming_capacity(Alphabet(classes=("car",), elements={})).events_bits_per_s == 0
    )

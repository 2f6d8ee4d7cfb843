"""Car parks and queues: accepted as drawn, or refused in words that say how."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.settings.elements.car_park import CarPark, Row, Space
from tallypost.settings.reading import read_site
from tallypost.settings.site import Site, class_faults

Faults = Callable[[str], list[str]]

POLYGON = "[[0.1, 0.4], [0.2, 0.4], [0.2, 0.6], [0.1, 0.6]]"
CORNERS = "[[0.1, 0.6], [0.9, 0.6], [0.8, 0.4], [0.2, 0.4]]"
CLASSES = ("person", "bicycle", "car", "bus")


def park(*lines: str) -> str:
    return '[[car_parks]]\nname = "north"\n' + "\n".join(lines) + "\n"


def row(name: str = "A", corners: str = CORNERS, more: str = "count = 4") -> str:
    return f'rows = [{{name = "{name}", corners = {corners}, {more}}}]'


def space(name: str, polygon: str = POLYGON) -> str:
    return f'[[car_parks.spaces]]\nname = "{name}"\npolygon = {polygon}'


def queue(front: str = "[[0.2, 0.5], [0.8, 0.5]]", more: str = "") -> str:
    return f'[[queues]]\nname = "till"\npolygon = {POLYGON}\nfront = {front}\n{more}\n'


def read(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text, "utf-8")
    return read_site(path)


def test_spaces_may_be_drawn_one_by_one_and_by_the_row(tmp_path: Path) -> None:
    drawn = read(tmp_path, park(row(more="count = 3, first = 7"), space("ramp")))

    assert drawn.car_parks[0].parts == ("A7", "A8", "A9", "ramp")
    assert drawn.elements()["car_parks"] == {"north": ("A7", "A8", "A9", "ramp")}


def test_whoever_parks_parks_where_no_classes_are_named() -> None:
    spaces = (Space(name="1", polygon=((0, 0), (1, 0), (0, 1))),)

    assert CarPark(name="a", spaces=spaces).wanted(CLASSES) == ("car", "bus")
    vans = CarPark(name="a", spaces=spaces, classes=("van",))
    assert vans.wanted(("van", "car")) == ("van",)


def test_a_model_without_vehicles_needs_the_classes_named() -> None:
    spaces = (Space(name="1", polygon=((0, 0), (1, 0), (0, 1))),)
    site = Site(car_parks=(CarPark(name="a", spaces=spaces),))

    assert class_faults(site, CLASSES) == []
    assert class_faults(site, ("person", "van")) == [
        (
            "car_parks[0].classes: is missing, and the model knows none of car, "
            "motorcycle, bus, truck; it tells person, van"
        )
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            park(),
            "car_parks[0]: has no spaces; draw at least one of `spaces` or `rows`",
            id="nothing drawn",
        ),
        pytest.param(
            park(row(), space("A2")),
            'car_parks[0].spaces[0].name: calls a space "A2", as another one is called;'
            " give each its own name",
            id="a space called like one of a row",
        ),
        pytest.param(
            park(space("1"), space("1")),
            'car_parks[0].spaces[1].name: calls a space "1", as another one is called; '
            "give each its own name",
            id="twice the same name",
        ),
        pytest.param(
            park(row(corners="[[0.1, 0.6], [0.9, 0.6], [0.2, 0.4], [0.8, 0.4]]")),
            "car_parks[0].rows[0].corners: crosses or touches itself: the edge from "
            "[0.9, 0.6] to [0.2, 0.4] meets the edge from [0.8, 0.4] to [0.1, 0.6]; go "
            "round the zone in order",
            id="a row that crosses itself",
        ),
        pytest.param(
            park(row(corners="[[0.1, 0.6], [0.9, 0.6], [0.5, 0.5], [0.2, 0.4]]")),
            "car_parks[0].rows[0].corners: bends inward, or not at all, at the corner "
            "[0.5, 0.5]; no rectangle on the ground looks like that",
            id="a row with a dent",
        ),
        pytest.param(
            park(row(corners="[[0.1, 0.6], [0.9, 0.6], [0.5, 0.4]]")),
            "car_parks[0].rows[0].corners[3]: is missing; a point is [x, y], each 0..1 "
            "from the left and the top of the picture: divide pixels by its width and "
            "height",
            id="a row of three corners",
        ),
        pytest.param(
            park(
                row(
                    corners="[[0.1, 0.41], [0.9, 0.41], [0.9, 0.4], [0.1, 0.4]]",
                    more="count = 100",
                )
            ),
            "car_parks[0].rows[0]: leaves each of 100 spaces less than 0.01% of the "
            "picture; draw the row larger or lower `count`",
            id="a row too fine",
        ),
        pytest.param(
            park(row(more="count = 201")),
            "car_parks[0].rows[0].count: 201 is above the most (200)",
            id="a row too long",
        ),
        pytest.param(
            park(space("1", "[[0.1, 0.4], [0.2, 0.4]]")),
            "car_parks[0].spaces[0].polygon: has 2 elements, below the least (3); a "
            "zone has 3 to 64 corners [x, y], going round it",
            id="a space of two corners",
        ),
        pytest.param(
            park(space("1"), "size = 3"),
            "car_parks[0].spaces[0].size: is not known here; take it out, or use "
            "one of name, polygon",
            id="a stranger",
        ),
        pytest.param(
            queue("[[0.2, 0.5], [0.2, 0.5]]"),
            "queues[0].front: has the same point twice; a front needs two",
            id="a front without length",
        ),
        pytest.param(
            queue("[[0.2, 0.5], [0.8, 1.5]]"),
            "queues[0].front[1][1]: 1.5 is above the most (1); a point is [x, y], each "
            "0..1 from the left and the top of the picture: divide pixels by its width "
            "and height",
            id="a front outside the picture",
        ),
        pytest.param(
            queue(more="long_from = 0"),
            "queues[0].long_from: 0 is below the least (1)",
            id="a queue of nobody that is long",
        ),
    ],
)
def test_what_cannot_be_watched_is_refused(
    site_faults: Faults, text: str, fault: str
) -> None:
    assert site_faults(text) == [fault]


def test_more_spaces_than_a_site_may_have_are_refused(site_faults: Faults) -> None:
    parks = "".join(
        park(row(more="count = 200")).replace("north", f"n{number}")
        for number in range(3)
    )

    assert site_faults(parks) == [
        (
            "car_parks: 600 spaces are drawn, above the most of a site (512); leave "
            "some to another device"
        )
    ]


def test_rows_of_any_kind_of_nonsense_are_refused_in_words(site_faults: Faults) -> None:
    for nonsense in ("1", '"A"', "[1]", '[{name = 1, count = "x", first = "y"}]'):
        assert site_faults(park(f"rows = {nonsense}"))


def test_a_row_of_one_has_one_name() -> None:
    corners = ((0.1, 0.6), (0.9, 0.6), (0.8, 0.4), (0.2, 0.4))

    assert Row(name="A", corners=corners, count=1).names == ("A1",)

"""`[place]` says where on earth it is, and changes no figure."""

import pytest

from tallypost.assembly.formats import place_of
from tallypost.settings.site import Site, site_hash
from tests.settings.conftest import Faults

LINE = '[[lines]]\nname = "gate"\nstart = [0, 0]\nend = [1, 1]\n'
HERE = "[place]\nlatitude_deg = 48.4\nlongitude_deg = -4.5\n"


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (
            '[[place.lines]]\nname = "door"\n',
            "place.lines[0].name: is no name under [[lines]]; draw it there",
        ),
        (
            '[[place.lines]]\nname = "gate"\n' * 2,
            "place.lines[1].name: is told of already; keep one",
        ),
        (
            '[[place.car_parks]]\nname = "gate"\n',
            "place.car_parks[0].name: is no name under [[car_parks]]; draw it there",
        ),
        (
            'country = "France"\n',
            (
                'place.country: "France" does not fit; write the two capital letters '
                'of ISO 3166, as in "FR"'
            ),
        ),
    ],
    ids=["no such line", "twice", "no such car park", "country"],
)
def test_a_place_of_what_is_not_drawn_is_refused(
    site_faults: Faults, table: str, fault: str
) -> None:
    assert site_faults(HERE + table + LINE) == [fault]


def test_a_latitude_beyond_the_pole_is_refused(site_faults: Faults) -> None:
    [fault] = site_faults(HERE.replace("48.4", "98.4") + LINE)

    assert fault == "place.latitude_deg: 98.4 is above the most (90)"


def site(**more: object) -> Site:
    lines = [{"name": "gate", "start": [0, 0], "end": [1, 1]}]
    return Site.model_validate({"lines": lines, **more})


def test_a_place_makes_no_new_series() -> None:
    place = {"latitude_deg": 48.4, "longitude_deg": -4.5, "street": "Rue du Port"}

    assert site_hash(site(place=place)) == site_hash(site())


def test_backward_goes_where_forward_comes_from() -> None:
    told = {"name": "gate", "forward": "NE"}
    place = {"latitude_deg": 1.0, "longitude_deg": 2.0, "lines": [told]}

    line = place_of(site(place=place)).line("gate")

    assert line.towards(forward=True) == "NE"
    assert line.towards(forward=False) == "SW"


def test_a_line_that_names_its_classes_counts_these() -> None:
    place = {"latitude_deg": 1.0, "longitude_deg": 2.0, "classes": ["car", "bus"]}
    lines = [{"name": "gate", "start": [0, 0], "end": [1, 1], "classes": ["person"]}]

    assert place_of(site(place=place, lines=lines)).line("gate").classes == ("person",)
    assert place_of(site(place=place)).line("gate").classes == ("car", "bus")
    assert place_of(site()).line("gate").classes is None

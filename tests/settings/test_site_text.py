"""A site that was drawn, as TOML, read back by Python's own reader."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.errors import SettingsError
from tallypost.settings.reading import accept, parse_table
from tallypost.settings.site import Site
from tallypost.settings.site_text import site_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = (
    st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
VALUES = st.recursive(
    NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=60)
@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_whatever_json_can_say_is_read_back_as_it_was(document: dict[str, Any]) -> None:
    assert tomllib.loads(site_text(document)) == document


def test_a_drawn_site_reads_as_a_person_writes_one() -> None:
    document = {
        "site": {"name": 'Brücke "Süd"'},
        "lines": [{"name": "kerb", "start": [0, 0.5], "end": [1, 0.5], "riders": True}],
        "car_parks": [
            {
                "name": "north",
                "rows": [
                    {
                        "name": "A",
                        "corners": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.3], [0.1, 0.3]],
                        "count": 8,
                    }
                ],
            }
        ],
    }
    text = site_text(document)

    assert '[[lines]]\nname = "kerb"\nstart = [0, 0.5]\n' in text
    assert "[[car_parks.rows]]" in text
    site = accept(
        Path("site.toml"), parse_table(Path("site.toml"), text.encode()), Site
    )
    assert site.car_parks[0].parts[:2] == ("A1", "A2")
    assert site.lines[0].start == (0.0, 0.5)


def nested(word: str, times: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(times):
        found = {word: found}
    return found


def test_the_longest_polygon_that_a_site_may_have_is_read() -> None:
    polygon = [[0.123456, 0.654321]] * 64
    text = site_text({"zones": [{"name": "z", "polygon": polygon}]})

    assert (
        parse_table(Path("site.toml"), text.encode())["zones"][0]["polygon"] == polygon
    )


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"lines": [{"start": None}]}, "lines[0].start"),
        ({"lines": [{"start": [0.1, float("nan")]}]}, "lines[0].start[1]"),
        ({"site": {"name": "\ud800"}}, "site.name"),
        ({"lines": [1, nested("a", 5000)]}, "lines[1]" + ".a" * 11),
    ],
)
def test_what_toml_has_no_word_for_is_refused_with_its_place(
    document: dict[str, Any], place: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        site_text(document)

    assert caught.value.faults[0].startswith(f"{place}: ")

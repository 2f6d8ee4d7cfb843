"""Near misses as they are drawn."""

from pathlib import Path

import pytest

from tallypost.settings.reading import read_site
from tallypost.settings.site import class_faults
from tests.settings.conftest import Faults


def conflict(**keys: str) -> str:
    whole = {
        "name": '"crossing"',
        "polygon": "[[0, 0], [1, 0], [1, 1]]",
        "pairs": '[["bicycle", "car"]]',
    } | keys
    body = "".join(f"{key} = {value}\n" for key, value in whole.items())
    return f"[[conflicts]]\n{body}"


def test_its_parts_are_its_pairs(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(conflict(pairs='[["bicycle", "car"], ["car", "car"]]'), "utf-8")
    site = read_site(path)

    assert site.elements()["conflicts"] == {"crossing": ("bicycle+car", "car+car")}
    assert site.conflicts[0].pet_max_s == 3.0
    assert class_faults(site, ("car",)) == [
        'conflicts[0].pairs: "bicycle" is nothing that the model tells; it tells car'
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            conflict(pairs='[["bicycle", "car"], ["car", "bicycle"]]'),
            "conflicts[0].pairs[1]: is named before; name every pair once, in either "
            "order",
            id="twice",
        ),
        pytest.param(
            conflict(pairs=f'[["{"a" * 40}", "{"b" * 40}"]]'),
            "conflicts[0].pairs[0]: has 81 letters in records, above the most (64); "
            "give the model's classes shorter names",
            id="long",
        ),
        pytest.param(
            conflict(pairs='[["car"]]'),
            "conflicts[0].pairs[0][1]: is missing; write a class as the model names "
            'it, in small letters, as in "car"',
            id="one",
        ),
        pytest.param(
            conflict(pairs="[]"),
            "conflicts[0].pairs: has 0 elements, below the least (1)",
            id="none",
        ),
        pytest.param(
            conflict(pet_max_s="60.0"),
            "conflicts[0].pet_max_s: 60.0 is above the most (10)",
            id="a minute later",
        ),
    ],
)
def test_what_cannot_be_watched_for_is_refused(
    site_faults: Faults, text: str, fault: str
) -> None:
    assert site_faults(text) == [fault]

"""Heat maps as they are drawn."""

from pathlib import Path

import pytest

from tallypost.settings.reading import read_site
from tests.settings.conftest import Faults


def heat_map(**keys: str) -> str:
    whole = {"name": '"square"'} | keys
    body = "".join(f"{key} = {value}\n" for key, value in whole.items())
    return f"[[heat_maps]]\n{body}"


def test_a_name_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(heat_map(), "utf-8")

    [found] = read_site(path).heat_maps

    assert (found.columns, found.rows) == (16, 9)
    assert found.polygon is None


def test_its_parts_are_its_cells_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(heat_map(columns="3", rows="2"), "utf-8")

    assert read_site(path).elements()["heat_maps"] == {
        "square": ("0,0", "1,0", "2,0", "0,1", "1,1", "2,1")
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            heat_map(columns="33"),
            "heat_maps[0].columns: 33 is above the most (32)",
            id="too fine",
        ),
        pytest.param(
            heat_map(rows="1"),
            "heat_maps[0].rows: 1 is below the least (2)",
            id="no map at all",
        ),
        pytest.param(
            heat_map(polygon="[[0, 0], [1, 1], [1, 0], [0, 1]]"),
            "heat_maps[0].polygon: crosses or touches itself: the edge from [0.0, 0.0] "
            "to [1.0, 1.0] meets the edge from [1.0, 0.0] to [0.0, 1.0]; go round the "
            "zone in order",
            id="bow tie",
        ),
        pytest.param(
            heat_map() + heat_map(),
            "heat_maps[1].name: is the name of heat_maps[0] too; give each its own",
            id="same name",
        ),
        pytest.param(
            "".join(heat_map(name=f'"m{number}"') for number in range(5)),
            "heat_maps: has 5 elements, above the most (4)",
            id="five",
        ),
    ],
)
def test_a_heat_map_that_is_none_is_refused(
    site_faults: Faults, text: str, fault: str
) -> None:
    assert site_faults(text) == [fault]

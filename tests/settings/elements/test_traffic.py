"""Approaches, junctions and what lines may tell besides: accepted or refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.settings.reading import read_site

Faults = Callable[[str], list[str]]

LINES = """
[[lines]]
name = "west"
start = [0, 0.5]
end = [0.1, 0.9]
[[lines]]
name = "east"
start = [1, 0.5]
end = [0.9, 0.9]
headways = true
modal_split = true
riders = true
"""
APPROACH = """
[[approaches]]
name = "north"
polygon = [[0.4, 0.1], [0.6, 0.1], [0.7, 0.5], [0.3, 0.5]]
"""
JUNCTION = '[[movements]]\nname = "crossing"\ngates = ["west", "east"]\n'


def test_a_site_with_traffic_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(LINES + APPROACH + JUNCTION, "utf-8")

    site = read_site(path)

    assert [line.headways for line in site.lines] == [False, True]
    assert [line.modal_split for line in site.lines] == [False, True]
    assert [line.riders for line in site.lines] == [False, True]
    assert site.approaches[0].direction is None
    assert site.elements()["movements"] == {"crossing": ("west", "east")}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            APPROACH + "free_flow_kmh = 50\n",
            "approaches[0].free_flow_kmh: is given without [calibration], and no speed "
            "is known; leave it out",
            id="speed without metres",
        ),
        pytest.param(
            APPROACH + "direction = [[0.5, 0.5], [0.5, 0.5]]\n",
            "approaches[0].direction: is the same point as start; a line needs two",
            id="arrow without length",
        ),
        pytest.param(
            APPROACH + "congested_below = 0.9\n",
            "approaches[0].congested_below: 0.9 is above the most (0.85)",
            id="always congested",
        ),
        pytest.param(
            LINES + JUNCTION.replace('"east"', '"south"'),
            'movements[0].gates[1]: "south" is no line of this site; draw it under '
            "[[lines]]",
            id="a gate that is no line",
        ),
        pytest.param(
            LINES + '[[lines]]\nname = ["a"]\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n',
            "lines[2].name: is a list; write a text in quotation marks",
            id="a name that is a list",
        ),
        pytest.param(
            LINES + JUNCTION.replace('"east"', '"west"'),
            'movements[0].gates: names "west" more than once; name every gate once',
            id="a gate twice",
        ),
        pytest.param(
            LINES + JUNCTION.replace(', "east"', ""),
            "movements[0].gates: has 1 element, below the least (2); a junction has 2 "
            "to 16 gates: names of [[lines]]",
            id="one gate",
        ),
        pytest.param(
            LINES + JUNCTION + JUNCTION,
            "movements[1].name: is the name of movements[0] too; give each its own",
            id="a name twice",
        ),
        pytest.param(
            LINES + JUNCTION + "time_max_s = 0\n",
            "movements[0].time_max_s: 0 is below the least (2)",
            id="no time",
        ),
    ],
)
def test_one_fault_is_told_in_one_sentence(
    site_faults: Faults, text: str, fault: str
) -> None:
    assert site_faults(text) == [fault]

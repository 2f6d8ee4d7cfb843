"""What is counted: accepted as drawn, or refused in words that say how to draw it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.settings.reading import read_site
from tallypost.settings.site import Site, site_hash

Faults = Callable[[str], list[str]]

SMALLEST = """
[[lines]]
name = "gate"          # forward = from the left to the right of the arrow
start = [0.0, 0.5]     # with this line, forward is downward
end = [1.0, 0.5]
# optional: classes = ["car", "bus"]     default: all

[[zones]]
name = "platform"
polygon = [[0.1, 0.4], [0.9, 0.4], [0.9, 0.9], [0.1, 0.9]]
"""
POINT = (
    "a point is [x, y], each 0..1 from the left and the top of the picture: divide "
    "pixels by its width and height"
)
NAME = "write 1 to 32 letters, digits, _ or -, beginning with a letter or digit"


def line(**keys: str) -> str:
    whole = {"name": '"gate"', "start": "[0, 0.5]", "end": "[1, 0.5]"} | keys
    body = "".join(f"{key} = {value}\n" for key, value in whole.items() if value)
    return f"[[lines]]\n{body}"


def zone(polygon: str) -> str:
    return f'[[zones]]\nname = "platform"\npolygon = {polygon}\n'


def read(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text, "utf-8")
    return read_site(path)


def test_the_smallest_site_of_the_plan_is_accepted(tmp_path: Path) -> None:
    site = read(tmp_path, SMALLEST)

    assert site.lines[0].name == "gate"
    assert site.lines[0].start == (0.0, 0.5)
    assert site.lines[0].end == (1.0, 0.5)
    assert site.lines[0].classes is None
    assert site.lines[0].anchor == "ground"
    assert site.zones[0].polygon == ((0.1, 0.4), (0.9, 0.4), (0.9, 0.9), (0.1, 0.9))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            line(name='"east gate"'), f'lines[0].name: "east gate" does not fit; {NAME}'
        ),
        pytest.param(line(name=""), f"lines[0].name: is missing; {NAME}"),
        pytest.param(
            line(end="[0, 0.5]"),
            "lines[0].end: is the same point as start; a line needs two",
        ),
        pytest.param(
            line(end="[0, 0.505]"),
            "lines[0].end: is less than 1% of the picture away from start; draw the "
            "line longer",
        ),
        pytest.param(
            line(end="[640, 0.5]"),
            f"lines[0].end[0]: 640 is above the most (1); {POINT}",
        ),
        pytest.param(
            line(end="[1, -0.5]"),
            f"lines[0].end[1]: -0.5 is below the least (0); {POINT}",
        ),
        pytest.param(line(end="[1]"), f"lines[0].end[1]: is missing; {POINT}"),
        pytest.param(
            line(end="[1, 0, 0]"),
            f"lines[0].end: has 3 elements, above the most (2); {POINT}",
        ),
        pytest.param(
            line(end='[1, "0.5"]'),
            "lines[0].end[1]: is a text; write a number without quotation marks",
        ),
        pytest.param(
            line(end="[nan, 0]"),
            f"lines[0].end[0]: nan is no number that can be used; {POINT}",
        ),
        pytest.param(
            line(end="[true, 0]"),
            "lines[0].end[0]: true cannot be used here; write a number",
        ),
        pytest.param(
            line(**{"class": '["car"]'}),
            "lines[0].class: is not known here; did you mean `classes`?",
        ),
        pytest.param(
            line(classes='["Car"]'),
            'lines[0].classes[0]: "Car" does not fit; write a class as the model names '
            'it, in small letters, as in "car"',
        ),
        pytest.param(
            line(classes='["car", "bus", "car"]'),
            'lines[0].classes: names "car" more than once; name every class once',
        ),
        pytest.param(
            line(classes="[]"),
            "lines[0].classes: has 0 elements, below the least (1); leave the key out "
            "to "
            "count every class",
        ),
        pytest.param(
            line(anchor='"center"'),
            'lines[0].anchor: "center" is not known here; write "ground" or "centre"',
        ),
        pytest.param(
            line() + line(),
            "lines[1].name: is the name of lines[0] too; give each its own",
        ),
        pytest.param(
            "[lines]\nname = 'gate'",
            "lines: is a table; write a list; its tables stand under double brackets, "
            "as "
            "[[lines]]",
        ),
        pytest.param(
            "lines = [3]",
            "lines[0]: is a number; write a table of keys, as in [camera]",
        ),
        pytest.param(
            "".join(line(name=f'"l{number}"') for number in range(65)),
            "lines: has 65 elements, above the most (64)",
        ),
        pytest.param(
            "# nothing\n",
            "there is nothing to count; draw at least one of [[lines]] or [[zones]]",
        ),
        pytest.param(
            f'[site]\nname = "{"x" * 65}"\n' + line(),
            "site.name: has 65 letters, above the most (64)",
        ),
        pytest.param(
            '[site]\nname = "a\\u001b[2J"\n' + line(),
            "site.name: holds characters that cannot be printed; leave them out",
        ),
    ],
)
def test_one_fault_is_told_in_one_sentence(
    site_faults: Faults, text: str, fault: str
) -> None:
    assert site_faults(text) == [fault]


ROUND = "go round the zone in order"


@pytest.mark.parametrize(
    ("polygon", "fault"),
    [
        pytest.param(
            "[[0, 0], [1, 1], [1, 0], [0, 1]]",
            "crosses or touches itself: the edge from [0.0, 0.0] to [1.0, 1.0] meets "
            "the "
            f"edge from [1.0, 0.0] to [0.0, 1.0]; {ROUND}",
            id="bow tie",
        ),
        pytest.param(
            "[[0, 0], [1, 0], [0.5, 0.5], [1, 1], [0, 1], [0.5, 0.5]]",
            "crosses or touches itself: the edge from [1.0, 0.0] to [0.5, 0.5] meets "
            "the "
            f"edge from [0.0, 1.0] to [0.5, 0.5]; {ROUND}",
            id="two zones in one",
        ),
        pytest.param(
            "[[0, 0], [1, 0], [0.5, 0], [0.5, 1]]",
            f"turns back on itself at the corner [1.0, 0.0]; {ROUND}",
            id="spike",
        ),
        pytest.param(
            "[[0, 0], [0.5, 0.5], [1, 1]]",
            f"turns back on itself at the corner [0.0, 0.0]; {ROUND}",
            id="flat",
        ),
        pytest.param(
            "[[0, 0], [1, 0], [1, 0], [0, 1]]",
            "has the corner [1.0, 0.0] twice in a row; name it once",
            id="double corner",
        ),
        pytest.param(
            "[[0, 0], [1, 0], [0, 1], [0, 0]]",
            "ends with the corner it begins with; leave that out: it closes itself",
            id="closed by hand",
        ),
        pytest.param(
            "[[0.5, 0.5], [0.51, 0.5], [0.5, 0.51]]",
            "covers less than 0.01% of the picture; draw it larger",
            id="speck",
        ),
        pytest.param(
            "[[0, 0], [1, 1]]",
            "has 2 elements, below the least (3); a zone has 3 to 64 corners [x, y], "
            "going round it",
            id="two corners",
        ),
        pytest.param(
            str([[number / 100, number % 2 / 2] for number in range(65)]),
            "has 65 elements, above the most (64); a zone has 3 to 64 corners [x, y], "
            "going round it",
            id="65 corners",
        ),
    ],
)
def test_a_zone_that_is_none_is_refused(
    site_faults: Faults, polygon: str, fault: str
) -> None:
    assert site_faults(zone(polygon)) == [f"zones[0].polygon: {fault}"]


@pytest.mark.parametrize(
    "polygon",
    [
        pytest.param("[[0, 0], [1, 0], [0, 1]]", id="triangle"),
        pytest.param("[[0, 1], [1, 0], [0, 0]]", id="the other way round"),
        pytest.param("[[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]]", id="dented"),
        pytest.param(
            "[[0, 0], [0.5, 0], [1, 0], [1, 1]]", id="corner on a straight edge"
        ),
    ],
)
def test_a_simple_polygon_is_accepted(tmp_path: Path, polygon: str) -> None:
    assert len(read(tmp_path, zone(polygon)).zones) == 1


def test_all_faults_come_in_one_answer(site_faults: Faults) -> None:
    """Those of one field, of two fields of one element, and of two elements."""
    text = (
        line(start="[2, 0]", colour='"red"')
        + line(end="[0, 0.5]", classes="[7]")
        + zone("[[0, 0], [1, 1], [1, 0], [0, 1]]")
    )

    keys = [fault.partition(":")[0] for fault in site_faults(text)]

    assert sorted(keys) == [
        "lines[0].colour",
        "lines[0].start[0]",
        "lines[1].classes[0]",
        "lines[1].end",
        "lines[1].name",
        "zones[0].polygon",
    ]


def test_a_flood_of_faults_is_cut(site_faults: Faults) -> None:
    faults = site_faults("".join(f"key{number} = 1\n" for number in range(5000)))

    assert len(faults) == 101
    assert faults[-1] == "and 4901 more; mend these first"


def test_the_hash_is_of_the_meaning_not_of_the_letters(tmp_path: Path) -> None:
    plain = read(tmp_path, line() + line(name='"road"', classes='["bus", "car"]'))
    other = read(
        tmp_path,
        "# a comment\n[site]\nname = 'East'\n"
        + line(name='"road"', classes='["car", "bus"]', anchor='"ground"')
        + line(start="[-0.0, 0.50]", end="[1.0, 0.5]"),
    )

    assert site_hash(plain) == site_hash(other)
    assert site_hash(plain).startswith("sha256:")
    assert len(site_hash(plain)) == len("sha256:") + 64


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(line(name='"road"'), id="name"),
        pytest.param(line(end="[1, 0.501]"), id="end"),
        pytest.param(line(start="[1, 0.5]", end="[0, 0.5]"), id="direction"),
        pytest.param(line(classes='["car"]'), id="classes"),
        pytest.param(line(anchor='"centre"'), id="anchor"),
        pytest.param(line() + line(name='"road"'), id="one more"),
        pytest.param(line() + zone("[[0, 0], [1, 0], [0, 1]]"), id="a zone"),
    ],
)
def test_whatever_could_change_a_figure_changes_the_hash(
    tmp_path: Path, changed: str
) -> None:
    assert site_hash(read(tmp_path, changed)) != site_hash(read(tmp_path, line()))

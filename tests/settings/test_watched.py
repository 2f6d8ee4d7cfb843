"""Crowds, intrusions, stops and wrong ways as they are drawn."""

from pathlib import Path

import pytest

from tallypost.settings.reading import read_site
from tallypost.settings.site import Site, class_faults, site_hash
from tests.settings.conftest import Faults

SQUARE = "[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]"
BOW_TIE = "[[0, 0], [1, 1], [1, 0], [0, 1]]"
CROSSES = (
    "crosses or touches itself: the edge from [0.0, 0.0] to [1.0, 1.0] meets the edge "
    "from [1.0, 0.0] to [0.0, 1.0]; go round the zone in order"
)
OF_OLD = "sha256:eff45fc232a494e531ed998b80ff33d01d4d5fb9a9c81f9cc0d7d412b4b807ca"
NEEDED = {
    "crowds": {"polygon": SQUARE},
    "intrusions": {"polygon": SQUARE},
    "stops": {"polygon": SQUARE},
    "wrong_ways": {"start": "[0, 0.5]", "end": "[1, 0.5]", "allowed": '"forward"'},
}


def table(kind: str, **keys: str) -> str:
    whole = {"name": '"here"'} | NEEDED[kind] | keys
    body = "".join(f"{key} = {value}\n" for key, value in whole.items() if value)
    return f"[[{kind}]]\n{body}"


def read(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text, "utf-8")
    return read_site(path)


@pytest.mark.parametrize("kind", NEEDED)
def test_what_must_be_said_is_enough(tmp_path: Path, kind: str) -> None:
    site = read(tmp_path, table(kind))

    assert site.elements()[kind] == {"here": ()}
    assert class_faults(site, ("person", "car")) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            table("intrusions", polygon=BOW_TIE),
            f"intrusions[0].polygon: {CROSSES}",
            id="bow tie",
        ),
        pytest.param(
            table("stops", polygon="[[0, 0], [2, 0], [0, 1]]"),
            "stops[0].polygon[1][0]: 2 is above the most (1); a point is [x, y], each "
            "0..1 from the left and the top of the picture: divide pixels by its width "
            "and height",
            id="pixels",
        ),
        pytest.param(
            table("crowds") + table("crowds"),
            "crowds[1].name: is the name of crowds[0] too; give each its own",
            id="same name",
        ),
        pytest.param(
            table("wrong_ways", end="[0, 0.5]"),
            "wrong_ways[0].end: is the same point as start; a line needs two",
            id="no length",
        ),
        pytest.param(
            table("wrong_ways", allowed=""),
            "wrong_ways[0].allowed: is missing",
            id="which way",
        ),
        pytest.param(
            table("wrong_ways", allowed='"left"'),
            'wrong_ways[0].allowed: "left" is not known here; write "forward" or '
            '"backward"',
            id="no such way",
        ),
        pytest.param(
            table("crowds", density_max_per_m2="2.0"),
            "crowds[0].density_max_per_m2: needs area_m2: measure the polygon on the "
            "ground, or use persons_max",
            id="density of no area",
        ),
        pytest.param(
            table("crowds", persons_max="0"),
            "crowds[0].persons_max: 0 is below the least (1)",
            id="nobody allowed",
        ),
        pytest.param(
            table("stops", after_s="0.5"),
            "stops[0].after_s: 0.5 is below the least (2)",
            id="everybody stops",
        ),
        pytest.param(
            table("intrusions", after_s="-1"),
            "intrusions[0].after_s: -1 is below the least (0)",
            id="before",
        ),
        pytest.param(
            "".join(table("stops", name=f'"n{number}"') for number in range(65)),
            "stops: has 65 elements, above the most (64)",
            id="too many",
        ),
    ],
)
def test_what_cannot_be_watched_is_refused(
    site_faults: Faults, text: str, fault: str
) -> None:
    [told] = site_faults(text)

    assert told.startswith(fault)


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        ("crowds", "person"),
        ("intrusions", "person"),
        ("stops", "car, motorcycle, bus, truck"),
        ("wrong_ways", "car, motorcycle, bus, truck"),
    ],
)
def test_a_model_that_cannot_tell_what_is_watched_for_is_refused(
    tmp_path: Path, kind: str, usual: str
) -> None:
    site = read(tmp_path, table(kind))

    told = f"is missing, and the model knows none of {usual}; it tells horse"

    assert class_faults(site, ("horse",)) == [f"{kind}[0].classes: {told}"]


@pytest.mark.parametrize("kind", NEEDED)
def test_what_is_watched_is_part_of_the_hash(tmp_path: Path, kind: str) -> None:
    zone = f'[[zones]]\nname = "all"\npolygon = {SQUARE}\n'
    before = site_hash(read(tmp_path, zone))
    drawn = site_hash(read(tmp_path, zone + table(kind)))
    otherwise = site_hash(read(tmp_path, zone + table(kind, anchor='"centre"')))

    assert len({before, drawn, otherwise}) == 3
    assert before == OF_OLD, "what is not drawn changes no hash"

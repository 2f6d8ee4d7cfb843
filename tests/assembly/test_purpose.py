"""What counts for statistics holds nothing that could point at one person."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.alerts import OF_ONE, TELLERS, Alert, AlertKind, AlertState
from tallypost.errors import WallError
from tallypost.settings.reading import read_site
from tallypost.settings.site import Site
from tallypost.vision.elements.car_park import CarParkElement
from tallypost.vision.elements.intrusion import IntrusionElement
from tallypost.vision.elements.stop import StopElement
from tallypost.vision.elements.wrong_way import WrongWayElement
from tallypost.wall.frame import Alphabet
from tallypost.wall.reader import WallReader
from tallypost.wall.writer import WallWriter
from tests.settings.test_purpose import (
    CROWDED,
    LINE,
    POLYGON,
    SPACE,
    STATISTICS,
    drawn,
)

CLASSES = ("person", "car")
PIPE_BYTES = 65_536
POINTING = (
    drawn("intrusions", POLYGON)
    + drawn("stops", POLYGON)
    + drawn("wrong_ways", LINE, 'allowed = "forward"\n')
    + drawn("car_parks", "stay_max_s = 7200\n", SPACE)
)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def site(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text, "utf-8")
    return read_site(path)


def parts(root: object) -> Iterator[object]:
    """Yield all objects of ours that an object is made of, itself included."""
    waiting, met = [root], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in met:
            continue
        met.add(id(each))
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            waiting += each
        elif type(each).__module__.startswith("tallypost."):
            yield each
            waiting += getattr(each, "__dict__", {}).values()
            slots = [
                name
                for kind in type(each).__mro__
                for name in getattr(kind, "__slots__", ())
            ]
            waiting += [getattr(each, name, None) for name in slots]


def accusers(drawn_site: Site) -> list[object]:
    """Everything in the assembled pipeline that could point at one."""
    house = counting(
        drawn_site,
        place="site.toml",
        classes=CLASSES,
        threshold=Threshold(begin=0.5),
        interval_s=60.0,
    )
    return [
        each
        for each in parts(house)
        if isinstance(each, IntrusionElement | StopElement | WrongWayElement)
        or (isinstance(each, CarParkElement) and each._stay_max_s is not None)
    ]


def test_nothing_that_could_point_at_one_is_assembled_for_statistics(
    tmp_path: Path,
) -> None:
    assert accusers(site(tmp_path, STATISTICS + CROWDED)) == []


def test_for_operations_it_is(tmp_path: Path) -> None:
    """Or else nothing would be found above because nothing is ever found."""
    assert len(accusers(site(tmp_path, POINTING))) == 4


@pytest.mark.parametrize("kind", sorted(OF_ONE))
def test_an_alert_that_points_at_one_breaks_the_wall_of_statistics(
    tmp_path: Path, pipe: tuple[int, int], kind: AlertKind
) -> None:
    """Even where the half that sees was taken over, and tells of what is drawn."""
    told = Alert(
        kind=kind,
        state=AlertState.BEGUN,
        time_utc_s=1.7e9,
        collection=TELLERS[kind],
        element="a",
    )
    asked = site(tmp_path, STATISTICS + CROWDED)
    everything = site(tmp_path, POINTING).elements()
    alphabet = Alphabet(classes=CLASSES, elements=everything)
    read_end, write_end = pipe
    writer = WallWriter(write_end, alphabet)
    writer.send(told)
    assert writer.flush()
    data = os.read(read_end, PIPE_BYTES)

    reader = WallReader(alphabet, 2.0)
    assert told in reader.feed(data, 0.0)
    strict = WallReader(replace(alphabet, alerts=asked.alerts()), 2.0)
    with pytest.raises(WallError, match="does not ask for"):
        strict.feed(data, 0.0)

"""Figures side by side: what is 0 is told from what is not known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.document import to_document
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.traffic import MovementFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import collections
from tallypost.telemetry.codec.flat import figures, flat
from tests.domain.strategies import Words, names
from tests.telemetry.codec.convey import GATE, record

TOLD = flat(
    record(
        lines={"gate": GATE},
        zones={"square": ZoneFigures(entries={"person": 4})},
        movements={
            "junction": MovementFigures(trips={"n": {"s": {"car": 3}}}, withheld=2)
        },
    ).interval
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lines/gate/forward/car", 2),
        ("lines/gate/forward/tram", 0),
        ("lines/gate/total/forward/tram", 0),
        ("zones/square/exits/person", 0),
        ("zones/square/dwell_mean_s/person", None),
        ("lines/other/forward/car", None),
        ("movements/junction/trips/n/s/bus", None),
        ("quality/clock", "synced"),
        ("quality/light", None),
    ],
)
def test_a_class_that_was_counted_and_did_not_come_is_zero_and_nothing_else(
    path: str, value: object
) -> None:
    assert TOLD.get(tuple(path.split("/"))) == value


def test_a_step_that_the_schema_names_is_told_from_one_that_a_site_names() -> None:
    made = record(lines={"forward": LineFigures(forward={"backward": 1})})

    [found] = [each for each in figures(made.interval) if each.fields[0] == "lines"]

    assert found.fields == ("lines", "forward")
    assert found.keys == (("name", "forward"), ("class", "backward"))


@pytest.mark.parametrize("collection", collections())
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_value_of_a_record_is_there_once(
    collection: str, data: st.DataObject
) -> None:
    word = collections()[collection]
    named = data.draw(st.dictionaries(names, Words().of(word), max_size=2))
    interval = record(**{collection: named}).interval  # type: ignore[arg-type]

    found = [each.path for each in figures(interval)]

    assert len(found) == len(set(found))
    document = to_document(interval)
    del document["start_utc_s"], document["duration_s"]
    assert len(found) == sum(_leaves(each) for each in document.values())


def _leaves(plain: object) -> int:
    return sum(map(_leaves, plain.values())) if isinstance(plain, dict) else 1

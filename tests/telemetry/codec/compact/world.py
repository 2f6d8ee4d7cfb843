"""Sites, records and frames that the compact codec is tried with."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.records import (
    ClockTrust,
    Dated,
    Interval,
    KpiRecord,
    Quality,
    collections,
)
from tallypost.domain.words import Light
from tallypost.telemetry.codec.compact.figures import COLLECTIONS
from tallypost.telemetry.codec.compact.layout import Layout
from tests.domain.strategies import Words

BEGIN_UTC_S = 1_795_342_500.0  # 2026-11-22T10:15:00Z
INTERVAL_S = 900.0
ROAD_USERS = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
CLASSES = (*ROAD_USERS, "dog", "skate board")
Site = Mapping[str, Mapping[str, tuple[str, ...]]]
STREET = Layout.of({"lines": {"north": ROAD_USERS, "south": ROAD_USERS}})
"""Two lines, two directions, six classes: 24 running totals."""

names = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
    min_size=1,
    max_size=32,
)
classes = st.lists(st.sampled_from(CLASSES), min_size=1, max_size=6, unique=True)
sites: st.SearchStrategy[Site] = st.dictionaries(
    st.sampled_from(COLLECTIONS),
    st.dictionaries(names, classes.map(tuple), min_size=1, max_size=3),
    max_size=4,
)
qualities = st.builds(
    Quality,
    observed_s=st.floats(0, INTERVAL_S),
    frames=st.just(9000),
    frames_dropped=st.just(0),
    light=st.none() | st.sampled_from(Light),
    camera_moved=st.none() | st.booleans(),
    camera_blinded_s=st.none() | st.floats(0, INTERVAL_S),
    camera_dirty=st.none() | st.booleans(),
    clock=st.sampled_from(ClockTrust),
    clock_uncertainty_s=st.none() | st.floats(0, 1e12),
    dated=st.none() | st.sampled_from(Dated),
)


def line(forward: Mapping[str, int], total: Mapping[str, int]) -> LineFigures:
    """Return a line that counts forward alone."""
    return LineFigures(forward=forward, total=LineTotals(forward=total))


def street(seq: int, totals: Mapping[str, LineTotals], observed_s: float) -> KpiRecord:
    """Return the record of a quarter of an hour on the street."""
    return KpiRecord(
        device="tp-1",
        seq=seq,
        interval=Interval(
            start_utc_s=BEGIN_UTC_S + INTERVAL_S * (seq - 1),
            duration_s=INTERVAL_S,
            lines={name: LineFigures(total=total) for name, total in totals.items()},
            zones={},
            quality=Quality(
                observed_s=observed_s,
                frames=9000,
                frames_dropped=0,
                clock=ClockTrust.SYNCED,
            ),
        ),
    )


@st.composite
def records(draw: st.DrawFn, site: Site) -> KpiRecord:
    """Any record of a site; some of its elements were not watched."""
    words = Words(classes=st.sampled_from(CLASSES))
    elements = {
        kind: {
            name: draw(words.of(collections()[kind]))
            for name in by_name
            if draw(st.booleans())
        }
        for kind, by_name in site.items()
    }
    interval = Interval(
        start_utc_s=float(draw(st.integers(0, 2**32 - 10**6))),
        duration_s=INTERVAL_S,
        quality=draw(qualities),
        **({"lines": {}, "zones": {}} | elements),  # type: ignore[arg-type]
    )
    seq = draw(st.integers(1, 2**32 - 1))
    record = KpiRecord(device="tp-1", seq=seq, interval=interval)
    earlier = draw(st.just(0) | st.integers(0, 2000))
    if 0 < earlier < seq:
        record = replace(record, first_seq=seq - earlier)
    return record


@st.composite
def alerts(draw: st.DrawFn, site: Site) -> AlertRecord:
    """Any alert of a site."""
    told = [(kind, name) for kind, by_name in site.items() for name in by_name]
    element = draw(st.none() | st.sampled_from(told)) if told else None
    seq = draw(st.integers(1, 2**40))
    ended = seq > 1 and draw(st.booleans())
    alert = Alert(
        kind=draw(st.sampled_from(AlertKind)),
        state=AlertState.ENDED if ended else AlertState.BEGUN,
        time_utc_s=float(draw(st.integers(0, 2**32))),
        collection=element[0] if element else None,
        element=element[1] if element else None,
        label=draw(st.none() | st.sampled_from(CLASSES)),
        value=draw(st.none() | st.floats(0, 1e12)),
        clock=draw(st.sampled_from(ClockTrust)),
    )
    begun_seq = seq - draw(st.integers(1, min(seq - 1, 10**6))) if ended else None
    return AlertRecord(device="tp-1", seq=seq, alert=alert, begun_seq=begun_seq)

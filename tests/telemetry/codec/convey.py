"""Records and a place that every format is tried with."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tallypost.domain.figures.lines import (
    HeadwayFigures,
    LineFigures,
    LineHeadways,
    LineTotals,
)
from tallypost.domain.figures.parking import CarParkFigures, SpaceFigures, SpaceState
from tallypost.domain.figures.traffic import ApproachFigures
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.telemetry.codec.formats import FORMATS
from tallypost.telemetry.codec.place import LinePlace, Location, Place

BEGIN_UTC_S = 1_795_342_500.0  # 2026-11-22T10:15:00Z

PLACE = Place(
    name="Rue du Port",
    location=Location(
        latitude_deg=48.38594,
        longitude_deg=-4.49008,
        street="Rue du Port",
        locality="Brest",
        postal_code="29200",
        country="FR",
        insee_code="29019",
    ),
    lines={
        "gate": LinePlace(
            heading="NE",
            lane=1,
            road="urn:ngsi-ld:RoadSegment:5",
            classes=("car", "truck", "bicycle", "person"),
        )
    },
    on_street=frozenset({"kerb"}),
)

GATE = LineFigures(
    forward={"car": 2, "person": 3},
    backward={"bicycle": 1},
    total=LineTotals(forward={"car": 912, "person": 40}, backward={"bicycle": 77}),
    headways=LineHeadways(forward=HeadwayFigures(count=1, mean_s=12.5)),
)
CAR_PARK = CarParkFigures(
    spaces=3,
    free=1,
    occupied=2,
    unknown=0,
    arrivals=2,
    departures=1,
    by_space={
        "A1": SpaceFigures(state=SpaceState.FREE),
        "A 2": SpaceFigures(state=SpaceState.OCCUPIED, occupied_s=41.5),
        "A3": SpaceFigures(state=SpaceState.OCCUPIED),
    },
)
APPROACH = ApproachFigures(
    occupancy=0.25, speed_mean_kmh=31.5, flow={"car": 4}, congested_s=0.0
)
NOTHING: Mapping[str, LineFigures] = {}


def record(seq: int = 1, *, observed_s: float = 60.0, **kinds: object) -> KpiRecord:
    """Return the record of the minute with that number, of these elements."""
    interval = Interval(
        start_utc_s=BEGIN_UTC_S + 60 * (seq - 1),
        duration_s=60.0,
        lines={},
        zones={},
        quality=Quality(
            observed_s=observed_s,
            frames=600 if observed_s else 0,
            frames_dropped=0,
            clock=ClockTrust.SYNCED,
        ),
    )
    told = replace(interval, **kinds)  # type: ignore[arg-type]
    return KpiRecord(device="tp-7f3a91", seq=seq, interval=told)


def full(seq: int = 1) -> KpiRecord:
    """Return a record that tells of everything that formats have words for."""
    return record(
        seq,
        lines={"gate": GATE},
        approaches={"north": APPROACH},
        car_parks={"market": CAR_PARK, "kerb": CAR_PARK},
    )


def hole(seq: int = 2) -> KpiRecord:
    """Return the record of a minute in which nothing was watched."""
    return record(seq, observed_s=0.0)


def spelled(name: str, *records: KpiRecord, place: Place = PLACE) -> Iterator[str]:
    """Yield the lines of records in a format."""
    return FORMATS[name].convert(records, place)

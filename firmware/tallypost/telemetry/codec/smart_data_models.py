"""Records as entities of the Smart Data Models, in the plain (simplified) form.

An entity stands for one direction of a line, one approach, one car park or one of its
spaces, and holds what its last interval told. What was not counted has no entity.
Source: smartdatamodels.org, dataModel.Parking and dataModel.Transportation.
"""

from collections.abc import Iterator
from urllib.parse import quote

from tallypost.domain.fields import instant_text
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.parking import CarParkFigures
from tallypost.domain.figures.traffic import ApproachFigures
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.classes import PERSON, SMART_DATA_MODELS, VEHICLES
from tallypost.telemetry.codec.format import watched_enough
from tallypost.telemetry.codec.place import LinePlace, Location, Place

Entity = dict[str, object]


def entities(record: KpiRecord, place: Place) -> Iterator[Entity]:
    """Yield what a record tells, one entity at a time.

    Args:
        record: The record.
        place: Where it was counted; its location must be known.
    """
    assert place.location is not None, "the schema wants a location"
    common = _Common(record, place.location)
    if watched_enough(record.interval):
        for name, line in record.interval.lines.items():
            yield from _line(common, name, line, place.line(name))
        for name, approach in record.interval.approaches.items():
            yield _approach(common, name, approach)
    for name, car_park in record.interval.car_parks.items():
        yield from _car_park(common, name, car_park, on_street=name in place.on_street)


class _Common:
    """What all entities of one record share."""

    def __init__(self, record: KpiRecord, location: Location) -> None:
        self._device = record.device
        self.begin = instant_text(record.interval.start_utc_s)
        self.end = instant_text(record.interval.end_utc_s)
        self.duration_s = record.interval.duration_s
        self._where: Entity = {
            "location": {
                "type": "Point",
                "coordinates": [location.longitude_deg, location.latitude_deg],
            }
        }
        address = {
            "streetAddress": location.street,
            "addressLocality": location.locality,
            "postalCode": location.postal_code,
            "addressCountry": location.country,
        }
        if known := {key: told for key, told in address.items() if told is not None}:
            self._where["address"] = known

    def id(self, kind: str, *parts: str) -> str:
        """Return the name of an entity: always the same for the same thing."""
        told = (quote(part, safe="") for part in (self._device, *parts))
        return ":".join(("urn:ngsi-ld", kind, *told))

    def entity(self, kind: str, *parts: str) -> Entity:
        """Return a new entity that says what and where it is."""
        return {"id": self.id(kind, *parts), "type": kind, **self._where}

    def observation(self, kind: str, *parts: str) -> Entity:
        """Return a new entity that says when it was observed, too."""
        return self.entity(kind, *parts) | {
            "dateObserved": self.end,
            "dateObservedFrom": self.begin,
            "dateObservedTo": self.end,
        }

    @property
    def device(self) -> str:
        """The name of who observed."""
        return self.id("Device")


def _line(
    common: _Common, name: str, figures: LineFigures, place: LinePlace
) -> Iterator[Entity]:
    counted = place.counted(figures)
    where: Entity = {} if place.road is None else {"refRoadSegment": place.road}
    if PERSON in counted:
        towards = figures.forward.get(PERSON, 0)
        away = figures.backward.get(PERSON, 0)
        yield (
            common.observation("CrowdFlowObserved", name)
            | where
            | {
                "peopleCount": towards + away,
                "peopleCountTowards": towards,
                "peopleCountAway": away,
            }
        )
    if place.lane is not None:
        where["laneId"] = place.lane
    for direction, counts in (
        ("forward", figures.forward),
        ("backward", figures.backward),
    ):
        for label in counted:
            passed = where | {
                "laneDirection": direction,
                "intensity": counts.get(label, 0),
            }
            yield from _passed(common, (name, direction, label), passed)


def _passed(
    common: _Common, what: tuple[str, str, str], passed: Entity
) -> Iterator[Entity]:
    """Yield how many of one class passed one way, in each model that has a word for it.

    Args:
        common: What all entities share.
        what: The line, the direction and the class.
        passed: How many, which way and where.
    """
    label = what[-1]
    if label in SMART_DATA_MODELS:
        yield (
            common.observation("TrafficFlowObserved", *what)
            | passed
            | {"vehicleType": SMART_DATA_MODELS[label]}
        )
    if "laneId" in passed and (label == PERSON or label in VEHICLES):
        yield (
            common.observation("ItemFlowObserved", *what)
            | passed
            | {
                "itemType": "people" if label == PERSON else "vehicle",
                "itemSubType": label,
                "refDevice": common.device,
            }
        )


def _approach(common: _Common, name: str, figures: ApproachFigures) -> Entity:
    entity = common.observation("TrafficFlowObserved", "approach", name) | {
        "intensity": sum(figures.flow.values()),
        "occupancy": round(figures.occupancy, 3),
    }
    if figures.speed_mean_kmh is not None:
        entity["averageVehicleSpeed"] = round(figures.speed_mean_kmh, 3)
    if figures.congested_s is not None:
        entity["congested"] = figures.congested_s > 0
    return entity


def _car_park(
    common: _Common, name: str, figures: CarParkFigures, *, on_street: bool
) -> Iterator[Entity]:
    kind = "OnStreetParking" if on_street else "OffStreetParking"
    entity = common.entity(kind, name) | {
        "name": name,
        "occupancyDetectionType": ["singleSpaceDetection"],
        "observationDateTime": common.end,
    }
    if figures.spaces > 0:  # the schema's least is 1
        entity["totalSpotNumber"] = figures.spaces
    if figures.unknown < figures.spaces:
        entity |= {
            "availableSpotNumber": figures.free,
            "occupiedSpotNumber": figures.occupied,
            "occupancyModified": common.end,
        }
        if not on_street:
            entity |= _off_street(common, figures)
    yield entity
    for space, each in figures.by_space.items():
        yield common.entity("ParkingSpot", name, space) | {
            "name": space,
            "status": each.state.value,
            "category": ["onStreet" if on_street else "offStreet"],
            "refParkingSite": common.id(kind, name),
            "refDevice": [common.device],
            "timeInstant": common.end,
        }


def _off_street(common: _Common, figures: CarParkFigures) -> Entity:
    """Return what only car parks apart from streets have words for."""
    entity: Entity = {
        "vehicleEntranceCount": figures.arrivals,
        "vehicleExitCount": figures.departures,
        "accessModified": common.end,
        "measuresPeriod": common.duration_s,
        "measuresPeriodUnit": "seconds",
    }
    if figures.free > 0:
        entity["status"] = ["spacesAvailable"]
    elif figures.unknown == 0:
        entity["status"] = ["full"]
    if figures.unknown == 0:
        entity["occupancy"] = round(figures.occupied / figures.spaces, 3)
    return entity

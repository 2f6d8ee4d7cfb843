"""From what a site draws to what watches it; a new kind of element comes here."""

from collections.abc import Iterable, Mapping, Sequence

from tallypost.assembly.elements_traffic import approach, line, movement
from tallypost.assembly.elements_waiting import car_park, queue
from tallypost.assembly.elements_watched import crowd, intrusion, stop, wrong_way
from tallypost.assembly.ground import ground_of
from tallypost.assembly.privacy import cells_per_object_max
from tallypost.settings.drawing import Element as Drawn
from tallypost.settings.site import Site
from tallypost.vision.counting.zone import ZoneCounter, together
from tallypost.vision.elements.base import Element
from tallypost.vision.elements.conflict import ConflictElement
from tallypost.vision.elements.heat_map import HeatMapElement
from tallypost.vision.elements.zone import ZoneElement


def elements(site: Site, classes: Sequence[str]) -> Mapping[str, Sequence[Element]]:
    """Return every element of a site, by the key that records know it under.

    Args:
        site: What is drawn.
        classes: Names of the detector's classes.
    """

    def ids(drawn: Drawn) -> frozenset[int] | None:
        return class_ids(drawn.wanted(classes), classes)

    ground = ground_of(site)
    return {
        "lines": [line(each, is_calibrated=ground is not None) for each in site.lines],
        "zones": [ZoneElement(zone) for zone in zone_counters(site, classes)],
        "car_parks": [car_park(each, ids(each)) for each in site.car_parks],
        "queues": [queue(each, ids(each), ground) for each in site.queues],
        "approaches": [approach(each, ids(each), ground) for each in site.approaches],
        "movements": [movement(each, ids(each)) for each in site.movements],
        "crowds": [crowd(each, ids(each)) for each in site.crowds],
        "intrusions": [intrusion(each, ids(each)) for each in site.intrusions],
        "stops": [stop(each, ids(each)) for each in site.stops],
        "wrong_ways": [wrong_way(each, ids(each)) for each in site.wrong_ways],
        "heat_maps": _heat_maps(site, classes),
        "conflicts": _conflicts(site, classes),
    }


def zone_counters(site: Site, classes: Sequence[str]) -> list[ZoneCounter]:
    """Return what tells who comes into each zone of a site, and who leaves it.

    Args:
        site: What is drawn.
        classes: Names of the detector's classes.
    """
    zones = [
        ZoneCounter(
            name=zone.name,
            polygon=zone.polygon,
            classes=class_ids(zone.classes, classes),
            anchor=zone.anchor,
        )
        for zone in site.zones
    ]
    together(zones)
    return zones


def _heat_maps(site: Site, classes: Sequence[str]) -> list[HeatMapElement]:
    return [
        HeatMapElement(
            name=each.name,
            columns=each.columns,
            rows=each.rows,
            polygon=each.polygon,
            classes=class_ids(each.classes, classes),
            cells_per_object_max=cells_per_object_max(site),
        )
        for each in site.heat_maps
    ]


def _conflicts(site: Site, classes: Sequence[str]) -> list[ConflictElement]:
    places = {label: place for place, label in enumerate(classes)}
    return [
        ConflictElement(
            name=each.name,
            polygon=each.polygon,
            pairs={
                name: (places[one], places[other])
                for name, (one, other) in zip(each.parts, each.pairs, strict=True)
            },
            pet_max_s=each.pet_max_s,
        )
        for each in site.conflicts
    ]


def class_ids(
    wanted: Iterable[str] | None, classes: Sequence[str]
) -> frozenset[int] | None:
    """Return the places of wanted classes among all; None where all are wanted."""
    return None if wanted is None else frozenset(map(list(classes).index, wanted))

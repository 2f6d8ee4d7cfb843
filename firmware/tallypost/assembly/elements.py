"""From what a site draws to what watches it; a new kind of element comes here."""

from collections.abc import Iterable, Mapping, Sequence

from tallypost.settings.site import Site
from tallypost.vision.counting.zone import ZoneCounter, together
from tallypost.vision.elements.base import Element
from tallypost.vision.elements.line import LineElement
from tallypost.vision.elements.zone import ZoneElement


def elements(site: Site, classes: Sequence[str]) -> Mapping[str, Sequence[Element]]:
    """Return every element of a site, by the key that records know it under.

    Args:
        site: What is drawn.
        classes: Names of the detector's classes.
    """
    return {
        "lines": [LineElement(line.name) for line in site.lines],
        "zones": [ZoneElement(zone) for zone in _zones(site, classes)],
    }


def _zones(site: Site, classes: Sequence[str]) -> list[ZoneCounter]:
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


def class_ids(
    wanted: Iterable[str] | None, classes: Sequence[str]
) -> frozenset[int] | None:
    """Return the places of wanted classes among all; None where all are wanted."""
    return None if wanted is None else frozenset(map(list(classes).index, wanted))

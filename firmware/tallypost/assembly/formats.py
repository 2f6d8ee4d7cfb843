"""From a site's settings to what formats of cities ask of a place."""

from tallypost.settings.place import PlaceSettings
from tallypost.settings.site import Line, Site
from tallypost.telemetry.codec.place import LinePlace, Location, Place


def place_of(site: Site) -> Place:
    """Return where a site is, as far as it says."""
    place = site.place
    return Place(
        name=site.site.name,
        location=None if place is None else _location(place),
        lines={line.name: _line(line, place) for line in site.lines},
        on_street=frozenset(
            each.name for each in (place.car_parks if place else ()) if each.on_street
        ),
    )


def _location(place: PlaceSettings) -> Location:
    return Location(
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        street=place.street,
        locality=place.locality,
        postal_code=place.postal_code,
        country=place.country,
        insee_code=place.insee_code,
    )


def _line(line: Line, place: PlaceSettings | None) -> LinePlace:
    if place is None:
        return LinePlace(classes=line.classes)
    classes = line.classes or place.classes
    for told in place.lines:
        if told.name == line.name:
            return LinePlace(
                heading=told.forward, lane=told.lane, road=told.road, classes=classes
            )
    return LinePlace(classes=classes)

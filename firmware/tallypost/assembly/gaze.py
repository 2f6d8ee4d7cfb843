"""From a site's drawing to where the detector looks closer."""

from tallypost.domain.vision import Size
from tallypost.settings.regions import RegionsSettings
from tallypost.settings.site import Site
from tallypost.vision.camera.base import Gaze
from tallypost.vision.gaze.interest import Interest
from tallypost.vision.gaze.turns import Turns


def gaze(site: Site, regions: RegionsSettings, fit: Size) -> Gaze | None:
    """Return what asks the camera for regions; None where the whole is enough.

    Args:
        site: Its lines and zones are what matters.
        regions: How often, and how close.
        fit: The detector's input size.
    """
    if not regions.wanted:
        return None
    return Turns(
        interests(site),
        fit=fit,
        looks_max=regions.looks_max,
        whole=regions.whole,
        zoom_min=regions.zoom_min,
    ).views


def interests(site: Site) -> list[Interest]:
    """Return what matters on a site; a new kind of element comes here."""
    lines = [Interest((line.start, line.end), is_area=False) for line in site.lines]
    return lines + [Interest(zone.polygon, is_area=True) for zone in site.zones]

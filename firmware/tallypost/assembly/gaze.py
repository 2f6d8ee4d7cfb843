"""From a site's drawing to where the detector looks closer."""

from tallypost.domain.vision import Size
from tallypost.settings.regions import RegionsSettings
from tallypost.settings.site import Site
from tallypost.settings.strokes import strokes
from tallypost.vision.camera.base import Gaze
from tallypost.vision.gaze.interest import Interest
from tallypost.vision.gaze.turns import Turns


def gaze(site: Site, regions: RegionsSettings, fit: Size) -> Gaze | None:
    """Return what asks the camera for regions; None where the whole is enough.

    Args:
        site: Everything that it draws matters.
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
    """Return what matters on a site: everything that it draws."""
    return [Interest(each.points, is_area=each.is_area) for each in strokes(site)]

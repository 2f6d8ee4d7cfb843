"""From a site's drawing to what counts on it."""

from collections.abc import Iterable, Sequence

from tallypost.assembly.detector import SCORE_LOW_SHARE, Threshold
from tallypost.errors import SettingsError
from tallypost.settings.site import Site, class_faults
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.kpi.window import Window
from tallypost.vision.pipeline import Counting
from tallypost.vision.tracking.tracker import Tracker


def counting(
    site: Site,
    *,
    place: str,
    classes: Sequence[str],
    threshold: Threshold,
    interval_s: float,
) -> Counting:
    """Return what counts on a site.

    Args:
        site: Its lines and zones.
        place: The site's file, for messages.
        classes: Names of the detector's classes.
        threshold: Which scores count.
        interval_s: Length of the intervals.

    Raises:
        SettingsError: The site names a class that the detector does not know.
    """
    check_classes(site, place, classes)
    lines = [
        LineCounter(
            name=line.name,
            start=line.start,
            end=line.end,
            classes=_ids(line.classes, classes),
            anchor=line.anchor,
        )
        for line in site.lines
    ]
    zones = [
        ZoneCounter(
            name=zone.name,
            polygon=zone.polygon,
            classes=_ids(zone.classes, classes),
            anchor=zone.anchor,
        )
        for zone in site.zones
    ]
    return Counting(
        tracker=Tracker(
            score_min=threshold.begin, score_low_share=SCORE_LOW_SHARE, classes=classes
        ),
        lines=lines,
        zones=zones,
        window=Window(
            interval_s=interval_s,
            lines=[line.name for line in lines],
            zones=[zone.name for zone in zones],
        ),
        classes=classes,
    )


def _ids(wanted: Iterable[str] | None, classes: Sequence[str]) -> frozenset[int] | None:
    return None if wanted is None else frozenset(map(list(classes).index, wanted))


def check_classes(site: Site, place: str, classes: Sequence[str]) -> None:
    """Make sure that the detector knows every class that the site names.

    Raises:
        SettingsError: It does not; tells all that it does not know.
    """
    faults = class_faults(site, classes)
    if faults:
        raise SettingsError(place, faults)

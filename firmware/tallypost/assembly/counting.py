"""From a site's drawing to what counts on it."""

from collections.abc import Iterable, Sequence

from tallypost.assembly.detector import SCORE_LOW_SHARE, Threshold
from tallypost.errors import SettingsError
from tallypost.settings.site import Site, class_faults
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.kpi.window import BLIND_S_MIN, Window
from tallypost.vision.pipeline import Counting
from tallypost.vision.tracking.tracker import Tracker


def counting(
    site: Site,
    *,
    place: str,
    classes: Sequence[str],
    threshold: Threshold,
    interval_s: float,
    rate_hz_max: float | None = None,
) -> Counting:
    """Return what counts on a site.

    Args:
        site: Its lines and zones.
        place: The site's file, for messages.
        classes: Names of the detector's classes.
        threshold: Which scores count.
        interval_s: Length of the intervals.
        rate_hz_max: How many frames a second come at most; None: enough.

    Raises:
        SettingsError: The site names a class that the detector does not know.
    """
    check_classes(site, place, classes)
    blind_s = max(BLIND_S_MIN, 2.0 / rate_hz_max if rate_hz_max else 0.0)
    return Counting(
        tracker=Tracker(
            score_min=threshold.begin, score_low_share=SCORE_LOW_SHARE, classes=classes
        ),
        lines=_lines(site, classes),
        zones=_zones(site, classes),
        window=Window(
            interval_s=interval_s,
            lines=[line.name for line in site.lines],
            zones=[zone.name for zone in site.zones],
            blind_s=blind_s,
        ),
        classes=classes,
    )


def _lines(site: Site, classes: Sequence[str]) -> list[LineCounter]:
    return [
        LineCounter(
            name=line.name,
            start=line.start,
            end=line.end,
            classes=_ids(line.classes, classes),
            anchor=line.anchor,
        )
        for line in site.lines
    ]


def _zones(site: Site, classes: Sequence[str]) -> list[ZoneCounter]:
    return [
        ZoneCounter(
            name=zone.name,
            polygon=zone.polygon,
            classes=_ids(zone.classes, classes),
            anchor=zone.anchor,
        )
        for zone in site.zones
    ]


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

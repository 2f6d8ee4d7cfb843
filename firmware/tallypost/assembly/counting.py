"""From a site's drawing to what counts on it."""

from collections.abc import Sequence

from tallypost.assembly.detector import SCORE_LOW_SHARE, Threshold
from tallypost.assembly.elements import class_ids, elements
from tallypost.assembly.ground import ground_faults, speeds
from tallypost.assembly.privacy import veil
from tallypost.errors import SettingsError
from tallypost.settings.site import Site, class_faults
from tallypost.vision.aiming.spectacle import Spectacle
from tallypost.vision.counting.line import LineCounter, together
from tallypost.vision.counts import Counting
from tallypost.vision.elements.observer import Observer
from tallypost.vision.gate.settled import Settled
from tallypost.vision.kpi.window import BLIND_S_MIN, Window
from tallypost.vision.tracking.tracker import Tracker


def counting(  # noqa: PLR0913  all by name
    site: Site,
    *,
    place: str,
    classes: Sequence[str],
    threshold: Threshold,
    interval_s: float,
    rate_hz_max: float | None = None,
    rest: bool = False,
    live: bool = False,
    spectacle: Spectacle | None = None,
) -> Counting:
    """Return what counts on a site.

    Args:
        site: What is drawn on it.
        place: The site's file, for messages.
        classes: Names of the detector's classes.
        threshold: Which scores count.
        interval_s: Length of the intervals.
        rate_hz_max: How many frames a second come at most; None: enough.
        rest: Whether the detector may rest while nothing moves.
        live: Whether the watch begins and ends in the middle of an interval; footage
            is told in whole ones.
        spectacle: Tells who aims who is there and passes; None: nobody aims.

    Raises:
        SettingsError: The site names a class that the detector does not know, or its
            calibration does not hold.
    """
    check_classes(site, place, classes)
    if faults := ground_faults(site):
        raise SettingsError(place, faults)
    blind_s = max(BLIND_S_MIN, 2.0 / rate_hz_max if rate_hz_max else 0.0)
    drawn = elements(site, classes)
    return Counting(
        tracker=Tracker(
            score_min=threshold.begin, score_low_share=SCORE_LOW_SHARE, classes=classes
        ),
        observer=Observer(
            lines=_lines(site, classes),
            classes=classes,
            speeds=speeds(site, classes),
            riders_at=[line.name for line in site.lines if line.riders],
        ),
        elements=drawn,
        window=Window(
            interval_s=interval_s,
            gatherers=drawn,
            blind_s=blind_s,
            veil=veil(site, classes=classes, interval_s=interval_s),
            may_rest=rest,
            trimmed=live,
        ),
        settled=Settled(threshold.begin) if rest else None,
        spectacle=spectacle,
    )


def _lines(site: Site, classes: Sequence[str]) -> list[LineCounter]:
    lines = [
        LineCounter(
            name=line.name,
            start=line.start,
            end=line.end,
            classes=class_ids(line.classes, classes),
            anchor=line.anchor,
        )
        for line in site.lines
    ]
    together(lines)
    return lines


def check_classes(site: Site, place: str, classes: Sequence[str]) -> None:
    """Make sure that the detector knows every class that the site names.

    Raises:
        SettingsError: It does not; tells all that it does not know.
    """
    faults = class_faults(site, classes)
    if faults:
        raise SettingsError(place, faults)

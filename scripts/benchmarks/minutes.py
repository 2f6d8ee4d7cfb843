"""Minutes of a street that nobody has seen, no two the same."""

import hashlib
from typing import NamedTuple

from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import ClockTrust, Interval, Quality

BEGIN_UTC_S = 1_795_305_600.0
CLASSES = ("car", "person", "bicycle", "truck", "bus")


class Street(NamedTuple):
    """How much there is to be counted.

    Attributes:
        elements: How many lines, and as many zones.
        classes: How many classes pass them.
    """

    elements: int
    classes: int


COMMON, RICH = Street(1, 2), Street(5, 5)


def interval(minute: int, street: Street) -> Interval:
    """Return what a minute of a street may look like."""

    def counts(element: int, salt: str) -> dict[str, int]:
        digest = hashlib.sha256(f"{minute} {element} {salt}".encode()).digest()
        return {
            name: digest[place] % 7
            for place, name in enumerate(CLASSES[: street.classes])
            if digest[place] % 7
        }

    def part(digest: str) -> str:
        return "sha256:" + hashlib.sha256(digest.encode()).hexdigest()

    return Interval(
        start_utc_s=BEGIN_UTC_S + 60.0 * minute,
        duration_s=60.0,
        lines={
            f"gate-{number}": LineFigures(
                forward=counts(number, "forward"), backward=counts(number, "backward")
            )
            for number in range(street.elements)
        },
        zones={
            f"platform-{number}": ZoneFigures(
                occupancy_mean={
                    name: count / 3 for name, count in counts(number, "mean").items()
                },
                occupancy_max=counts(number, "max"),
                entries=counts(number, "entries"),
                exits=counts(number, "exits"),
            )
            for number in range(street.elements)
        },
        quality=Quality(
            observed_s=59.8,
            frames=597 + minute % 3,
            frames_dropped=minute % 2,
            frame_lifetime_ms_p99=41.0 + minute % 10 / 10,
            clock=ClockTrust.SYNCED,
            clock_uncertainty_s=0.012,
            model=part("model"),
            site=part("site"),
            firmware="0.1.0",
        ),
    )

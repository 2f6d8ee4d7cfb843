"""Our counting, assembled as on the appliance, over a scene."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.records import Interval
from tallypost.settings.privacy import Privacy
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.timeline import FootageTimeline
from tests.torture.eye import Look
from tests.torture.language import CLASSES, PICTURE, Scene
from tests.torture.noise import SCORE_MIN
from tests.torture.paths import Place
from tests.torture.truth import Crossing, Membership

_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What was told of a scene.

    Attributes:
        crossings: Effective crossings.
        interval: The figures of the whole scene.
    """

    crossings: Counter[Crossing]
    interval: Interval

    @property
    def entries(self) -> Counter[Membership]:
        """Who came into a zone or appeared inside."""
        zones = self.interval.zones
        return _by_class({name: zone.entries for name, zone in zones.items()})

    @property
    def exits(self) -> Counter[Membership]:
        """Who went out of a zone or vanished inside."""
        zones = self.interval.zones
        return _by_class({name: zone.exits for name, zone in zones.items()})


def _by_class(counts: Mapping[str, Mapping[str, int]]) -> Counter[Membership]:
    return Counter(
        {
            Membership(zone, label): count
            for zone, by_class in counts.items()
            for label, count in by_class.items()
        }
    )


def site(scene: Scene) -> Site:
    """Return a scene's drawing as `site.toml` would tell it."""
    return Site(
        lines=tuple(
            Line(
                name=line.name,
                start=_share(line.start),
                end=_share(line.end),
                classes=line.classes,
            )
            for line in scene.lines
        ),
        zones=tuple(
            Zone(
                name=zone.name,
                polygon=tuple(map(_share, zone.polygon)),
                classes=zone.classes,
            )
            for zone in scene.zones
        ),
        privacy=Privacy(profile="open"),  # the truth about each single stay is asked
    )


def _share(place: Place) -> Place:
    return place[0] / PICTURE.width, place[1] / PICTURE.height


def counted(scene: Scene, told: Iterable[Look], rate_hz: float) -> Counted:
    """Return what we tell of looks at a scene."""
    ours = counting(
        site(scene),
        place=scene.name,
        classes=CLASSES,
        threshold=Threshold(SCORE_MIN),
        interval_s=_DAY_S,
        rate_hz_max=rate_hz,
    )
    timeline = FootageTimeline()
    for look in told:
        over = ours.look(
            look.found,
            scene=scene.picture,
            time_s=look.time_s,
            moment=timeline.at(look.time_s),
        )
        assert not over
    (interval,) = ours.finish()
    assert isinstance(interval, Interval)
    return Counted(
        Counter({Crossing(*key): count for key, count in ours.crossings.items()}),
        interval,
    )

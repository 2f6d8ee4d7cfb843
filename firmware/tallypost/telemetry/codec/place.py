"""Where on earth a device counts, as formats of cities ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallypost.domain.figures.lines import LineFigures

COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point on earth and its postal address.

    Attributes:
        latitude_deg: Degrees north of the equator, WGS 84.
        longitude_deg: Degrees east of Greenwich, WGS 84.
        street: Street and number.
        locality: The town.
        postal_code: Its code.
        country: Two letters of ISO 3166.
        insee_code: In France, the commune's code.
    """

    latitude_deg: float
    longitude_deg: float
    street: str | None = None
    locality: str | None = None
    postal_code: str | None = None
    country: str | None = None
    insee_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlace:
    """Where a line lies on the street.

    Attributes:
        heading: Where those who cross it forward go: one of `COMPASS`.
        lane: The lane's number from 1, where it crosses one only.
        road: The address of the road segment on a city's platform.
        classes: What is counted there; None where nobody said.
    """

    heading: str | None = None
    lane: int | None = None
    road: str | None = None
    classes: tuple[str, ...] | None = None

    def towards(self, *, forward: bool) -> str | None:
        """Return the heading of one direction; backward is the opposite of forward."""
        if self.heading is None or forward:
            return self.heading
        return COMPASS[(COMPASS.index(self.heading) + 4) % len(COMPASS)]

    def counted(self, figures: LineFigures) -> tuple[str, ...]:
        """Return the classes that are known to be counted, so that absent means 0.

        Where nobody said what is counted, those are known that came at least once.
        """
        if self.classes is not None:
            return self.classes
        named = {*figures.forward, *figures.backward}
        if figures.total is not None:
            named |= {*figures.total.forward, *figures.total.backward}
        return tuple(sorted(named))


_NOWHERE = LinePlace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a site says of where it is.

    Attributes:
        name: What people call it.
        location: Where on earth it is; None where nobody said.
        lines: Where lines lie, by name.
        on_street: Which car parks are along a street.
    """

    name: str | None = None
    location: Location | None = None
    lines: Mapping[str, LinePlace] = field(default_factory=dict)
    on_street: frozenset[str] = frozenset()

    def line(self, name: str) -> LinePlace:
        """Return where a line lies, as far as anybody said."""
        return self.lines.get(name, _NOWHERE)

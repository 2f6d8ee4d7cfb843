"""Ways to spend a frame's time on looks, and the sites that are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.benchmarks.sequences import LINES
from tallypost.assembly.gaze import interests
from tallypost.domain.vision import Size
from tallypost.settings.site import Line, Site
from tallypost.vision.gaze.turns import Turns, Whole

RATE_HZ = 10.0
ZOOM_MIN = 1.2
SITES = {
    "ten lines": tuple(LINES),
    "one line": ("middle",),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to spend a frame's time: so many looks, at every so manyth frame."""

    looks_max: int
    whole: Whole
    every: int = 1

    @property
    def told(self) -> str:
        """How the page calls it."""
        rate = f"{RATE_HZ / self.every:.1f} Hz"
        if self.looks_max == 1 and self.whole == "always":
            return f"the whole at {rate}"
        looks = f"{self.looks_max} look{'s' * (self.looks_max > 1)}"
        return f"{looks} at {rate}, the whole {self.whole}"


WHOLE_ALONE = (Way(1, "always"), Way(1, "always", 2), Way(1, "always", 5))
WAYS = (
    *WHOLE_ALONE,
    Way(3, "always"),
    Way(3, "always", 3),
    Way(5, "always"),
    Way(5, "always", 5),
    Way(1, "in turns"),
    Way(2, "always", 2),
)
TURN_MAX = 12


def site(names: Sequence[str]) -> Site:
    """Return a site of some of the lines."""
    return Site(
        lines=tuple(
            Line(name=name.replace(" ", "-"), start=LINES[name][0], end=LINES[name][1])
            for name in names
        )
    )


def turns(way: Way, names: Sequence[str], fit: Size) -> Turns:
    """Return where a way looks."""
    return Turns(
        interests(site(names)) if names else [],
        fit=fit,
        looks_max=way.looks_max,
        whole=way.whole,
        zoom_min=ZOOM_MIN,
    )

"""Words for a scene: who is there, what stands in the way, how badly it is seen.

All lengths are pixels of a nominal picture of 1280x720; a scene may be told in pictures
of another size. A scene is the same world whatever the rate that it is looked at, as
footage of which frames were left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallypost.domain.vision import Size
from tests.torture.paths import Place, Way

PICTURE = Size(1280, 720)
CLASSES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
RATES_HZ = (25.0, 10.0, 5.0, 2.0)
TAIL_S = 5.0
"""How long everybody is gone before a scene ends."""

SIZES: Mapping[str, tuple[float, float]] = {
    "person": (42, 104),
    "bicycle": (84, 62),
    "motorcycle": (90, 70),
    "car": (170, 92),
    "bus": (430, 165),
    "truck": (320, 140),
}
"""Width and height of each class, side on, where the scale is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who is to be counted.

    Attributes:
        label: What they really are.
        way: Where the middle of their lower edge is.
        size: Width and height where the scale is 1; None: as all of their class.
        taken_for: What else they are taken for, and for what share of the time.
        split: For what share of the time they are seen as two.
        shadow: How far their shadow widens their box, in widths, half of the time.
        faint: By how much their score is lower than others'.
        rides: Whether a vehicle carries them: a line counts it, and not them too.
    """

    label: str
    way: Way
    size: tuple[float, float] | None = None
    taken_for: Mapping[str, float] = field(default_factory=dict)
    split: float = 0.0
    shadow: float = 0.0
    faint: float = 0.0
    rides: bool = False

    def __post_init__(self) -> None:
        if unknown := ({self.label} | set(self.taken_for)) - set(CLASSES):
            raise ValueError(f"actor: {unknown} is no class; want {CLASSES}")

    @property
    def width_height(self) -> tuple[float, float]:
        """Width and height where the scale is 1."""
        return self.size or SIZES[self.label]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occluder:
    """Something that stands in the way and is nothing to count.

    Attributes:
        box: x1 y1 x2 y2; it hides who stands higher on the picture than its lower edge.
    """

    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A thing that is now and then taken for somebody: a lamp post, a reflection.

    Attributes:
        label: What it is taken for.
        place: The middle of its lower edge.
        share: At what share of the looks.
        lasts_s: How long each time; 0: every look by itself.
        size: Width and height; None: as all of the class.
        scores: Least and highest score.
    """

    label: str
    place: Place
    share: float
    lasts_s: float = 0.0
    size: tuple[float, float] | None = None
    scores: tuple[float, float] = (0.2, 0.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """How well a quantized detector sees on a street.

    The usual values are those of a small int8 detector on street footage by day: score
    dips of half a second, boxes whose edges tremble by a few hundredths.

    Attributes:
        miss: Share of the looks at which somebody is not told at all.
        dip: Share of the time that scores dip below the detector's threshold.
        dip_s: Mean length of a dip.
        jitter: Deviation of each edge of a box from look to look, in widths or heights.
        wander: The same, but slow: it changes within half a second.
        score: Mean score of one who stands free.
        merge: Share of the time that two boxes of a class which overlap are one.
        alarms: False alarms a look, anywhere on the picture.
        shake_px: How far the whole picture swings: a pole in the wind.
    """

    miss: float = 0.04
    dip: float = 0.06
    dip_s: float = 0.4
    jitter: float = 0.03
    wander: float = 0.02
    score: float = 0.62
    merge: float = 0.3
    alarms: float = 0.01
    shake_px: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to count at: forward is from the left to the right of start -> end.

    Attributes:
        name: What it is called.
        start: x y in pixels of the nominal picture.
        end: x y; not the same.
        classes: Which classes count; None for all.
    """

    name: str
    start: Place
    end: Place
    classes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone to count in.

    Attributes:
        name: What it is called.
        polygon: Its corners in order, pixels of the nominal picture.
        classes: Which classes count; None for all.
    """

    name: str
    polygon: tuple[Place, ...]
    classes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One piece of street life, and what is drawn on it.

    Attributes:
        name: Once a set.
        why: What goes wrong here, in a sentence.
        source: Who complained: the thread's address, or where else it is known from.
        actors: Everybody who is to be counted.
        lines: Where they are counted.
        zones: Where they are counted as present.
        occluders: What stands in the way.
        alarms: What is taken for somebody.
        eye: How well all this is seen.
        lasts_s: Its length; None: until all are gone, and a little.
        horizon: The height at which things are infinitely small, and at the picture's
            lower edge of full size; None: no perspective.
        picture: Size of the pictures that boxes are told in.
        holes_s: From when to when no frame comes.
        drop: Share of the frames that are lost one by one.
        time_jitter_s: Deviation of the moment at which a frame is taken.
        unknown: The rates at which nobody can know the truth, and why not.
    """

    name: str
    why: str
    source: str
    actors: tuple[Actor, ...]
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()
    occluders: tuple[Occluder, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    eye: Eye = field(default_factory=Eye)
    lasts_s: float | None = None
    horizon: float | None = None
    picture: Size = PICTURE
    holes_s: tuple[tuple[float, float], ...] = ()
    drop: float = 0.0
    time_jitter_s: float = 0.0
    unknown: Mapping[float, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.lines and not self.zones:
            raise ValueError(
                f"scene {self.name}: nothing is drawn; want a line or zone"
            )
        if strange := set(self.unknown) - set(RATES_HZ):
            raise ValueError(f"scene {self.name}: {strange} Hz is none of {RATES_HZ}")

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        if self.lasts_s is not None:
            return self.lasts_s
        return max((actor.way.ends_s for actor in self.actors), default=0.0) + TAIL_S

    @property
    def rates_hz(self) -> tuple[float, ...]:
        """The rates at which the truth can be known."""
        return tuple(rate for rate in RATES_HZ if rate not in self.unknown)

    def scale(self, y: float) -> float:
        """Return how large things are whose foot is at a height, 1 in full size."""
        if self.horizon is None:
            return 1.0
        return max((y - self.horizon) / (PICTURE.height - self.horizon), 0.05)

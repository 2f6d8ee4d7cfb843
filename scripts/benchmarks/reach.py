"""How fast somebody may go and still be counted, by the product's own tracker.

Drawn passers-by of each class cross a line, seen as a small detector sees; how far they
come between two looks is told in lengths of their boxes. And how often one must be seen
at all, who comes out of a door and goes into the next.
"""

from scripts.benchmarks.page import ROOT, put, table, where
from tests.torture import ours
from tests.torture.drawn import GATE
from tests.torture.eye import looks
from tests.torture.language import PICTURE, SIZES, Actor, Scene
from tests.torture.paths import across

PAGE = ROOT / "docs" / "acceptance.md"
LABELS = ("person", "bicycle", "car")
RATES_HZ = (2.0, 5.0, 10.0)
STEPS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
LOOKS = (2, 3, 4, 5, 6, 8)
LENGTH_PX = 36.0
"""Small on the picture, so that even the fastest are in view for long."""
PEOPLE, GAP_S, SEED = 30, 5.0, 8
COUNTED_MIN = 0.95


def scene(label: str, step: float, rate_hz: float, way_px: float) -> Scene:
    """Return a street that one after another goes along, both ways."""
    width, height = SIZES[label]
    speed = step * LENGTH_PX * rate_hz
    left, right = (PICTURE.width - way_px) / 2, (PICTURE.width + way_px) / 2
    actors, begins_s = [], 1.0
    for number in range(PEOPLE):
        ends = ((left, 400.0), (right, 400.0))
        start, end = ends if number % 2 else ends[::-1]
        actors.append(
            Actor(
                label=label,
                way=across(start, end, speed, begins_s=begins_s),
                size=(LENGTH_PX, LENGTH_PX * height / width),
            )
        )
        begins_s += way_px / speed + GAP_S
    return Scene(
        name=f"reach {label} {step} {rate_hz} {way_px}",
        why="They go fast.",
        source="for measuring reach",
        actors=tuple(actors),
        lines=(GATE,),
    )


def counted(label: str, step: float, rate_hz: float, way_px: float) -> float:
    """Return the share of all that were counted, each the right way and once."""
    drawn = scene(label, step, rate_hz, way_px)
    found = ours.counted(drawn, looks(drawn, rate_hz, SEED), rate_hz).crossings
    right = sum(
        min(number, PEOPLE // 2)
        for crossing, number in found.items()
        if crossing.label == label
    )
    return right / PEOPLE


def steps_table() -> str:
    """Return how many are counted by how far they come between two looks."""
    rows = [
        [label, f"{rate_hz:g}"]
        + [
            f"{counted(label, step, rate_hz, PICTURE.width + LENGTH_PX):.0%}"
            for step in STEPS
        ]
        for label in LABELS
        for rate_hz in RATES_HZ
    ]
    return table(["class", "looks a second", *(f"{step:g}" for step in STEPS)], rows)


def looks_table() -> str:
    """Return how many are counted by how often they can be seen at all."""
    rows = [
        [label, f"{rate_hz:g}"]
        + [
            f"{counted(label, 0.75, rate_hz, 0.75 * LENGTH_PX * number):.0%}"
            for number in LOOKS
        ]
        for label in LABELS
        for rate_hz in RATES_HZ
    ]
    return table(["class", "looks a second", *(f"{each}" for each in LOOKS)], rows)


def main() -> None:
    """Write both tables."""
    put(
        "reach",
        f"{PEOPLE} each, side on, drawn as `tests/torture` draws them. {where()}\n\n"
        "Counted, by how many lengths of its box one comes between two looks:\n\n"
        f"{steps_table()}\n\nCounted, by at how many looks one is in the picture at "
        f"all (0.75 lengths between two):\n\n{looks_table()}",
        PAGE,
    )


if __name__ == "__main__":
    main()

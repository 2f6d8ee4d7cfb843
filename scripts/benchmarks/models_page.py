"""The tables of docs/models.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.benchmarks.by_eye import BY_EYE
from scripts.benchmarks.contenders import Contender
from scripts.benchmarks.footage import CountRow
from scripts.benchmarks.latency import ROUND_PICTURES, ROUNDS, Taken
from scripts.benchmarks.page import table, where
from tallypost.cli.models_eval import Report
from tallypost.models.evaluation import Figures

STREET = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
TEST = {
    "highway": ("person", "motorcycle", "car", "bus", "truck"),
    "oi": ("motorcycle", "car", "bus", "truck"),
    "pets": ("person",),
}
"""The test pictures, and what each set of them labels completely."""
BESIDE = {"coco": STREET, "manaus": ("person", "car", "truck")}
"""Sets with no test split, told beside: their val split."""
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Result:
    """All that was measured of one contender; no report: it tells none of the classes.

    Attributes:
        contender: Who.
        size: Of its input.
        classes: What it tells.
        test: On the test pictures, together and set by set.
        beside: On the sets beside.
        counts: On footage.
    """

    contender: Contender
    size: str
    classes: tuple[str, ...]
    test: Report | None
    beside: dict[str, Report | None]
    counts: list[CountRow]


def cell(figures: Figures | None, size: str = "all") -> str:
    """Return AP50 and AP50-95 in percent."""
    if figures is None or size not in figures.precision:
        return NOTHING
    ap50, ap = figures.precision[size]
    return f"{ap50 * 100:.1f} / {ap * 100:.1f}"


def comparable(result: Result, classes: Sequence[str]) -> bool:
    """Return whether a contender tells all of these classes: else no mean is told."""
    return set(classes) <= {*result.classes}


def precision_row(result: Result) -> list[str]:
    """Return a row of the table of precision."""
    who = result.contender
    mark = "" if comparable(result, STREET) else " ¹"
    everything = {name for told in TEST.values() for name in told}
    test = result.test if comparable(result, sorted(everything)) else None
    sets = [
        cell(one.figures if comparable(result, told) else None)
        for one, told in zip(
            result.test.sets if result.test else (), TEST.values(), strict=False
        )
    ] or [NOTHING] * len(TEST)
    beside = [
        cell(
            found.figures
            if (found := result.beside[name]) and comparable(result, told)
            else None
        )
        for name, told in BESIDE.items()
    ]
    return [
        f"**{who.name}**{mark}" if who.ours else f"{who.name}{mark}",
        result.size,
        f"{who.file.stat().st_size / 1e6:.1f}",
        who.licence,
        cell(test.figures if test else None),
        cell(test.figures if test else None, "small"),
        *sets,
        *beside,
    ]


def count_cell(rows: Sequence[CountRow], what: str) -> str:
    """Return how many counts are wrong, at both rates."""
    row = next((each for each in rows if each.what == what), None)
    if row is None:
        return NOTHING
    (ahead, back), (ahead_slow, back_slow) = row.own, row.slow
    return f"{ahead}+{back} / {ahead_slow}+{back_slow}"


def page(results: Sequence[Result], taken: dict[str, Taken]) -> str:
    """Return the tables as they stand in docs/models.md."""
    precision = table(
        [
            *("model", "input", "MB", "licence"),
            *("test", "test, small objects", "highway", "oi", "pets"),
            *("COCO val", "manaus val"),
        ],
        [precision_row(each) for each in results],
    )
    times = table(
        ["model", "invoke, 1 thread", "2 threads", "to boxes, 1 thread", "2 threads"],
        [
            [
                each.contender.name,
                *(f"{ms:.1f}" for ms in taken[each.contender.name].invoke_ms.values()),
                *(f"{ms:.1f}" for ms in taken[each.contender.name].boxes_ms.values()),
            ]
            for each in results
        ],
    )
    true = {row.what: row.true for each in results for row in each.counts}
    counts = table(
        ["model", *(f"{what}: true {a}+{b}" for what, (a, b) in true.items())],
        [
            [each.contender.name, *(count_cell(each.counts, what) for what in true)]
            for each in results
        ],
    )
    first = results[0].test
    classes = [each.name for each in first.figures.classes] if first else []
    eye = "\n".join(f"* {each.what}: {each.sure}." for each in BY_EYE)
    sets = (
        ", ".join(
            f"{one.pictures} of {name}"
            for one, name in zip(first.sets, TEST, strict=True)
        )
        if first
        else NOTHING
    )
    return f"""\
{precision}

AP50 / AP50-95 in percent, as COCO defines them. "Test" is {sets}
({", ".join(classes)}); bicycles occur in none of them, so the
six classes are those five there. A class counts on a set only where the set labels it
completely: highway {", ".join(TEST["highway"])} (persons
only mostly: who finds the others too is punished there), oi
{", ".join(TEST["oi"])},
pets {", ".join(TEST["pets"])}. COCO val: all six, none of its pictures trained on by
us. Manaus val: {", ".join(BESIDE["manaus"])}; frames of one street may stand in its
train split too. Most public models were trained on COCO's train split. Pictures that
lie in a set twice count once. Small: under 32 x 32 pixels; the pictures' sides go up to
384.

¹ Tells other classes than the six: a mean is told only where it tells all that count.

Median milliseconds, all models by turns, {ROUNDS} rounds of {ROUND_PICTURES} pictures:

{times}

Counts on footage, each model with its own threshold: how many counts are wrong, forward
+ backward, at the footage's own rate / at 5 frames a second:

{counts}

The people of vtest.avi and TUD-Campus.mp4 are known by recorded ground truth, and the
ten lines are those of [accuracy.md](accuracy.md). By eye, frame by frame:

{eye}

{where()}
"""

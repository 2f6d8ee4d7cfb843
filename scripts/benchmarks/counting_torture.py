"""Scores ours and the peers on the torture set."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean
from typing import NamedTuple

from scripts.benchmarks.counting_peers import PEERS, true_counts
from scripts.benchmarks.page import table
from tests.torture.days import days
from tests.torture.language import RATES_HZ, Scene
from tests.torture.scenes import SCENES

DAYS = 5


class Cell(NamedTuple):
    """Whose errors, where and how often looked at."""

    scene: str
    rate_hz: float
    peer: str


@dataclass(slots=True)
class Scores:
    """Errors of one run over the set.

    Attributes:
        errors: By how much the counts were off on each day.
        events: How much there was to count, by scene.
    """

    errors: defaultdict[Cell, list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    events: dict[str, int] = field(default_factory=dict)

    @property
    def peers(self) -> list[str]:
        """Everybody who counted, ours first."""
        return list(dict.fromkeys(cell.peer for cell in self.errors))

    def of(self, rate_hz: float, peer: str) -> dict[str, list[int]]:
        """Return one peer's errors at one rate, by scene."""
        return {
            cell.scene: errors
            for cell, errors in self.errors.items()
            if (cell.rate_hz, cell.peer) == (rate_hz, peer)
        }


def measure(day_count: int) -> Scores:
    """Return everybody's errors on so many days of every scene at every rate."""
    scores = Scores()
    for scene in SCENES:
        scores.events[scene.name] = true_counts(scene).total()
        for rate_hz in scene.rates_hz:
            _measure(scene, rate_hz, day_count, scores)
        print(f"{scene.name}: done", flush=True)
    return scores


def _measure(scene: Scene, rate_hz: float, day_count: int, scores: Scores) -> None:
    true = true_counts(scene)
    for _, looks in days(scene, rate_hz, day_count):
        for peer in PEERS:
            for name, told in peer(scene, looks, rate_hz).items():
                error = sum(abs(told[key] - true[key]) for key in {*told, *true})
                scores.errors[Cell(scene.name, rate_hz, name)].append(error)


def report(day_count: int) -> str:
    """Measure, and return the tables: all scenes in short, then each."""
    scores = measure(day_count)
    return "\n\n".join(
        [
            f"{len(SCENES)} scenes, {day_count} days each.",
            _totals(scores),
            *_by_rate(scores),
        ]
    )


def _totals(scores: Scores) -> str:
    headings = ["", *(f"{rate:g} Hz" for rate in RATES_HZ)]
    rows = [
        [peer, *(_total(scores, rate_hz, peer) for rate_hz in RATES_HZ)]
        for peer in scores.peers
    ]
    return table(headings, rows)


def _total(scores: Scores, rate_hz: float, peer: str) -> str:
    """Return how far off all scenes are, each of equal weight, and how many are exact.

    No scene is worse than wholly wrong: one car that trembles on a line all night shall
    not decide the sum.
    """
    errors = scores.of(rate_hz, peer)
    off = mean(
        min(error / max(scores.events[name], 1), 1.0)
        for name, days_errors in errors.items()
        for error in days_errors
    )
    exact = sum(not any(days_errors) for days_errors in errors.values())
    return f"{100 * off:.1f} %; {exact} of {len(errors)} exact"


def _by_rate(scores: Scores) -> Iterator[str]:
    for rate_hz in RATES_HZ:
        rows = []
        for scene in SCENES:
            if rate_hz in scene.unknown:
                reason = f"cannot be known: {scene.unknown[rate_hz]}"
                rows.append([scene.name, reason, *[""] * len(scores.peers)])
                continue
            told = [scores.of(rate_hz, peer)[scene.name] for peer in scores.peers]
            events = str(scores.events[scene.name])
            rows.append([scene.name, events, *map(_cell, told)])
        yield f"#### At {rate_hz:g} frames a second"
        yield table(["scene", "to count", *scores.peers], rows)


def _cell(errors: list[int]) -> str:
    """Return the mean error, and the worst day's where that is another."""
    if not any(errors):
        return "0"
    usual, worst = mean(errors), max(errors)
    return f"{usual:.1f}" if usual == worst else f"{usual:.1f} ({worst})"

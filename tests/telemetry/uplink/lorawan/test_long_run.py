"""Ten thousand intervals through the worst of air: nothing is wrong, nothing missing."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.telemetry.codec.compact.downlink import Resend
from tallypost.telemetry.codec.compact.frame import Port
from tests.telemetry.uplink.lorawan.direct import Far
from tests.telemetry.uplink.lorawan.post import Post, told

INTERVALS = 10_000
QUARTER_S = 900.0
LOSS = 0.3
OUTAGE = range(3000, 3000 + 288)
"""Three days without a gateway."""
RESETS = 40
FAIR_USE_S = 30.0
ROUNDS_MAX = 60
RANGES_MAX = 8
CLASSES = ("car", "bicycle")


class Truth:
    """A street that somebody else counts, too."""

    def __init__(self, seed: int) -> None:
        self._chances = random.Random(seed)
        self.totals = {
            f"lines/gate/total/{way}/{label}": 0
            for way in ("forward", "backward")
            for label in CLASSES
        }

    def interval(self, start_utc_s: float) -> Interval:
        """Return what passes in the next quarter of an hour."""
        counts = {
            way: {label: self._chances.randrange(40) for label in CLASSES}
            for way in ("forward", "backward")
        }
        for way, by_class in counts.items():
            for label, count in by_class.items():
                self.totals[f"lines/gate/total/{way}/{label}"] += count
        return Interval(
            start_utc_s=start_utc_s,
            duration_s=QUARTER_S,
            lines={"gate": LineFigures(**counts)},
            zones={},
            quality=Quality(
                observed_s=QUARTER_S,
                frames=9000,
                frames_dropped=0,
                clock=ClockTrust.SYNCED,
            ),
        )


@pytest.fixture
def post(tmp_path: Path, board: SimulatedBoard) -> Iterator[Post]:
    far = Far(board, loss=LOSS, seed=7)
    post = Post(far, tmp_path, board, fair_use_s=FAIR_USE_S)
    yield post
    post.close()


def run(post: Post, truth: Truth, number: int) -> None:
    """Let one interval pass."""
    post.far.air.away = number in OUTAGE
    post.outbox.put(truth.interval(1_795_342_500.0 + QUARTER_S * number), "tp-1")
    post.run(QUARTER_S, step_s=150.0)
    assert post.budget.used_day_s <= FAIR_USE_S


def missing(post: Post) -> list[tuple[int, int]]:
    """Return the ranges of numbers that the far end has no record of."""
    seen = {int(str(each["seq"])) for each in told(post.far, Port.RECORD)}
    gaps, first = [], None
    for seq in range(1, INTERVALS + 1):
        if seq not in seen and first is None:
            first = seq
        if seq in seen and first is not None:
            gaps.append((first, seq - 1))
            first = None
    return gaps if first is None else [*gaps, (first, INTERVALS)]


def test_ten_thousand_intervals_arrive_whole_through_loss_resets_and_an_outage(
    post: Post,
) -> None:
    truth, chances = Truth(1), random.Random(2)
    resets = set(chances.sample(range(INTERVALS), RESETS))
    for number in range(INTERVALS):
        if number in resets:
            post.far.modem.power_cycle()
        run(post, truth, number)
    last = max(told(post.far, Port.RECORD), key=lambda each: int(str(each["seq"])))
    lost = sum(after - first + 1 for first, after in missing(post))
    print(f"lost {lost} of {INTERVALS}, {post.uplink.radio_health}")
    assert 0 < lost < INTERVALS
    assert int(str(last["seq"])) > INTERVALS - 20

"""Thousands of intervals through bad air: nothing is wrong, nothing is missing."""

import os
import random
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.simulated.lorawan.air import Carried
from tallypost.telemetry.codec.compact.downlink import (
    Downlink,
    Resend,
    encode_downlink,
)
from tallypost.telemetry.codec.compact.far_end import FarEnd
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.uplink.lorawan.duty import DAY_S
from tests.telemetry.uplink.lorawan.direct import DEV_EUI, Far
from tests.telemetry.uplink.lorawan.post import Post

INTERVALS = int(os.environ.get("TALLYPOST_INTERVALS", "3000"))
QUARTER_S = 900.0
LOSS = 0.3
OUTAGE = range(INTERVALS // 3, INTERVALS // 3 + 288)
"""Three days without a gateway."""
RESETS = INTERVALS // 250
FAIR_USE_S = 30.0
DAY_INTERVALS = 96
ASKED_MAX = 24
"""So many ranges are asked for in a day at most."""
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

    def _passed(self, way: str) -> dict[str, int]:
        counts = {label: self._chances.randrange(40) for label in CLASSES}
        for label, count in counts.items():
            self.totals[f"lines/gate/total/{way}/{label}"] += count
        return counts

    def interval(self, start_utc_s: float) -> Interval:
        """Return what passes in the next quarter of an hour."""
        there, back = self._passed("forward"), self._passed("backward")
        return Interval(
            start_utc_s=start_utc_s,
            duration_s=QUARTER_S,
            lines={"gate": LineFigures(forward=there, backward=back)},
            zones={},
            quality=Quality(
                observed_s=QUARTER_S,
                frames=9000,
                frames_dropped=0,
                clock=ClockTrust.SYNCED,
            ),
        )


class Meter:
    """Stands beside the antenna, and adds up what goes out."""

    def __init__(self, far: Far) -> None:
        self._used: deque[tuple[float, float]] = deque()
        self._sum_s = self.day_s_max = 0.0
        far.air.on_frame = self._note

    def _note(self, carried: Carried) -> None:
        frame = carried.transmission
        if not frame.up:
            return
        self._used.append((frame.begins_s, frame.airtime_s))
        self._sum_s += frame.airtime_s
        while self._used[0][0] <= frame.begins_s - DAY_S:
            self._sum_s -= self._used.popleft()[1]
        self.day_s_max = max(self.day_s_max, self._sum_s)


class Backend:
    """Hears what arrives, and asks once a day for what does not."""

    def __init__(self, post: Post) -> None:
        self.far_end = FarEnd()
        self._post = post
        self._heard = 0
        self._counter = 0

    def hear(self) -> None:
        """Take what has arrived."""
        received = self._post.far.network.received
        begun_utc_s = self._post.board.utc_s() - self._post.board.monotonic_s()
        for each in received[self._heard :]:
            frame = Frame(each.port, each.payload)
            self.far_end.hear(frame, begun_utc_s + each.ends_s)
        self._heard = len(received)

    def misses(self, last_seq: int) -> bool:
        """Return whether it has not heard all records up to a number."""
        return any(gap[0] <= last_seq for gap in self.far_end.missing())

    def ask(self) -> None:
        """Ask for what is missing, unless it was asked for and is not heard yet."""
        queue = self._post.far.network.members[DEV_EUI].queue
        if queue:
            return
        for gap in list(self.far_end.missing())[:ASKED_MAX]:
            self._counter += 1
            command = Resend(first_seq_low=gap[0] % 2**16, last_seq_low=gap[-1] % 2**16)
            frame = encode_downlink(Downlink(self._counter % 256, command))
            self._post.far.network.queue(DEV_EUI, *frame, confirmed=True)


@pytest.fixture
def board() -> SimulatedBoard:
    return SimulatedBoard(utc_s=1_795_342_500.0)


@pytest.fixture
def post(
    tmp_path: Path, board: SimulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Post]:
    # Waits are cut short at random: here by chances that can be had again.
    monkeypatch.setattr(random, "SystemRandom", lambda: random.Random(6))
    far = Far(board, loss=LOSS, seed=7)
    post = Post(far, tmp_path, board, fair_use_s=FAIR_USE_S)
    yield post
    post.close()


def run(post: Post, truth: Truth, number: int) -> None:
    """Let one interval pass, and what it made go out in the next."""
    post.far.air.away = number in OUTAGE
    start_utc_s = 1_795_342_500.0 + QUARTER_S * number
    post.run(start_utc_s + QUARTER_S - post.board.utc_s(), step_s=150.0)
    post.outbox.put(truth.interval(start_utc_s), "tp-1")
    assert post.budget.used_day_s <= FAIR_USE_S


@pytest.mark.slow
def test_thousands_of_intervals_arrive_whole_through_loss_resets_and_an_outage(
    post: Post,
) -> None:
    truth, chances, backend = Truth(1), random.Random(2), Backend(post)
    meter = Meter(post.far)
    resets = set(chances.sample(range(INTERVALS), RESETS))
    number = 0
    while number < INTERVALS or backend.misses(INTERVALS):
        if number in resets:
            post.far.modem.power_cycle()
        run(post, truth, number)
        number += 1
        backend.hear()
        if number % DAY_INTERVALS == 0:
            backend.ask()
        assert number < INTERVALS + 2000
    post.far.air.loss = 0.0
    run(post, truth, number)
    final = truth.totals
    post.run(2 * QUARTER_S)
    backend.hear()

    assert backend.far_end.totals == final
    assert set(range(1, INTERVALS + 1)) <= backend.far_end.heard
    assert 20.0 < meter.day_s_max <= FAIR_USE_S
    assert post.uplink.radio_health.unanswered > 0
    assert post.station.joins > RESETS // 2

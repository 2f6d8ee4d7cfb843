"""How long detectors take, measured by turns so that noise meets them all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from scripts.benchmarks.contenders import Contender
from scripts.benchmarks.page import DATA
from tallypost.assembly.inspection import open_picture
from tallypost.board.linux import LinuxBoard

ROUNDS = 7
ROUND_PICTURES = 15
THREADS = (1, 2)
PICTURE = DATA / "footage" / "vtest.avi"


@dataclass(frozen=True, slots=True)
class Taken:
    """Medians over all rounds, by number of threads, in milliseconds."""

    invoke_ms: dict[int, float] = field(default_factory=dict)
    boxes_ms: dict[int, float] = field(default_factory=dict)


def latencies(everybody: Sequence[Contender], rounds: int) -> dict[str, Taken]:
    """Return how long each takes, round robin; the first picture is left out."""
    clock = LinuxBoard()
    told = {each.name: Taken() for each in everybody}
    for threads in THREADS:
        open_now = {
            each.name: each.opened(each.score_begin, threads) for each in everybody
        }
        frames = {
            name: open_picture(str(PICTURE), detector.input_size, clock)
            for name, detector in open_now.items()
        }
        invoke_s: dict[str, list[float]] = {name: [] for name in open_now}
        boxes_s: dict[str, list[float]] = {name: [] for name in open_now}
        for _ in range(rounds):
            for name, detector in open_now.items():
                detector.detect(frames[name])
                for _ in range(ROUND_PICTURES):
                    begun_s = clock.monotonic_s()
                    detector.detect(frames[name])
                    boxes_s[name].append(clock.monotonic_s() - begun_s)
                    invoke_s[name].append(detector.invoke_s or 0.0)
        for name, detector in open_now.items():
            told[name].invoke_ms[threads] = median(invoke_s[name]) * 1000
            told[name].boxes_ms[threads] = median(boxes_s[name]) * 1000
            detector.close()
    return told

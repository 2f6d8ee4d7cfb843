"""What the lock-in costs: two processes take turns on one film, one of them locked in.

They take turns because a machine's speed drifts by more than what is measured; time of
the processor is told beside that of the clock, which other processes share.
"""

import os
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import islice
from statistics import median

from scripts.benchmarks.page import DATA

TURNS = 60
FRAMES = 10
REPORT = struct.Struct("<dd48x")
FILM = DATA / "footage" / "vtest.avi"
MODEL = DATA / "models" / "efficientdet-lite0.tflite"


@dataclass(slots=True)
class Looker:
    """A process that looks at some frames whenever it is asked to."""

    process: subprocess.Popen[bytes]
    reports: int

    def turn(self) -> tuple[float, float]:
        """Return seconds by the clock and of the processor that a turn took."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"!")
        self.process.stdin.flush()
        elapsed_s, used_s = REPORT.unpack(os.read(self.reports, REPORT.size))
        return elapsed_s, used_s


def looker(kind: str) -> Looker:
    """Return a looker, ready: `locked` or `open`."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.benchmarks.lock_in", kind, str(write_end)],
        stdin=subprocess.PIPE,
        pass_fds=[write_end],
    )
    os.close(write_end)
    return Looker(process, read_end)


def look(kind: str, outlet: int) -> None:
    """Look at frames whenever a byte comes, locked in or not."""
    from tallypost.vision.sandbox.entrance import give_up, leave_no_trace

    before_s = time.perf_counter()
    if kind == "locked":
        leave_no_trace()
        give_up(outlet)
    begun_s = time.perf_counter() - before_s
    from tallypost.board.linux import LinuxBoard
    from tallypost.models.store import find_model
    from tallypost.vision.camera.video import VideoCamera
    from tallypost.vision.detection.litert import LitertDetector
    from tallypost.vision.sandbox.allowance import Need, Outlet
    from tallypost.vision.sandbox.lock import lock_in

    model = find_model(str(MODEL))
    detector = LitertDetector(description=model.description, file=model.file)
    detector.invoke()
    camera = VideoCamera(
        source=str(FILM),
        fit=detector.input_size,
        board=LinuxBoard(),
        loop=True,
        ahead=True,
    )
    before_s = time.perf_counter()
    if kind == "locked":
        lock_in(Outlet(outlet, REPORT.size), (Need.FOOTAGE,))
    os.write(outlet, REPORT.pack(begun_s, time.perf_counter() - before_s))
    frames = iter(lambda: camera.read(10.0), None)
    while os.read(0, 1):
        before_s, used_s = time.perf_counter(), time.process_time()
        for frame in islice(frames, FRAMES):
            detector.detect(frame, lambda: None)
            frame.erase()
        spent = (time.perf_counter() - before_s, time.process_time() - used_s)
        os.write(outlet, REPORT.pack(*spent))


def main() -> None:
    """Measure and print."""
    lookers = {kind: looker(kind) for kind in ("open", "locked")}
    spent: dict[str, list[tuple[float, float]]] = {kind: [] for kind in lookers}
    for kind, each in lookers.items():
        begun_s, locked_s = REPORT.unpack(os.read(each.reports, REPORT.size))
        print(f"{kind}: giving up {begun_s * 1e3:.1f} ms, key {locked_s * 1e3:.1f} ms")
    for turn in range(TURNS):
        for kind in (("open", "locked"), ("locked", "open"))[turn % 2]:
            spent[kind].append(lookers[kind].turn())
    for place, what in enumerate(("clock", "processor")):
        ms = {
            kind: median(turn[place] for turn in turns) / FRAMES * 1e3
            for kind, turns in spent.items()
        }
        share = median(
            shut[place] / free[place]
            for shut, free in zip(spent["locked"], spent["open"], strict=True)
        )
        print(
            f"{what}: open {ms['open']:.2f} ms a frame, locked {ms['locked']:.2f} ms; "
            f"turn by turn {share - 1:+.1%}"
        )
    for each in lookers.values():
        each.process.kill()
        each.process.wait()


if __name__ == "__main__":
    if sys.argv[1:2] in (["open"], ["locked"]):
        look(sys.argv[1], int(sys.argv[2]))
    else:
        main()

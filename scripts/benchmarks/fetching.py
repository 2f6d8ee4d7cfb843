"""What it costs that a camera of the network is fetched from by another process.

Two ways with one film that a real RTSP server plays: all in one process, and fetched by
one process and decoded by another. Told are seconds of the processor for a second of
film.
"""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import av
import numpy as np

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Size
from tallypost.fetching.hatch import Hatch
from tallypost.fetching.packets import Packets
from tallypost.vision.camera.sources import Stream
from tallypost.vision.camera.video import VideoCamera
from tests.servers.rtsp import RtspServer

TURNS = 3
SECONDS = 10
RATE_HZ = 25
SIZE = (1920, 1080)
FIT = Size(320, 320)
BITS_A_SECOND = 8_000_000


def draw(film: Path) -> None:
    """Write a film of noise that moves: as large as a camera's, at a camera's rate."""
    width, height = SIZE[0] // 8, SIZE[1] // 8
    noise = np.random.default_rng(1).integers(0, 255, (height, 2000, 3), np.uint8)
    with av.open(str(film), "w") as container:
        options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(RATE_HZ)}
        stream = container.add_stream("libx264", rate=RATE_HZ, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIZE
        stream.pix_fmt, stream.bit_rate = "yuv420p", BITS_A_SECOND
        for step in range(RATE_HZ * (SECONDS + 2)):
            part = np.ascontiguousarray(noise[:, step : step + width])
            frame = av.VideoFrame.from_ndarray(part, "rgb24")
            container.mux(stream.encode(frame.reformat(*SIZE, "yuv420p")))
        container.mux(stream.encode())


def look(address: str, hatch: int | None) -> int:
    """Take pictures for a while; return how many."""
    camera = VideoCamera(source=address, fit=FIT, board=LinuxBoard(), hatch=hatch)
    until_s, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < until_s:
        frame = camera.read(0.1)
        if frame is not None:
            frame.erase()
            count += 1
    return count


def fetch(address: str, hatch: int) -> int:
    """Hand packets in until somebody ends this process."""
    packets = Packets(Stream("film", address), 5.0)
    Hatch(hatch, packets.codec).hand_in(packets)
    return 0


def begin(work: Callable[[], int], told: int) -> int:
    """Start a process that tells how many pictures it took; return its number."""
    process_id = os.fork()
    if process_id == 0:
        os.write(told, work().to_bytes(4, "little"))
        os._exit(0)
    return process_id


def end(process_id: int) -> float:
    """Return what processor time a process has used that has ended, in seconds."""
    _, _, used = os.wait4(process_id, 0)
    return used.ru_utime + used.ru_stime


def turn(film: Path, *, apart: bool) -> tuple[list[float], int]:
    """Return the processor time of each process, and how many pictures were taken."""
    server = RtspServer("--film", str(film))
    told, telling = os.pipe()
    inner, outer = os.pipe()
    processes = [begin(lambda: look(server.address, inner if apart else None), telling)]
    if apart:
        processes.append(begin(lambda: fetch(server.address, outer), telling))
    count = int.from_bytes(os.read(told, 4), "little")
    for each in processes[1:]:
        os.kill(each, signal.SIGKILL)
    used = [end(each) / SECONDS for each in processes]
    server.kill()
    for descriptor in (told, telling, inner, outer):
        os.close(descriptor)
    return used, count


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        draw(film)
        rate = film.stat().st_size * 8 / (SECONDS + 2) / 1e6
        print(f"{SIZE[0]}x{SIZE[1]}, {RATE_HZ} pictures a second, {rate:.1f} Mbit/s")
        for apart in (False, True):
            turns = [turn(film, apart=apart) for _ in range(TURNS)]
            used = [
                median(column)
                for column in zip(*(each for each, _ in turns), strict=True)
            ]
            print(
                "apart" if apart else "in one",
                [f"{each:.3f}" for each in used],
                "pictures",
                [count for _, count in turns],
            )


if __name__ == "__main__":
    main()

"""A network path of its own between device and broker, that loses and reorders packets.

The device lives in a network namespace; `tc netem` spoils the pair of cables into it.
Where the kernel has no netem, packets go through a program of ours that does the same:
the TCP on both sides is the kernel's either way.
"""

import fcntl
import heapq
import os
import select
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from random import Random

NAMESPACE = "tallypost-chaos"
NEAR, FAR = "10.77.0.1", "10.77.0.2"
CABLES = ("chaos0", "chaos1")
PACKET_BYTES_MAX = 2048
# Source: linux/if_tun.h.
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


@dataclass(frozen=True, slots=True)
class Weather:
    """What befalls each packet by itself, both ways alike.

    Attributes:
        loss: The share that is lost.
        delay_ms: How long it takes, in the mean.
        jitter_ms: By how much longer or shorter it may take: so one overtakes another.
        duplicate: The share that comes twice.
    """

    loss: float = 0.03
    delay_ms: float = 30.0
    jitter_ms: float = 20.0
    duplicate: float = 0.01

    def __str__(self) -> str:
        return (
            f"loss {self.loss:.0%}, delay {self.delay_ms:.0f} ms +- "
            f"{self.jitter_ms:.0f} ms (packets overtake), duplicates "
            f"{self.duplicate:.0%}, each way"
        )

    @property
    def netem(self) -> list[str]:
        """The same in netem's words."""
        return [
            *("netem", "delay", f"{self.delay_ms}ms", f"{self.jitter_ms}ms"),
            *("loss", f"{self.loss:%}", "duplicate", f"{self.duplicate:%}"),
        ]


class Lossy:
    """Two ends of a bad path, this side and the namespace's.

    Args:
        weather: What befalls packets.
        seed: Of all chance.

    Attributes:
        how: What spoils the path, and why not netem where it is not that.
        host: This side's address, as the device sees it.
        prefix: What a command begins with to run on the other side.
    """

    host = NEAR
    prefix = ("ip", "netns", "exec", NAMESPACE)

    def __init__(self, weather: Weather, seed: int) -> None:
        self._program: subprocess.Popen[bytes] | None = None
        _ip("link", "set", "lo", "up")
        _ip("netns", "add", NAMESPACE)
        refusal = self._netem(weather)
        self.how = f"`tc netem`: {weather}"
        if refusal:
            self._stand_in(weather, seed)
            self.how = f"a stand-in for netem ({refusal.strip()}): {weather}"
        _ip("addr", "add", NEAR, "peer", FAR, "dev", CABLES[0])
        _ip("link", "set", CABLES[0], "up")
        within = ("-n", NAMESPACE)
        _ip(*within, "addr", "add", FAR, "peer", NEAR, "dev", CABLES[1])
        for device in ("lo", CABLES[1]):
            _ip(*within, "link", "set", device, "up")

    def close(self) -> None:
        """Take the path away."""
        if self._program is not None:
            self._program.terminate()
            self._program.wait()
        for words in (["netns", "del", NAMESPACE], ["link", "del", CABLES[0]]):
            subprocess.run(["ip", *words], check=False, capture_output=True)

    def _netem(self, weather: Weather) -> str:
        """Lay cables and spoil both ends; return why that failed, empty if not."""
        near, far = CABLES
        _ip("link", "add", near, "type", "veth", "peer", "name", far)
        _ip("link", "set", far, "netns", NAMESPACE)
        for within, cable in (([], near), (["-n", NAMESPACE], far)):
            words = ["tc", *within, "qdisc", "add", "dev", cable, "root"]
            try:
                done = subprocess.run(
                    [*words, *weather.netem], check=False, capture_output=True
                )
            except FileNotFoundError:
                refused = "tc is not installed"
            else:
                refused = done.stderr.decode() if done.returncode else ""
            if refused:
                _ip("link", "del", near)
                return refused
        return ""

    def _stand_in(self, weather: Weather, seed: int) -> None:
        ends = [_tunnel(cable) for cable in CABLES]
        _ip("link", "set", CABLES[1], "netns", NAMESPACE)
        facts = [*ends, seed, weather.loss, weather.delay_ms, weather.jitter_ms]
        self._program = subprocess.Popen(
            [
                *(sys.executable, "-m", "scripts.chaos_run.lossy"),
                *map(str, [*facts, weather.duplicate]),
            ],
            pass_fds=ends,
        )
        for end in ends:
            os.close(end)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], check=False, capture_output=True)
    if done.returncode:
        raise SystemExit(
            f"chaos: ip {' '.join(words)}: {done.stderr.decode().strip()}; "
            "run it as root, with iproute2 installed"
        )


def _tunnel(name: str) -> int:
    """Return the descriptor of a network device whose packets a program carries."""
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return end


def carry(ends: tuple[int, int], weather: Weather, random: Random) -> None:
    """Carry packets from either end to the other, as badly as the weather is."""
    under_way: list[tuple[float, int, int, bytes]] = []
    number = 0
    while True:
        wait_s = max(under_way[0][0] - time.monotonic(), 0.0) if under_way else None
        readable, _, _ = select.select(ends, [], [], wait_s)
        for end in readable:
            packet = os.read(end, PACKET_BYTES_MAX)
            other = ends[1] if end == ends[0] else ends[0]
            copies = 2 if random.random() < weather.duplicate else 1
            for _ in range(0 if random.random() < weather.loss else copies):
                late_ms = random.uniform(-weather.jitter_ms, weather.jitter_ms)
                due_s = time.monotonic() + (weather.delay_ms + late_ms) / 1000
                number += 1
                heapq.heappush(under_way, (due_s, number, other, packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(under_way)
            with suppress(OSError):  # an end that is not up yet, or full
                os.write(end, packet)


def main() -> None:
    """Carry packets until somebody ends this process."""
    near, far, seed, *facts = sys.argv[1:]
    weather = Weather(*map(float, facts))
    carry((int(near), int(far)), weather, Random(int(seed)))  # noqa: S311  # no secret


if __name__ == "__main__":
    main()

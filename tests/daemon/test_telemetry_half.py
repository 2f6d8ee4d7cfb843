"""A telemetry half that is killed has taken no more than it could keep."""

import fcntl
import json
import os
import signal
import subprocess
import termios
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.handover import Handover
from tallypost.domain.aiming import Aiming, Sight
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.wall.writer import WallWriter
from tests.daemon.test_handover import HANDOVER
from tests.system.house import TALLYPOST, wait_until

INTERVALS = 30
BEGIN_UTC_S = 1_900_000_020.0
SETTINGS = 'device = "tp-1"\n[outbox]\npath = "outbox.db"\n'


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def interval(number: int) -> Interval:
    return Interval(
        start_utc_s=BEGIN_UTC_S + 60.0 * number,
        duration_s=60.0,
        lines={"gate": LineFigures(forward={"car": number})},
        zones={},
        quality=Quality(
            observed_s=60.0, frames=600, frames_dropped=0, clock=ClockTrust.UNSYNCED
        ),
    )


def unread_bytes(end: int) -> int:
    told = fcntl.ioctl(end, termios.FIONREAD, b"\0\0\0\0")
    return int.from_bytes(told, "little")


def telemetry_half(
    settings: Path, read_end: int, handover: Handover
) -> subprocess.Popen[bytes]:
    words = ["telemetry-half", "--inlet", str(read_end), "--settings", str(settings)]
    half = subprocess.Popen(
        [*TALLYPOST, *words],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[read_end],
    )
    assert half.stdin is not None
    half.stdin.write(handover.to_json())
    half.stdin.close()
    return half


def counted(settings: Path) -> list[int]:
    outbox = Outbox(settings.with_name("outbox.db"), board=SimulatedBoard(2e9))
    try:
        records = [json.loads(row.payload) for row in outbox.head(10 * INTERVALS)]
    finally:
        outbox.close()
    watched = [each for each in records if each["lines"]]
    return [each["lines"]["gate"]["forward"]["car"] for each in watched]


def test_a_killed_half_leaves_in_the_pipe_what_it_has_not_kept(
    tmp_path: Path, pipe: tuple[int, int]
) -> None:
    read_end, write_end = pipe
    settings = tmp_path / "tallypost.toml"
    settings.write_text(SETTINGS, "utf-8")
    handover = replace(
        HANDOVER, daemon=os.getpid(), paced=False, intervals_per_minute=6e4
    )
    writer = WallWriter(write_end, handover.alphabet)
    for number in range(1, INTERVALS + 1):
        writer.send(interval(number))
    assert writer.flush()
    written = unread_bytes(read_end)

    half = telemetry_half(settings, read_end, handover)
    assert wait_until(lambda: unread_bytes(read_end) < written * 3 // 4)
    half.send_signal(signal.SIGKILL)
    half.wait(60)
    half = telemetry_half(settings, read_end, handover)
    assert wait_until(lambda: unread_bytes(read_end) == 0)
    half.terminate()
    half.wait(30)

    kept = counted(settings)
    assert len(kept) >= INTERVALS - 1
    assert kept == sorted(set(kept))


def test_a_half_that_begins_when_aiming_is_over_takes_what_was_said_before(
    tmp_path: Path, pipe: tuple[int, int]
) -> None:
    read_end, write_end = pipe
    settings = tmp_path / "tallypost.toml"
    settings.write_text(SETTINGS, "utf-8")
    over_s = LinuxBoard().monotonic_s() - 0.5
    aiming = Aiming(60.0, over_s)
    handover = replace(HANDOVER, daemon=os.getpid(), aiming=aiming)
    writer = WallWriter(write_end, handover.alphabet)
    writer.send(Sight(over_s - 0.1, 9.5, 0.75, 0.5))
    writer.send(interval(1))
    assert writer.flush()

    half = telemetry_half(settings, read_end, handover)
    assert wait_until(lambda: unread_bytes(read_end) == 0)
    half.terminate()

    assert half.wait(30) == 0
    assert counted(settings) == [1]

"""What tests of everything that may speak ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import ClockTrust, Interval, Quality
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import Listener, until

BEGIN_UTC_S = 1_795_342_500.0


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, if there is any: an outbox syncs at each step, a disk waits.

    Who is killed leaves there what it leaves on a disk; nobody cuts the power here.
    """
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else tmp_path
    with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def interval() -> Callable[..., Interval]:
    """Make the interval that begins so many minutes after 2026-11-22T10:15:00Z."""

    def make(minute: int = 0, *, cars: int = 1) -> Interval:
        return Interval(
            start_utc_s=BEGIN_UTC_S + 60.0 * minute,
            duration_s=60.0,
            lines={"gate": LineFigures(forward={"car": cars}, backward={"bicycle": 1})},
            zones={
                "platform": ZoneFigures(
                    occupancy_mean={"person": 3.4},
                    occupancy_max={"person": 9},
                    entries={"person": 12},
                    exits={"person": 10},
                )
            },
            quality=Quality(
                observed_s=59.8,
                frames=597,
                frames_dropped=3,
                frame_lifetime_ms_p99=41.0,
                clock=ClockTrust.SYNCED,
                model="sha256:" + "0" * 64,
                site="sha256:" + "1" * 64,
            ),
        )

    return make


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that lets everybody in."""
    broker = Mosquitto(tmp_path / "mosquitto").start()
    yield broker
    broker.stop()


@pytest.fixture
def listener(mosquitto: Mosquitto) -> Iterator[Listener]:
    """Somebody who subscribes to everything of ours."""
    listening = Listener(mosquitto.port)
    # A broker that is killed must know the subscription when it comes back.
    until(mosquitto.has_saved(b"listener"))
    yield listening
    listening.close()

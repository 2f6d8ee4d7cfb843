"""Where the device, its stand-ins and the checker leave what each other must know."""

from dataclasses import dataclass
from pathlib import Path

DEVICE = "tp-chaos"
PREFIX = "chaos"
LINE, CROWD = "gate", "platform"
CAR, MARK = "car", "bicycle"
INTERVAL_S = 1
"""The shortest that passes the wall; the world's speed makes it shorter still."""
MARKS = 23_993
"""A prime: what is told beside a serial number proves that both are of one interval.
Neither may be above 24 000, which is more than passes a street in a minute."""


def mark(serial: int) -> int:
    """Return what an interval tells beside its serial number."""
    return serial * 31 % MARKS + 1


@dataclass(frozen=True, slots=True)
class Places:
    """Files of one run.

    Args:
        folder: Of the run.
    """

    folder: Path

    @property
    def settings(self) -> Path:
        """`tallypost.toml`."""
        return self.folder / "tallypost.toml"

    @property
    def clock(self) -> Path:
        """What the device's clocks say."""
        return self.folder / "clock.json"

    @property
    def disk(self) -> Path:
        """Where the card is mounted that holds the outbox."""
        return self.folder / "disk"

    @property
    def ram(self) -> Path:
        """What the device takes for its RAM disk; one of the run's own is over it."""
        return Path("/dev/shm")  # noqa: S108  # nobody else sees what we have there

    @property
    def outbox(self) -> Path:
        """The outbox."""
        return self.disk / "outbox.db"

    @property
    def operator_key(self) -> Path:
        """The public key of who may command the device."""
        return self.folder / "operator.pem"

    @property
    def made(self) -> Path:
        """Of the vision stand-in: what it has counted, and what it handed over."""
        return self.folder / "made.log"

    @property
    def kept(self) -> Path:
        """Of the telemetry half: numbers of records that it says are kept."""
        return self.folder / "kept.log"

    @property
    def evening(self) -> Path:
        """While it exists, the vision stand-in counts nothing more."""
        return self.folder / "evening"

    @property
    def log(self) -> Path:
        """What the device says on standard error."""
        return self.folder / "device.log"

    @property
    def kept_alerts(self) -> Path:
        """Of the telemetry half: numbers of alerts that it says are kept."""
        return self.folder / "kept-alerts.log"

    @property
    def done(self) -> Path:
        """Of the run: which fault was when."""
        return self.folder / "faults.log"

    @property
    def arrived(self) -> Path:
        """Of the far side: what it received, in the order of its coming."""
        return self.folder / "arrived.jsonl"

    def pid(self, name: str) -> Path:
        """Return where a process of the device writes its number."""
        return self.folder / f"{name}.pid"

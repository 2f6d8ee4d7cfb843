"""What waits for an uplink, and what it is about."""

from enum import StrEnum
from typing import NamedTuple


class Subject(StrEnum):
    """What a payload is about: the last levels of its topic."""

    ALERT = "alert"
    """Told at once, ahead of all else."""
    KPI = "kpi"
    BATCH = "batch"
    """Which records a device has made, signed; nothing waits for it."""
    HEALTH = "health"
    """How the device is; the newest replaces what went before."""
    REPLY = "reply"
    """What became of a command."""
    REPORTED = "reported"
    """The settings in force; the newest replace what went before."""
    TIME_REQUEST = "time/request"
    """What time is it?"""


class Message(NamedTuple):
    """One encoded record.

    Attributes:
        subject: What it is about.
        seq: Its number among those of its subject.
        payload: Its bytes, exactly as they leave.
    """

    subject: Subject
    seq: int
    payload: bytes

    @property
    def key(self) -> tuple[Subject, int]:
        """What tells it from every other message of this device."""
        return self.subject, self.seq

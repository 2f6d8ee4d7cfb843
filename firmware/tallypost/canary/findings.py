"""What the test has found, and whether that is what must be."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass, field

from tallypost.vision.sandbox.attempts import Attempt

NOT_TRIED = -1
"""In place of an answer: the half ended before it could try."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was searched.

    Attributes:
        name: What it is.
        size_bytes: How much was looked at; None where it could not be.
        leaked_bytes: How much of a canary is in it.
        told: What was found, or why it could not be looked at, a sentence each.
    """

    name: str
    size_bytes: int | None
    leaked_bytes: int = 0
    told: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether it was looked at, and nothing was there."""
        return bool(self.size_bytes is not None and not self.told)


@dataclass(frozen=True, slots=True)
class Way:
    """One way out, tried.

    Attributes:
        attempt: What was tried, and what must be answered.
        answer: The error that the kernel answered; 0 where the way is open.
    """

    attempt: Attempt
    answer: int

    @property
    def refused(self) -> bool:
        """Whether it was answered as it must be."""
        return self.answer == self.attempt.error


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long pictures existed.

    Attributes:
        p50_ms: Half of them, no longer.
        p99_ms: 99 of 100, no longer.
        max_ms: All of them, no longer.
    """

    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the test has found.

    Attributes:
        frames: How many showed a canary.
        records: How many messages came out of the uplink.
        lifetime: Of the frames; None where no record tells it.
        places: What was searched.
        ways: What was tried.
        dumped: Whether the half that sees left its memory on a disk when it failed.
        broken: What made the test less than whole, a sentence each.
    """

    frames: int
    records: int
    lifetime: Lifetime | None
    places: Sequence[Place]
    ways: Sequence[Way]
    dumped: bool
    broken: Sequence[str] = field(default=())

    @property
    def faults(self) -> list[str]:
        """What is not as it must be, a sentence each; none: the device has passed."""
        found = [*self.broken]
        if not self.frames:
            found.append(
                "the half that sees did not come to its end; nothing is proven"
            )
        if not self.records:
            found.append("no record came out of the uplink; nothing is proven of it")
        for place in self.places:
            found += [f"{place.name}: {each}" for each in place.told]
        found += [
            f"way out: {way.attempt.name}: {answered(way.answer)}, not "
            f"{answered(way.attempt.error)}"
            for way in self.ways
            if not way.refused
        ]
        if self.dumped:
            found.append("core dump: the half that sees left its memory on a disk")
        return found

    @property
    def passed(self) -> bool:
        """Whether all is as it must be."""
        return not self.faults


def answered(error: int) -> str:
    """Return what the kernel answered, in its own word."""
    if error == NOT_TRIED:
        return "not tried"
    return errno.errorcode.get(error, str(error)) if error else "open"

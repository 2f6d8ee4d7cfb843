"""What may happen to a device, drawn by lot before the run begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import NamedTuple


class Resource(Enum):
    """What a fault takes away: it must be back before it is taken again."""

    DEVICE = "device"
    VISION = "vision"
    BROKER = "broker"
    NETWORK = "network"
    CARD = "card"
    CLOCK = "clock"


class Nature(NamedTuple):
    """How a kind of fault goes.

    Attributes:
        words: What the table calls it.
        resource: What it takes away.
        weight: How often it happens, beside the others.
        lasts_s_max: How long it lasts at most, of this machine's time.
    """

    words: str
    resource: Resource
    weight: float
    lasts_s_max: float


class Kind(Nature, Enum):
    """Every kind of fault."""

    TELEMETRY = Nature("telemetry half killed (SIGKILL)", Resource.DEVICE, 20, 0)
    TORN = Nature(
        "telemetry half killed, half-written files left", Resource.DEVICE, 8, 0
    )
    VISION = Nature("vision half killed (SIGKILL)", Resource.VISION, 14, 0)
    REBOOT = Nature(
        "all killed at once; boots with a wrong calendar", Resource.CLOCK, 4, 1.5
    )
    BROKER = Nature("broker killed (SIGKILL) and started", Resource.BROKER, 7, 0.8)
    BLIND = Nature(
        "broker killed with what it has acknowledged", Resource.BROKER, 4, 0.8
    )
    RESTART = Nature("broker stopped and started", Resource.BROKER, 7, 0.8)
    CUT = Nature("connection cut within a packet", Resource.NETWORK, 18, 0)
    STALL = Nature("network mute", Resource.NETWORK, 8, 1.5)
    FULL = Nature("disk full", Resource.CARD, 7, 4.0)
    JUMP = Nature("calendar jumps, and is set again", Resource.CLOCK, 7, 1.5)


LASTS_S_MIN = 0.2


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        kind: Of which kind.
        at_s: When, after the beginning.
        lasts_s: For how long.
    """

    kind: Kind
    at_s: float
    lasts_s: float


def plan(random: Random, count: int, span_s: float) -> Iterator[Fault]:
    """Yield so many faults, in their order, at random instants of a span."""
    kinds = list(Kind)
    instants = sorted(random.uniform(0.0, span_s) for _ in range(count))
    # Each kind at least once: a short run prints the same table.
    drawn = kinds[:count] + random.choices(
        kinds, [kind.weight for kind in kinds], k=max(count - len(kinds), 0)
    )
    random.shuffle(drawn)
    for at_s, kind in zip(instants, drawn, strict=True):
        lasts_s = kind.lasts_s_max and random.uniform(LASTS_S_MIN, kind.lasts_s_max)
        yield Fault(kind, at_s, lasts_s)

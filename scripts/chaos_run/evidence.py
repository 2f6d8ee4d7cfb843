"""Reads what the run has left: what was made, kept, done and received."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scripts.chaos_run.faults import Fault
from scripts.chaos_run.listener import Arrival
from scripts.chaos_run.places import Places


class Made(NamedTuple):
    """What an interval was.

    Attributes:
        first_utc_s: When its first look truly was.
        last_utc_s: And its last.
    """

    first_utc_s: float
    last_utc_s: float


class Done(NamedTuple):
    """A fault that was done.

    Attributes:
        fault: Which.
        begun_s: Of this machine's monotonic clock: whom it kills is dead by then.
        ended_s: When it was over.
    """

    fault: Fault
    begun_s: float
    ended_s: float


@dataclass(slots=True)
class Evidence:
    """All that is known at the end.

    Attributes:
        made: Intervals that were watched, by serial number.
        handed: When each was through the wall's opening, by serial number.
        kept: Numbers of records that the device said it keeps.
        kept_alerts: And of alerts.
        asked: Numbers of records that the far side has asked for again.
        asked_alerts: And of alerts.
        arrivals: What the far side received.
        faults: What was done.
    """

    made: dict[int, Made] = field(default_factory=dict)
    handed: dict[int, float] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    kept_alerts: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    asked_alerts: set[int] = field(default_factory=set)
    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[Done] = field(default_factory=list)


class Kept(NamedTuple):
    """Numbers that the device has said so far that it keeps."""

    records: set[int]
    alerts: set[int]


def kept(places: Places) -> Kept:
    """Return the numbers that the device has said so far that it keeps."""
    files = (places.kept, places.kept_alerts)
    return Kept(
        *({int(line) for line in file.read_text("ascii").split()} for file in files)
    )


def gather(
    places: Places, kept: Kept, arrivals: list[Arrival], faults: list[Done]
) -> Evidence:
    """Return what a run has left."""
    found = Evidence(
        kept=kept.records, kept_alerts=kept.alerts, arrivals=arrivals, faults=faults
    )
    for line in places.made.read_text("ascii").splitlines():
        what, serial, *facts = line.split()
        if what == "made":
            found.made[int(serial)] = Made(*map(float, facts))
        else:
            found.handed[int(serial)] = float(facts[0])
    return found


def documents(
    arrivals: list[Arrival], subject: str
) -> list[tuple[float, dict[str, Any]]]:
    """Return what each message of a subject says, and when it came.

    Parsed by nobody's codec.
    """
    return [
        (arrival.time_s, json.loads(arrival.payload))
        for arrival in arrivals
        if arrival.subject == subject
    ]

"""The data chain of one device, in the words of Digital Trust for Places and Routines.

Source: DTPR's taxonomy for devices (https://dtpr.io, Helpful Places, CC BY 4.0): its
categories and the ids of its elements. What is said of each is ours.
"""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tallypost.documents.paperwork import processing
from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.stamp import stamp
from tallypost.telemetry.outbox.records import DAY_S, HISTORY_S

TAXONOMY = "Digital Trust for Places and Routines (https://dtpr.io), CC BY 4.0"
PURPOSE_OF: Mapping[str, str] = {
    "lines": "traffic",
    "zones": "planning_decision_making",
    "car_parks": "mobility",
    "queues": "planning_decision_making",
    "approaches": "traffic",
    "movements": "traffic",
    "crowds": "safety_security",
    "intrusions": "safety_security",
    "stops": "traffic",
    "wrong_ways": "safety_security",
    "heat_maps": "planning_decision_making",
    "conflicts": "safety_security",
}
"""What counting a kind of element is usually for; the host's own words stand beside."""


class Link(NamedTuple):
    """One element of the chain.

    Attributes:
        category: As the taxonomy calls it.
        id: The element's, in that category.
        told: What it means here; None where it is for the host to say.
    """

    category: str
    id: str
    told: str | None


def data_chain(running: Running) -> str:
    """Return the chain as JSON."""
    told = {
        "describes": stamp(running.described()),
        "taxonomy": TAXONOMY,
        "device": running.device,
        "chain": [each._asdict() for each in _links(running)],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _links(running: Running) -> Iterator[Link]:
    host = running.settings.host
    yield Link("accountable", "organization", host.controller)
    for purpose in dict.fromkeys(PURPOSE_OF[each] for each in running.kinds()):
        yield Link("purpose", purpose, host.purpose)
    yield Link(
        "tech",
        "de_identified_video",
        "A camera whose pictures are overwritten on the device once they were looked "
        "at; none is stored or sent.",
    )
    yield Link("data", "values_time", "Counts and durations of one interval each.")
    yield from _processes(running)
    yield Link(
        "access",
        "available_to_the_accountable_organization",
        "; ".join(processing.hearers(running)) or "Nothing leaves the device.",
    )
    yield Link(
        "access",
        "not_available_to_vendor",
        "The device sends where its settings say, and nowhere else.",
    )
    yield Link("storage", "stored_locally", "On the device, until they were sent.")
    yield Link(
        "storage",
        "retained_1_month",
        f"On the device: {HISTORY_S / DAY_S:.0f} days at most, once they were sent.",
    )
    yield Link("retention", "data_retained", host.kept)


def _processes(running: Running) -> Iterator[Link]:
    privacy = running.site.privacy
    yield Link(
        "process", "computer_vision", "A detector and a tracker, both on the device."
    )
    yield Link("process", "de_identified", "On the device, before anything is kept.")
    yield Link("process", "aggregated", f"Over {running.settings.interval_s} s each.")
    if privacy.k > 1:
        yield Link(
            "process",
            "k_anonymity",
            f"Trips, stays and waits of fewer than {privacy.k} are withheld.",
        )
    if privacy.epsilon_per_day is not None:
        yield Link(
            "process",
            "differential_privacy",
            f"Epsilon {privacy.epsilon_per_day:g} a day, for trips and heat maps.",
        )
    if running.broker is not None and running.broker.tls:
        yield Link("process", "transport_layer_security", processing.transport(running))

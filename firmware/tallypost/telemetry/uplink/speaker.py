"""Who speaks and listens through a connection, whichever connection it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tallypost.board.base import Board
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.uplink.base import Hearer
from tallypost.telemetry.uplink.ear import Ear
from tallypost.telemetry.uplink.manner import MANNERS, Manner, Qos
from tallypost.telemetry.uplink.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a fleet wants to be spoken to.

    Attributes:
        topic_prefix: What every topic begins with.
        alert_qos: Quality of service of alerts; 2 has the broker see to it that none
            is told twice.
        facts: What a status says of the device while it is there, beside that it is.
    """

    topic_prefix: str = "tallypost"
    alert_qos: Qos = 1
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A device, as a broker sees it.

    Attributes:
        topics: Where it speaks.
        facts: What its status says of it while it is there, beside that it is.
        manners: How each subject is to be carried.
        ear: Hears what the far side says; None subscribes to nothing.
    """

    topics: Topics
    facts: Mapping[str, object]
    manners: Mapping[Subject, Manner]
    ear: Ear | None


def speaker(
    device: str, terms: Terms, on_downlink: Hearer | None, board: Board
) -> Speaker:
    """Return who speaks for a device on these terms; without a hearer, one is deaf.

    Raises:
        UplinkError: A topic that nobody may publish to.
    """
    topics = Topics(terms.topic_prefix, device)
    return Speaker(
        topics=topics,
        facts=terms.facts,
        manners={**MANNERS, Subject.ALERT: Manner(qos=terms.alert_qos)},
        ear=on_downlink and Ear(topics.downlinks(), on_downlink, board),
    )

"""How MQTT is to carry each subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tallypost.domain.words import DAY_S
from tallypost.telemetry.codec.message import Subject

Qos = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a broker is to treat a message.

    Attributes:
        qos: 1 where it may come twice, 2 where the broker sees to it that it does not.
        retain: The broker shows the newest to whoever subscribes later.
        expiry_s: The broker may forget it after so long; None for what must arrive,
            however late. MQTT 5 only.
    """

    qos: Qos = 1
    retain: bool = False
    expiry_s: int | None = None


MANNERS: Mapping[Subject, Manner] = {
    Subject.ALERT: Manner(),
    Subject.KPI: Manner(),
    Subject.BATCH: Manner(),
    Subject.HEALTH: Manner(retain=True, expiry_s=7 * DAY_S),
    Subject.REPLY: Manner(expiry_s=DAY_S),
    Subject.REPORTED: Manner(retain=True),
    Subject.TIME_REQUEST: Manner(expiry_s=30),
}
STATUS = Manner(retain=True)
"""Whether the device is there: as for the subjects, and for the broker's will."""

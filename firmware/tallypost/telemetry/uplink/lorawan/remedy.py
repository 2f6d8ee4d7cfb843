"""What each error of a modem asks for."""

from enum import Enum
from typing import NamedTuple

from tallypost.domain.health import Trouble
from tallypost.errors import (
    DutyCycleError,
    JoinRefusedError,
    ModemBusyError,
    ModemError,
    ModemRestartedError,
    NotJoinedError,
)

BUSY_S = 5.0
REFUSED_S = 60.0
"""How long to leave a modem alone that has no airtime and does not say until when."""

PAUSE_S_MAX = 3600.0
"""A modem that says to wait for longer is asked again: a digit too many, or noise, must
not silence the link for days, and to be refused once more costs no airtime."""


class Step(Enum):
    """What is to be done."""

    WAIT = "wait"
    JOIN_LATER = "join_later"
    JOIN_ANEW = "join_anew"
    REOPEN = "reopen"


class Remedy(NamedTuple):
    """What is to be done, and how it counts.

    Attributes:
        step: What.
        trouble: What it is called in health; None where it is none.
        pause_s: For how long the modem is left alone, where that is known.
    """

    step: Step
    trouble: Trouble | None = None
    pause_s: float = 0.0


def remedy(error: ModemError) -> Remedy:
    """Return what an error asks for."""
    match error:
        case DutyCycleError(wait_s=wait_s):
            pause_s = REFUSED_S if wait_s is None else min(wait_s, PAUSE_S_MAX)
            return Remedy(Step.WAIT, None, pause_s)
        case ModemBusyError():
            return Remedy(Step.WAIT, None, BUSY_S)
        case JoinRefusedError():
            return Remedy(Step.JOIN_LATER, Trouble.REFUSED)
        case ModemRestartedError() | NotJoinedError():
            return Remedy(Step.JOIN_ANEW, Trouble.CUT)
        case _:
            return Remedy(Step.REOPEN, Trouble.UNREACHABLE)

"""Says in words, and by its class, what a modem would not do."""

from tallypost.errors import (
    DutyCycleError,
    ModemBusyError,
    ModemError,
    ModemRefusedError,
    NotJoinedError,
    PayloadTooLongError,
)
from tallypost.telemetry.uplink.modem.words import Told, Verdict


def refusal(
    place: str, told: Told, shown: str, restricted_s: float | None
) -> ModemError:
    """Return the error for a command that was refused.

    Args:
        place: Which modem, where.
        told: How it was refused.
        shown: The command, as far as it may be told: never a key.
        restricted_s: For how long no airtime is left, if the modem said so; then "busy"
            means that.
    """
    error: ModemError
    match told.verdict:
        case Verdict.BUSY if restricted_s is None:
            error = ModemBusyError(f"{place}: is still busy; ask again soon")
        case Verdict.AIRTIME | Verdict.BUSY:
            error = no_airtime(place, told.wait_s or restricted_s)
        case Verdict.NOT_JOINED:
            error = NotJoinedError(f"{place}: is in no network; join first")
        case Verdict.TOO_LONG:
            error = too_long(place, told.bytes_max or 0)
        case Verdict.SILENCED:
            error = ModemRefusedError(
                f"{place}: the network has told it to be silent; ask its operator why"
            )
        case _:
            error = ModemRefusedError(
                f"{place}: {shown} was refused ({told.verdict.value}); update its "
                "firmware, or mend the settings that it comes from"
            )
    return error


def no_airtime(place: str, wait_s: float | None) -> DutyCycleError:
    """Return the error for an uplink that must wait."""
    long = "a while" if wait_s is None else f"{wait_s:.0f} s"
    return DutyCycleError(f"{place}: no airtime is left; wait for {long}", wait_s)


def too_long(place: str, bytes_max: int) -> PayloadTooLongError:
    """Return the error for a payload that does not fit."""
    return PayloadTooLongError(
        f"{place}: this does not fit; send at most {bytes_max} bytes just now",
        bytes_max,
    )

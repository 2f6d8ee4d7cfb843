"""Intervals that were made longer from afar, where no settings can be sent.

A radio network carries no settings, but one number: it stands in a file beside the
outbox, and is never below what the device's own settings say.
"""

from contextlib import suppress
from pathlib import Path

from tallypost.domain.words import DAY_S
from tallypost.durable import write_durably
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings

INTERVAL_S_MAX = 3600
DIGITS_MAX = 8


def interval_file(settings: DeviceSettings) -> Path:
    """Return where the number stands."""
    return settings.outbox.path.with_name(f"{settings.outbox.path.name}.interval")


def slowed(settings: DeviceSettings) -> DeviceSettings:
    """Return settings with the longer interval, where one was asked for by radio."""
    if settings.radio is None:
        return settings
    with suppress(OSError, ValueError):
        text = interval_file(settings).read_text("ascii")[:DIGITS_MAX]
        interval_s = int(text)
        if fault_of(interval_s, settings) is None:
            return settings.model_copy(update={"interval_s": interval_s})
    return settings


def keep_interval(interval_s: int, own: DeviceSettings) -> None:
    """Have intervals be so long from the next start on.

    Args:
        interval_s: How long.
        own: What the device's own file says.

    Raises:
        SettingsError: They may not be so long, or the disk refuses.
    """
    path = interval_file(own)
    fault = fault_of(interval_s, own)
    if fault is None:
        try:
            write_durably(path, f"{interval_s}\n".encode())
        except OSError as error:
            fault = f"cannot be kept ({error.strerror})"
    if fault is not None:
        raise SettingsError(str(path), [f"interval_s: {fault}"])


def fault_of(interval_s: int, own: DeviceSettings) -> str | None:
    """Return why intervals may not be so long; None where they may."""
    if interval_s < own.interval_s:
        return (
            f"{interval_s} is below {own.interval_s}; may be made longer from afar, "
            "never shorter: short intervals tell of single people"
        )
    if interval_s > INTERVAL_S_MAX or DAY_S % interval_s:
        return (
            f"{interval_s} is above {INTERVAL_S_MAX}, or does not divide a day evenly"
        )
    return None

"""Takes settings from operators to those who judge them, and tells what became."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from tallypost.domain.desired import Desired, Reported, Standing
from tallypost.errors import RecordError, SettingsError
from tallypost.telemetry.codec.settings_v1 import ENVELOPE_BYTES_MAX, decode_desired
from tallypost.telemetry.codec.signed import Purpose, read_envelope
from tallypost.telemetry.remote.keys import KeyRing
from tallypost.telemetry.remote.orders import distrust

CUT_SHORT = "the device stopped while it judged these; send them with a higher revision"

_logger = logging.getLogger(__name__)


class Settlement(Protocol):
    """Where settings from afar are judged, tried and kept."""

    def reported(self) -> Reported:
        """Return what is in force, and what became of what came last."""
        ...

    def faults(self, desired: Desired) -> Sequence[str]:
        """Return everything that speaks against settings, all at once."""
        ...

    def refuse(self, desired: Desired, faults: Sequence[str]) -> None:
        """Keep in mind that settings were refused.

        Raises:
            SettingsError: The disk refuses.
        """
        ...

    def adopt(self, desired: Desired) -> None:
        """Put settings in force on trial; both halves soon start anew.

        Raises:
            SettingsError: The disk refuses; nothing has changed.
        """
        ...

    def confirm(self) -> bool:
        """Say that the device delivers; return whether that ended a trial.

        Raises:
            SettingsError: The disk refuses.
        """
        ...


class Desk:
    """Heeds settings.

    Args:
        device: Who we are.
        ring: Whose keys are heeded.
        settlement: Where settings go.
    """

    def __init__(self, *, device: str, ring: KeyRing, settlement: Settlement) -> None:
        self._device = device
        self._ring = ring
        self._settlement = settlement

    def heed(self, envelope: bytes) -> tuple[Reported | None, bool]:
        """Return what to report, if anything, and whether an operator has signed it.

        Args:
            envelope: As it came, whoever sent it.
        """
        try:
            desired = self._believe(envelope)
        except RecordError as error:
            # The broker keeps it, and sends it again whenever we connect.
            _logger.warning("settings from afar not heeded reason=%s", error)
            return None, False
        return self._heed_believed(desired), True

    def _believe(self, envelope: bytes) -> Desired:
        """Return settings that an operator has signed for us.

        Raises:
            RecordError: There are none; says why.
        """
        sealed = read_envelope(envelope, Purpose.SETTINGS, bytes_max=ENVELOPE_BYTES_MAX)
        reason = distrust(sealed, self._ring)
        if reason:
            raise RecordError(reason)
        desired = decode_desired(sealed.body)
        if desired.device != self._device:
            raise RecordError("device: is another")
        return desired

    def _heed_believed(self, desired: Desired) -> Reported | None:
        now = self._settlement.reported()
        if now.digest == desired.digest:
            return now
        if now.revision is not None and desired.revision <= now.revision:
            _logger.warning(
                "settings from afar are old revision=%d known=%d",
                *(desired.revision, now.revision),
            )
            return now
        try:
            # Written down first: the broker keeps them, and settings over which a half
            # ended would end it again and again.
            self._settlement.refuse(desired, [CUT_SHORT])
            faults = self._settlement.faults(desired)
            if faults:
                self._settlement.refuse(desired, faults)
                return self._settlement.reported()
            self._settlement.adopt(desired)
        except SettingsError as error:
            return replace(
                now,
                standing=Standing.REFUSED,
                revision=desired.revision,
                digest=desired.digest,
                faults=error.faults,
            )
        return None

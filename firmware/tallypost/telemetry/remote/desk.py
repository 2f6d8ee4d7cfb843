"""Takes settings from operators to those who judge them, and tells what became."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from tallypost.domain.desired import Desired, Refusal, Reported, Standing
from tallypost.errors import RecordError, SettingsError
from tallypost.telemetry.codec.settings_v1 import (
    ENVELOPE_BYTES_MAX,
    decode_desired,
    refusal,
)
from tallypost.telemetry.codec.signed import Purpose, Sealed, read_envelope
from tallypost.telemetry.remote.keys import KeyRing
from tallypost.telemetry.remote.orders import distrust

CUT_SHORT = "the device stopped while it judged these; send them with a higher revision"


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

    def heed(self, envelope: bytes) -> Reported | Refusal | None:
        """Return what to report, if anything; a refusal where no operator has signed.

        Args:
            envelope: As it came, whoever sent it.
        """
        try:
            sealed = read_envelope(
                envelope, Purpose.SETTINGS, bytes_max=ENVELOPE_BYTES_MAX
            )
        except RecordError as error:
            return Refusal(reason=str(error))
        try:
            desired = self._believe(sealed)
        except RecordError as error:
            return refusal(sealed.body, str(error))
        return self._heed_believed(desired, sealed.body)

    def _believe(self, sealed: Sealed) -> Desired:
        """Return settings that an operator has signed for us.

        Raises:
            RecordError: There are none; says why.
        """
        reason = distrust(sealed, self._ring)
        if reason:
            raise RecordError(reason)
        desired = decode_desired(sealed.body)
        if desired.device != self._device:
            raise RecordError("device: is another")
        return desired

    def _heed_believed(self, desired: Desired, body: bytes) -> Reported | None:
        now = self._settlement.reported()
        if now.digest == desired.digest:
            return now
        if now.revision is not None and desired.revision <= now.revision:
            told = f"revision: {desired.revision} is not above {now.revision}"
            return replace(now, refused=refusal(body, told))
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

"""Does what operators ask, once each has been believed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.domain.commands import (
    Command,
    Identify,
    NewTlsKey,
    Outcome,
    Reboot,
    Report,
    ReportAlerts,
    RevokeKey,
    SetLogLevel,
    TakeCertificate,
    TrustKey,
    Update,
)
from tallypost.errors import (
    ActuatorError,
    ActuatorUnsupportedError,
    IdentityError,
    OutboxError,
    RemoteStateError,
    SettingsError,
)
from tallypost.telemetry.remote.base import Histories
from tallypost.telemetry.remote.identity import Identity
from tallypost.telemetry.remote.keys import KeyRing

AFTER_S = 5.0
"""How long an answer may take to leave before the machine reboots."""
OURS = "tallypost"
"""The root of all our loggers."""

_logger = logging.getLogger(__name__)


class Identities(Protocol):
    """What can change the certificate that the device shows."""

    def adopt_identity(self, key: bytes, certificates: bytes) -> None:
        """Use them from now on, on trial.

        Raises:
            SettingsError: They cannot be kept, or no link would use them.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a command: as in the answer."""

    outcome: Outcome = Outcome.DONE
    reason: str | None = None
    records: int | None = None
    request: str | None = None


class Hands:
    """Carries out commands; what lasts for some time ends in `tick`.

    Args:
        histories: Where records and alerts are sent from again.
        actuator: The board's hands.
        ring: Whose keys are heeded.
        identity: The key that waits for a certificate.
        identities: Where it is put to use.
        board: Whose monotonic clock ends what is to last for some time.
    """

    def __init__(
        self,
        *,
        histories: Histories,
        actuator: Actuator,
        ring: KeyRing,
        identity: Identity,
        identities: Identities,
        board: Board,
    ) -> None:
        self._histories = histories
        self._actuator = actuator
        self._ring = ring
        self._identity = identity
        self._identities = identities
        self._board = board
        self._later: dict[str, tuple[float, Callable[[], None]]] = {}

    def carry_out(self, command: Command) -> Done:
        """Do what is asked; whatever goes wrong is told in the outcome."""
        try:
            return self._do(command)
        except ActuatorUnsupportedError as error:
            return Done(outcome=Outcome.UNSUPPORTED, reason=str(error))
        except (IdentityError, SettingsError) as error:
            return Done(outcome=Outcome.REFUSED, reason=str(error))
        except (ActuatorError, OutboxError, RemoteStateError) as error:
            return Done(outcome=Outcome.FAILED, reason=str(error))

    def tick(self) -> None:
        """End what has lasted long enough, begin what was to wait."""
        now_s = self._board.monotonic_s()
        for name, (due_s, act) in list(self._later.items()):
            if now_s >= due_s:
                del self._later[name]
                _act(name, act)

    def close(self) -> None:
        """End what goes on, do what was promised; closing twice is harmless."""
        later, self._later = self._later, {}
        for name, (_, act) in later.items():
            _act(name, act)

    def _do(self, command: Command) -> Done:
        match command:
            case Report(first_seq=first, last_seq=last):
                return Done(records=self._histories.ask_again(first, last))
            case ReportAlerts(first_seq=first, last_seq=last):
                return Done(records=self._histories.alerts.ask_again(first, last))
            case Reboot():
                self._after("reboot", AFTER_S, self._actuator.reboot)
            case Identify(duration_s=duration_s):
                self._actuator.blink(on=True)
                self._after("blink", duration_s, self._leave_off)
            case SetLogLevel(level=level, duration_s=duration_s):
                logging.getLogger(OURS).setLevel(level.value.upper())
                self._after("log level", duration_s, _usual_log)
            case Update(version=version):
                self._actuator.update(version)
            case _:
                return self._do_with_keys(command)
        return Done()

    def _do_with_keys(
        self, command: TrustKey | RevokeKey | NewTlsKey | TakeCertificate
    ) -> Done:
        match command:
            case TrustKey(public_key=public_key):
                return _unless(self._ring.trust(public_key))
            case RevokeKey(key=key):
                return _unless(self._ring.revoke(key))
            case NewTlsKey():
                return Done(request=self._identity.renew())
            case TakeCertificate(certificate=chain):
                self._identities.adopt_identity(*self._identity.certified(chain))
                return Done(reason="on trial: `reported` tells whether it proves good")

    def _leave_off(self) -> None:
        self._actuator.blink(on=False)

    def _after(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._later[name] = (self._board.monotonic_s() + seconds, act)


def _unless(refusal: str) -> Done:
    return Done(outcome=Outcome.REFUSED, reason=refusal) if refusal else Done()


def _usual_log() -> None:
    logging.getLogger(OURS).setLevel(logging.NOTSET)


def _act(name: str, act: Callable[[], None]) -> None:
    try:
        act()
    except ActuatorError as error:
        _logger.error("command failed afterwards what=%s reason=%s", name, error)  # noqa: TRY400

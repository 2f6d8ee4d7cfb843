"""What can go wrong, one class for each thing that a caller does differently.

TallypostError                     says in one sentence what a person must mend
├── SettingsError                  a file of settings: all its faults at once
├── CameraError                    the camera, or what stands in for it
│   ├── CameraUnavailableError     not there, or gone; opening it afresh may help
│   └── FootageError               no pictures in it; trying again will not help
├── ModelError                     this model cannot be used as it stands
│   └── DownloadError              no source gave the file that was asked for
│       └── DownloadFolderError    its folder cannot take it: no other source will help
├── RecordingError                 recorded detections that cannot be read
├── RecordError                    a record that breaks the closed schema
├── CodecError                     bytes of a radio frame that are none of ours
├── WallError                      the other half says what it must not, or is gone
├── LockInError                    the half that sees cannot be locked in: it must not
├── PrivacyTestError               the test could not be held: nothing is proven
├── OutboxError                    records cannot be kept
│   ├── OutboxBusyError            another tallypost holds this outbox
│   ├── HistoryError               what it holds cannot be read from beside
│   └── OutboxUnavailableError     the disk is full or refuses: try again later
├── ActuatorError                  the board was asked to do something, and did not
│   └── ActuatorUnsupportedError   it has nothing to do it with
├── PinsError                      a light, a button or a switch cannot be had
├── SimulationError                what is simulated cannot be set up as it is asked
├── RefusalError                   what lies on the boot partition cannot be taken
├── IdentityError                  a certificate that this device cannot take
├── SigningError                measurements cannot be signed: they go out unsigned
├── PaperError                 a paper cannot be made as it is asked
├── AcceptanceError                what a technician asked for cannot be done so
├── PanelError                     the panel cannot begin as its folder stands
├── RemoteStateError               what operators were told cannot be kept or read
└── UplinkError                    records cannot be handed over
    └── UplinkUnavailableError     the link is down or slow: try again later
"""

from collections.abc import Sequence


class TallypostError(Exception):
    """Says in one sentence what a person must mend; never carries a secret."""


class SettingsError(TallypostError):
    """A file of settings cannot be accepted.

    Attributes:
        place: The file's path, as it was given.
        faults: One sentence for each fault: the key's path, the fact, the wish.
    """

    def __init__(self, place: str, faults: Sequence[str]) -> None:
        self.place = place
        self.faults = tuple(faults)
        count = len(self.faults)
        noun = "setting" if count == 1 else "settings"
        lines = "".join(f"\n  {fault}" for fault in self.faults)
        super().__init__(f"{place}: {count} {noun} cannot be accepted{lines}")


class CameraError(TallypostError):
    """The camera, or what stands in for it, cannot give pictures."""


class CameraUnavailableError(CameraError):
    """The camera cannot be opened, or is gone; opening it afresh may help."""


class FootageError(CameraError):
    """These bytes are no pictures, and trying again will not help."""


class ModelError(TallypostError):
    """This model cannot be used as it stands."""


class DownloadError(ModelError):
    """No source gave the file that was asked for."""


class DownloadFolderError(DownloadError):
    """The folder cannot take the file: another source will not help."""


class RecordingError(TallypostError):
    """Recorded detections cannot be read."""


class RecordError(TallypostError):
    """A record breaks the closed schema."""


class CodecError(TallypostError):
    """These bytes are no radio frame of ours, or what shall be in one does not fit."""


class WallError(TallypostError):
    """The other half says what it must not, or is gone: this half must end."""


class LockInError(TallypostError):
    """The half that sees cannot be locked in: it must not see."""


class PrivacyTestError(TallypostError):
    """The test could not be held: nothing is proven, neither way."""


class OutboxError(TallypostError):
    """Records cannot be kept."""


class OutboxBusyError(OutboxError):
    """Another tallypost holds this outbox."""


class HistoryError(OutboxError):
    """What an outbox holds cannot be read from beside: it is none, or not readable."""


class OutboxUnavailableError(OutboxError):
    """The disk is full or refuses: keep the record in memory and try again later."""


class ActuatorError(TallypostError):
    """The board was asked to do something, and did not."""


class ActuatorUnsupportedError(ActuatorError):
    """The board has nothing to do it with."""


class PinsError(TallypostError):
    """A light, a button or a switch of the board cannot be had, or is gone."""


class SimulationError(TallypostError):
    """What is simulated cannot be set up as it is asked."""


class RefusalError(TallypostError):
    """What lies on the boot partition cannot be taken: all that speaks against it.

    Attributes:
        verdict: In one word: one of `tallypost.domain.first_start`.
        faults: In sentences; none of them tells a secret.
    """

    def __init__(self, verdict: str, faults: Sequence[str]) -> None:
        self.verdict = verdict
        self.faults = tuple(faults)
        super().__init__("".join(f"\n  {fault}" for fault in self.faults))


class IdentityError(TallypostError):
    """A certificate that this device cannot take as it stands."""


class SigningError(TallypostError):
    """What was measured cannot be signed: it goes out, and stays, unsigned."""


class PaperError(TallypostError):
    """A paper cannot be made as it is asked; the others can."""


class PanelError(TallypostError):
    """The panel cannot begin as its folder and its addresses stand."""


class RemoteStateError(TallypostError):
    """What operators were told, or asked, cannot be kept or read: heed nobody."""


class UplinkError(TallypostError):
    """Records cannot be handed over."""


class UplinkUnavailableError(UplinkError):
    """The link is down or slow: try again later."""


class ModemError(UplinkError):
    """The modem was asked for something, and did not do it."""


class ModemLostError(ModemError):
    """The modem was unplugged, or says nothing: open it afresh."""


class ModemRestartedError(ModemError):
    """The modem started afresh by itself: configure it, and join again."""


class ModemBusyError(ModemError):
    """The modem is still at something: ask again soon."""


class ModemRefusedError(ModemError):
    """The modem will not do this as it is asked: a person must mend that."""


class JoinRefusedError(ModemError):
    """No network let the modem in: ask seldom, and ever more seldom."""


class NotJoinedError(ModemError):
    """The modem is in no network: join first."""


class DutyCycleError(ModemError):
    """No airtime is left just now.

    Attributes:
        wait_s: For how long; None where the modem does not say.
    """

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        self.wait_s = wait_s
        super().__init__(message)


class PayloadTooLongError(ModemError):
    """This does not fit into an uplink just now.

    Attributes:
        max_bytes: How many bytes fit.
    """

    def __init__(self, message: str, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        super().__init__(message)


class AcceptanceError(TallypostError):
    """What a technician asked for, or what is kept of it, cannot be used as it is."""

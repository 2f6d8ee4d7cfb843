"""What a process of ours ends with: a promise to scripts and to the daemon."""

from tallypost.errors import (
    CameraError,
    FootageError,
    HistoryError,
    LockInError,
    ModelError,
    OutboxError,
    PanelError,
    RecordingError,
    SettingsError,
    SimulationError,
    TallypostError,
    UplinkError,
    WallError,
)

OK = 0
FAILED = 1
MEND_IT = 2
CAMERA = 3
MODEL = 4
OUTBOX = 5
UPLINK = 6
FOOTAGE = 7
WALL = 8
LOCK_IN = 9


_CODES: tuple[tuple[type[TallypostError], int], ...] = (
    (SettingsError, MEND_IT),
    (HistoryError, MEND_IT),
    (SimulationError, MEND_IT),
    (PanelError, MEND_IT),
    (FootageError, FOOTAGE),
    (RecordingError, FOOTAGE),
    (CameraError, CAMERA),
    (ModelError, MODEL),
    (OutboxError, OUTBOX),
    (UplinkError, UPLINK),
    (WallError, WALL),
    (LockInError, LOCK_IN),
)


def exit_code(error: TallypostError) -> int:
    """Return the exit code that belongs to an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)

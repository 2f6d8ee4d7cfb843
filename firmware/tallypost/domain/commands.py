"""What an operator may ask of a device: a closed list, and nothing on it is a picture.

A command is a word with plain fields; its JSON, its schema and its table in the docs
follow from their types.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from annotated_types import Ge, Le, MaxLen

from tallypost.domain.words import DAY_S, Name, always

COMMAND_SCHEMA = "tallypost.command/1"
REPLY_SCHEMA = "tallypost.reply/1"
EVERYBODY = "*"
"""In place of a device's name: whoever hears it."""
SEQ_MAX = 2**62
COUNTER_MAX = 2**62
CERTIFICATE_CHARACTERS_MAX = 16_384
LIFETIME_S_MAX = 7 * DAY_S
"""A device that has lost its memory may be made to do again what is younger."""

Seq = Annotated[int, Ge(1), Le(SEQ_MAX)]
KeyText = Annotated[str, MaxLen(64)]


class LogLevel(StrEnum):
    """How much a device writes into its log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Send records again that the device still has.

    Attributes:
        first_seq: The first record's number.
        last_seq: The last one's, which counts too.
    """

    first_seq: Seq = always()
    last_seq: Seq = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAlerts:
    """Send alerts again that the device still has.

    Attributes:
        first_seq: The first alert's number; alerts are counted apart from records.
        last_seq: The last one's, which counts too.
    """

    first_seq: Seq = always()
    last_seq: Seq = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reboot:
    """Start the whole machine anew; it is answered before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Blink, so that somebody at the foot of the pole sees which box it is.

    Attributes:
        duration_s: For how long.
    """

    duration_s: Annotated[int, Ge(1), Le(3600)] = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLogLevel:
    """Write more into the log of the half that speaks, or less, for some time.

    Attributes:
        level: What is written, and what is graver.
        duration_s: For how long.
    """

    level: LogLevel = always()
    duration_s: Annotated[int, Ge(1), Le(DAY_S)] = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Take another version of the software, where the machine can.

    Attributes:
        version: Which.
    """

    version: Name = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustKey:
    """Heed one more operator key from now on.

    Attributes:
        public_key: Its 32 bytes (Ed25519) as 64 hexadecimal digits.
    """

    public_key: KeyText = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """Heed an operator key no more, for ever; the last one cannot be revoked.

    Attributes:
        key: Its id.
    """

    key: KeyText = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTlsKey:
    """Make a new private key, which never leaves the device, and ask for a certificate.

    The answer carries the request (PKCS #10, PEM).
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCertificate:
    """Use the newly made key with this certificate, on trial until it has proved good.

    Attributes:
        certificate: The certificate and those between it and its authority, PEM.
    """

    certificate: Annotated[str, MaxLen(CERTIFICATE_CHARACTERS_MAX)] = always()


Command = (
    Report
    | ReportAlerts
    | Reboot
    | Identify
    | SetLogLevel
    | Update
    | TrustKey
    | RevokeKey
    | NewTlsKey
    | TakeCertificate
)
COMMANDS: Mapping[str, type[Command]] = {
    "report": Report,
    "report_alerts": ReportAlerts,
    "reboot": Reboot,
    "identify": Identify,
    "log_level": SetLogLevel,
    "update": Update,
    "trust_key": TrustKey,
    "revoke_key": RevokeKey,
    "new_tls_key": NewTlsKey,
    "take_certificate": TakeCertificate,
}
"""All commands by their names."""
FOR_EVERYBODY = (Identify, SetLogLevel, TrustKey, RevokeKey)
"""What may be asked of all devices at once: it stops no count, loads no link and is not
about one device alone; and a stolen key must be revoked everywhere at once."""


def name_of(command: Command) -> str:
    """Return a command's name."""
    return next(name for name, kind in COMMANDS.items() if isinstance(command, kind))


class Outcome(StrEnum):
    """What became of a command."""

    DONE = "done"
    REFUSED = "refused"
    """It may not be done, or makes no sense here."""
    FAILED = "failed"
    """It was tried, and did not succeed; or a power cut came between."""
    EXPIRED = "expired"
    REPLAYED = "replayed"
    """Its counter was used before, by another command or one that is forgotten."""
    UNSUPPORTED = "unsupported"
    """This machine has nothing to do it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command, and to whom and when it is given.

    Attributes:
        device: Who shall heed it; `*` is everybody.
        counter: Above that of every command which this key has signed before.
        issued_utc_s: When it was signed, seconds since 1970.
        expires_utc_s: From when on it must not be done any more.
        command: What to do.
    """

    device: str
    counter: int
    issued_utc_s: float
    expires_utc_s: float
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a device answers.

    Attributes:
        device: Who answers.
        outcome: What became of it.
        key: The id of the key that signed the command, as it was claimed.
        counter: The command's own; absent where the command could not be believed.
        command: Its name; absent likewise.
        reason: Why it was not done, or what there is to know.
        records: How many records, or alerts, are sent again.
        request: What an authority shall sign (PKCS #10, PEM).
    """

    device: Name = always()
    outcome: Outcome = always()
    key: KeyText | None = None
    counter: Annotated[int, Ge(1), Le(COUNTER_MAX)] | None = None
    command: KeyText | None = None
    reason: Annotated[str, MaxLen(1024)] | None = None
    records: Annotated[int, Ge(0), Le(SEQ_MAX)] | None = None
    request: Annotated[str, MaxLen(CERTIFICATE_CHARACTERS_MAX)] | None = field(
        default=None, repr=False
    )

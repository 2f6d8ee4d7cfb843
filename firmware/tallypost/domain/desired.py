"""What an operator wants a device to be set to, and what the device says of that."""

from dataclasses import dataclass
from enum import StrEnum

DESIRED_SCHEMA = "tallypost.desired/1"
REPORTED_SCHEMA = "tallypost.reported/1"
REVISION_MAX = 2**62
FAULTS_MAX = 30
FAULT_CHARACTERS_MAX = 400
"""So much of what speaks against settings is kept and told: a person mends it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """Settings from afar; what they leave out is as the device's own files say.

    Attributes:
        device: Whose they are.
        revision: Above that of all settings that this device was sent before.
        site: A whole `site.toml`, or None for the device's own.
        settings: The part of `tallypost.toml` that is to be otherwise, or None.
        digest: `sha256:...` of the body that carried them, what tells it from another.
    """

    device: str
    revision: int
    site: str | None
    settings: str | None
    digest: str


class Standing(StrEnum):
    """What became of the settings that came last."""

    LOCAL = "local"
    """None ever came: the device's own files are in force."""
    TRIAL = "trial"
    """They are in force, and have to prove that the device still delivers."""
    SETTLED = "settled"
    """They are in force."""
    REFUSED = "refused"
    """They have faults, or may not be set from afar; nothing has changed."""
    ROLLED_BACK = "rolled_back"
    """They were tried and taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why settings were not heeded; nothing has changed, and nobody keeps it in mind.

    Attributes:
        reason: In one sentence.
        revision: Theirs, as it was claimed; None where they claim none.
        digest: `sha256:...` of their body; None where there is none.
    """

    reason: str
    revision: int | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a device says of its settings from afar.

    Attributes:
        device: Who says so.
        standing: What became of those that came last.
        revision: Theirs; None where none ever came.
        digest: `sha256:...` of their body.
        in_force: The revision that is in force; None where the device's own files are.
        identity: Which certificate from afar is in use, counted from 1 as they came;
            None where the device's own is.
        identity_state: What became of the certificate that came last from afar; None
            where none ever came.
        identity_fault: Why that one was taken back.
        site: `sha256:...` of the site in force, as records tell it.
        faults: Why they were refused or taken back, one sentence for each.
        refused: What was just sent and not heeded: nobody known has signed it, or it is
            older than what came last.
    """

    device: str
    standing: Standing
    revision: int | None = None
    digest: str | None = None
    in_force: int | None = None
    identity: int | None = None
    identity_state: Standing | None = None
    identity_fault: str | None = None
    site: str | None = None
    faults: tuple[str, ...] = ()
    refused: Refusal | None = None

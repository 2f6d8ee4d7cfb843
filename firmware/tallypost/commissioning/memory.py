"""What a device knows of the bundles that it took, through power cuts at any moment.

    state.json     the last bundle that was taken: by it later ones are judged
    pending.json   a bundle that is being taken: from its appearance on it is taken, and
                   whoever finds it finishes what was begun

Both are put in place whole.
"""

from dataclasses import dataclass
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.bundle import COUNTER_MAX, ENVELOPE_BYTES_MAX
from tallypost.domain.bundle_fields import device_name, digest, or_null
from tallypost.domain.first_start import Verdict
from tallypost.domain.json_text import parse_document, spell
from tallypost.durable import make_folder_durably, sync_folder, write_durably
from tallypost.errors import RecordError, RefusalError

STATE, PENDING = "state.json", "pending.json"
STATE_SCHEMA = "tallypost.commissioning/1"
PENDING_SCHEMA = "tallypost.pending-bundle/1"
STATE_BYTES_MAX = 4096
PENDING_BYTES_MAX = 2 * ENVELOPE_BYTES_MAX
"""An envelope as a text in JSON: some of its characters take two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The last bundle that was taken.

    Attributes:
        device: Whom it made of this machine.
        counter: No other of this number or below is taken any more.
        signer: The only public key that is believed from now on, 32 bytes.
        digest: What tells it from every other bundle.
        utc_s: When, if that is known.
    """

    device: str
    counter: int
    signer: bytes
    digest: str
    utc_s: float | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A bundle that was found good, and is being taken.

    Attributes:
        envelope: As it was signed.
        signer: The public key that was believed, 32 bytes.
    """

    envelope: bytes
    signer: bytes


class Memory:
    """Both files, in a folder of their own.

    Args:
        folder: Is made when something is first written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def is_settled(self) -> bool:
        """Whether a bundle was taken, and nothing is left to be done for it."""
        begun = (self._folder / PENDING).exists()
        return (self._folder / STATE).exists() and not begun

    def taken(self) -> Taken | None:
        """Return the last bundle that was taken; None where none ever was.

        Raises:
            RefusalError: That cannot be known: then nobody is to be believed.
        """
        raw = self._read(STATE, STATE_BYTES_MAX)
        try:
            return None if raw is None else _taken(raw)
        except RecordError as error:
            raise self._damaged(STATE, error) from error

    def keep(self, taken: Taken) -> None:
        """Remember the last bundle that was taken.

        Raises:
            OSError: The disk refuses.
        """
        told = {
            "schema": STATE_SCHEMA,
            "device": taken.device,
            "counter": taken.counter,
            "signer": taken.signer.hex(),
            "digest": taken.digest,
            "taken": None if taken.utc_s is None else fields.instant_text(taken.utc_s),
        }
        self._write(STATE, spell(told))

    def pending(self) -> Pending | None:
        """Return the bundle that is being taken; None where none is.

        Raises:
            RefusalError: What is there cannot be read any more.
        """
        raw = self._read(PENDING, PENDING_BYTES_MAX)
        try:
            return None if raw is None else _pending(raw)
        except RecordError as error:
            raise self._damaged(PENDING, error) from error

    def begin(self, pending: Pending) -> None:
        """Take a bundle: on return, power cuts cannot take that back.

        Raises:
            OSError: The disk refuses; it is not taken.
        """
        told = {
            "schema": PENDING_SCHEMA,
            "envelope": pending.envelope.decode(),
            "signer": pending.signer.hex(),
        }
        self._write(PENDING, spell(told))

    def end(self) -> None:
        """Say that all is done that taking a bundle means.

        Raises:
            OSError: The disk refuses; it will be done once more.
        """
        (self._folder / PENDING).unlink(missing_ok=True)
        sync_folder(self._folder)

    def _read(self, name: str, bytes_max: int) -> bytes | None:
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(bytes_max + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._damaged(name, error.strerror) from error

    def _write(self, name: str, data: bytes) -> None:
        make_folder_durably(self._folder)
        write_durably(self._folder / name, data)

    def _damaged(self, name: str, why: object) -> RefusalError:
        wish = "nobody is believed until it is mended; flash the card anew"
        return RefusalError(
            Verdict.REFUSED_DISK,
            [f"{self._folder / name}: cannot be read ({why}); {wish}"],
        )


def _taken(raw: bytes) -> Taken:
    found = parse_document(raw, STATE_SCHEMA, bytes_max=STATE_BYTES_MAX)
    counter = fields.member(found, "", "counter")
    return Taken(
        device=device_name(found, "device"),
        counter=fields.whole(counter, "counter", low=1, high=COUNTER_MAX),
        signer=bytes.fromhex(digest(fields.member(found, "", "signer"), "signer")),
        digest=digest(fields.member(found, "", "digest"), "digest"),
        utc_s=or_null(found, "taken", fields.instant),
    )


def _pending(raw: bytes) -> Pending:
    found = parse_document(raw, PENDING_SCHEMA, bytes_max=PENDING_BYTES_MAX)
    envelope = fields.text(
        fields.member(found, "", "envelope"),
        "envelope",
        characters_max=ENVELOPE_BYTES_MAX,
    )
    signer = digest(fields.member(found, "", "signer"), "signer")
    return Pending(envelope.encode(), bytes.fromhex(signer))

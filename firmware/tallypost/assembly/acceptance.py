"""From settings to what answers a technician: tests, predictions, certificates.

Whoever answers at the device takes of an `Office` its `deeds` (`test_begin`,
`test_tap`, `test_undo`, `test_end`, `predict`, `accept`, `paper`), what was `proved`,
and its ears (`heard`, `befell`); and `accuracies` when the half that speaks starts.
"""

import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from tallypost.acceptance.answers import Answer
from tallypost.acceptance.certificate import Certificate
from tallypost.acceptance.checks import PrivacyTest
from tallypost.acceptance.desk import Desk
from tallypost.acceptance.keeping import CERTIFICATE, Keeping
from tallypost.acceptance.prediction import DrawnLine, GroundPoints
from tallypost.acceptance.surroundings import Surroundings
from tallypost.assembly.signing import signing_folder
from tallypost.board.base import Board
from tallypost.domain import fields
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Aimed
from tallypost.domain.health import Health
from tallypost.domain.records import ClockTrust, KpiRecord, Provenance
from tallypost.errors import AcceptanceError, RecordError, SigningError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import accept, read_site
from tallypost.settings.site import Site
from tallypost.telemetry.codec.signed import public_key_of
from tallypost.telemetry.codec.statement import Kind, Statement, read_statement
from tallypost.telemetry.notary.key import own_key, public_pem

PRIVACY_REPORT = "privacy-test.jsonl"
"""Where `tallypost privacy-test --out` shall leave its report."""
REPORT_BYTES_MAX = 256 * 1024
PDF = "certificate.pdf"

Printer = Callable[[Certificate, str], bytes]
"""Returns a certificate as a PDF, in one of the languages that it speaks."""

_logger = logging.getLogger(__name__)


class Told(Protocol):
    """What must be known of the handover."""

    @property
    def device(self) -> str:
        """Who measures."""
        ...

    @property
    def provenance(self) -> Provenance:
        """What is counted with."""
        ...


def nobody_prints(certificate: Certificate, language: str) -> bytes:
    """Print nothing.

    Raises:
        AcceptanceError: Always.
    """
    del language
    raise AcceptanceError(
        f"{PDF}: nothing prints here; take {CERTIFICATE} of {certificate.device}, and "
        "print it by `tallypost acceptance`"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an office is put into.

    Attributes:
        health: How the device is.
        hearing: Whether passages are told just now.
        publish: Tells results with every record from now on.
        printer: Prints certificates.
        board: Whose clocks are asked.
    """

    health: Callable[[], Health]
    hearing: Callable[[], bool]
    publish: Callable[[Accuracies], None]
    printer: Printer = field(default=nobody_prints)
    board: Board


class Office:
    """A desk, and what it needs of the device.

    Args:
        settings: What is in force.
        told: What the daemon hands over.
        classes: Whom the detector tells.
        place: What it is put into.

    Raises:
        SettingsError: The site cannot be accepted.
    """

    def __init__(
        self,
        settings: DeviceSettings,
        told: Told,
        classes: Sequence[str],
        place: Place,
    ) -> None:
        site = read_site(Path(settings.site))
        self._classes, self._printer = classes, place.printer
        self.keeping = keeping(settings)
        # So that a privacy test can leave its report there; who keeps says what fails.
        with suppress(OSError):
            self.keeping.folder.mkdir(mode=0o700, exist_ok=True)
        report = self.keeping.folder / PRIVACY_REPORT
        self._desk = Desk(
            Surroundings(
                device=told.device,
                site=told.provenance.site,
                model=told.provenance.model,
                no_lock_in=told.provenance.no_lock_in,
                classes=classes,
                lines=drawn_lines(site, classes),
                ground=ground_points(site),
                health=place.health,
                hearing=place.hearing,
                now_s=place.board.monotonic_s,
                now_utc_s=partial(_date, place.board),
                privacy_test=partial(privacy_report, report, signing_folder(settings)),
                key=partial(own_key, signing_folder(settings)),
                publish=place.publish,
            ),
            self.keeping,
        )

    @property
    def deeds(self) -> Mapping[str, Callable[..., Mapping[str, object]]]:
        """What answers each question, by its word."""
        desk = self._desk
        return {
            "test_begin": desk.test_begin,
            "test_tap": desk.test_tap,
            "test_undo": desk.test_undo,
            "test_end": desk.test_end,
            "predict": self._predict,
            "accept": desk.accept,
            "paper": self._paper,
        }

    def heard(self, told: Aimed) -> None:
        """Take note of what is told while somebody aims."""
        self._desk.heard(told)

    def befell(self, state: str) -> None:
        """Take note of what the half that sees says of itself."""
        self._desk.befell(state)

    def made(self, record: KpiRecord) -> None:
        """Take note of a record: how well was seen."""
        self._desk.made(record)

    def proved(self) -> Answer:
        """Return what was proved so far, for whoever looks."""
        return self._desk.proved()

    def _predict(self, site: Mapping[str, object] | None = None) -> Answer:
        """Foretell of the site in force, or of one that is being drawn.

        Raises:
            SettingsError: The drawing cannot be accepted.
        """
        if site is None:
            return self._desk.predict()
        drawn = accept(Path("site"), {**site}, Site)
        return self._desk.predict(
            drawn_lines(drawn, self._classes), ground_points(drawn)
        )

    def _paper(self, name: str, language: str = "en") -> Answer:
        """Return the newest certificate as a file.

        Raises:
            AcceptanceError: There is none of what counts now.
            PaperError: It cannot be printed here.
        """
        made = self._desk.certificate()
        if name == PDF:
            return _file(self._printer(made, language), "application/pdf")
        return _file(made.line + b"\n", "application/jsonl")


def acceptance_folder(settings: DeviceSettings) -> Path:
    """Return where results and certificates are kept: beside the outbox.

    Not in the panel's own folder: whoever breaks into the panel proves nothing.
    """
    outbox = Path(settings.outbox.path)
    return outbox.with_name(f"{outbox.name}.acceptance")


def keeping(settings: DeviceSettings) -> Keeping:
    """Return what keeps results and certificates."""
    return Keeping(acceptance_folder(settings))


def accuracies(settings: DeviceSettings, provenance: Provenance) -> Accuracies:
    """Return what was found by taps; what cannot be read is not told.

    Args:
        settings: What is in force.
        provenance: What is counted with: it was found with the same site and model.
    """
    try:
        return keeping(settings).of(provenance.site, provenance.model).accuracy
    except AcceptanceError as error:
        _logger.warning("accuracy is not told reason=%s", error)
        return {}


def drawn_lines(site: Site, classes: Sequence[str]) -> list[DrawnLine]:
    """Return the lines of a site, and whom each counts."""
    return [
        DrawnLine(each.name, each.start, each.end, each.wanted(classes))
        for each in site.lines
    ]


def ground_points(site: Site) -> GroundPoints | None:
    """Return a site's calibration; None where it has none."""
    found = site.calibration
    return None if found is None else GroundPoints(found.picture, found.ground_m)


def privacy_report(file: Path, key_folder: Path) -> PrivacyTest | None:
    """Return what a report of a privacy test says; None where none is this device's.

    Args:
        file: Where it would be.
        key_folder: Where the device's public key is.
    """
    try:
        with file.open("rb") as opened:
            statement = read_statement(opened.read(REPORT_BYTES_MAX).strip())
        if statement.public_key != public_key_of(public_pem(key_folder)):
            return None
        return _report(statement)
    except (OSError, RecordError, SigningError):
        return None


def _report(statement: Statement) -> PrivacyTest | None:
    told = statement.told
    if statement.kind is not Kind.PRIVACY_TEST:
        return None
    signed = told.get("signed")

    def text(key: str) -> str | None:
        found = told.get(key)
        return found if isinstance(found, str) else None

    return PrivacyTest(
        passed=told.get("passed") is True,
        when_utc_s=None if signed is None else fields.instant(signed, "signed"),
        firmware=text("firmware"),
        model=text("model"),
        site=text("site"),
    )


def _date(board: Board) -> float | None:
    """Return the date, where the clock may be believed."""
    known = board.clock().trust is not ClockTrust.UNSYNCED
    return board.utc_s() if known else None


def _file(content: bytes, media_type: str) -> Answer:
    return {
        "content": base64.b64encode(content).decode("ascii"),
        "media_type": media_type,
    }

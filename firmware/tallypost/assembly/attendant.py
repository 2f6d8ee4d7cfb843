"""Attends to whoever stands at the foot of the pole; delivery never waits for it."""

import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tallypost.assembly.links import Links
from tallypost.assembly.manager import proof_file
from tallypost.assembly.reception import has_panel, want_panel
from tallypost.board.base import Board
from tallypost.board.button import Press
from tallypost.board.face import Face
from tallypost.board.lights import Facts
from tallypost.board.vitals import LinuxVitals
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.health import Health
from tallypost.domain.records import ClockTrust
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.journal import Journal
from tallypost.settings.panel import PanelSettings
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.lid import Lid
from tallypost.telemetry.strain import Strain

LOOK_S = 1.0
OPEN_S = 900.0
"""So long the panel waits for somebody who has pressed the button."""
LOCKOUT_FILE = "lockout.json"
"""In the panel's folder: how often a code was wrong."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the half that speaks knows of the other.

    Attributes:
        watching: Whether it looks at pictures; None before its first word of it.
        hidden: Whether something is before the lens.
    """

    watching: bool | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom to ask for what lights tell; each answers at once.

    Attributes:
        linked: Whether the link is there; None where there is none to be.
        timed: Whether it is known what time it is.
        throttled: Whether the processor is slowed down; None where nobody can tell.
        strained: Whether it is, or the supply too weak.
        trial: Whether settings are on trial.
        health: How the device is.
    """

    linked: Callable[[], bool | None]
    timed: Callable[[], bool]
    throttled: Callable[[], bool | None]
    strained: Callable[[], bool]
    trial: Callable[[], bool]
    health: Callable[[], Health]


class Attendant:
    """Has lights tell how things are, and does what the button asks.

    Args:
        face: Lights, button and switch; None where none is wired.
        sources: Whom to ask for what the lights tell.
        lid: Is told when the lid is opened, and when it is shut.
        panel: `[panel]`.
        proof_file: Where word is left of what is proven.
        board: Whose clock is asked.

    Attributes:
        face: As above.
        strain: Knows when the processor was slowed down.
        health: Tells how the device is.
        proof_file: Where to leave word of what is proven.
    """

    def __init__(
        self,
        *,
        face: Face | None,
        sources: Sources,
        lid: Lid,
        panel: PanelSettings,
        proof_file: Path,
        board: Board,
    ) -> None:
        self.face = face
        self.strain = Strain(sources.throttled, board)
        self.health = sources.health
        self.proof_file = proof_file
        self._sources = sources
        self._lid = lid
        self._panel = panel
        self._board = board
        self._quiet = False
        self._due_s = -math.inf
        # Who answers at the device has wished for it then: see `open_front`.
        self._open_until_s = float(panel.open_after_start_s)

    def linked(self) -> bool | None:
        """Return whether the link is there; None where there is none to be."""
        return self._sources.linked()

    def tick(self, seen: Seen) -> list[AlertRecord]:
        """Do what is due; return the alerts that came of it. Never waits."""
        now_s = self._board.monotonic_s()
        self.strain.look()
        if self.face is None or now_s < self._due_s:
            return []
        self._due_s = now_s + LOOK_S
        for press in self.face.presses():
            self._do(press, self.face)
        self.face.show(self._facts(seen, now_s))
        lid = self.face.lid
        if lid is None:
            return []
        told = self._lid.note(opened=lid.active, since_s=lid.at_s)
        for record in told:
            _logger.warning("lid state=%s", record.alert.state.value)
        return told

    def _do(self, press: Press, face: Face) -> None:
        _logger.info("button pressed kind=%s", press.name.lower())
        match press:
            case Press.SHORT if want_panel(self._panel):
                self._open_until_s = self._board.monotonic_s() + OPEN_S
            case Press.LONG:
                face.identify(False)  # noqa: FBT003  # one fact
                self._quiet = True
            case Press.VERY_LONG:
                forget_wrong_codes(self._panel.folder)
            case _:
                pass

    def _facts(self, seen: Seen, now_s: float) -> Facts:
        return Facts(
            opened=has_panel(self._panel) and now_s < self._open_until_s,
            watching=seen.watching,
            hidden=seen.hidden,
            strained=self._sources.strained(),
            timed=self._sources.timed(),
            linked=self._sources.linked(),
            trial=self._sources.trial(),
            quiet=self._quiet,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Aware:
    """Who knows how things are.

    Attributes:
        links: The way out; None where there is none.
        knows: What time it is.
        health: How the device is.
    """

    links: Links | None
    knows: Reckoner
    health: Callable[[], Health]


def open_attendant(
    settings: DeviceSettings,
    face: Face | None,
    lid: Lid,
    aware: Aware,
    board: Board,
) -> Attendant:
    """Return who attends.

    Args:
        settings: What is in force.
        face: Lights, button and switch; None where none is wired.
        lid: Is told of it.
        aware: Who knows how things are.
        board: Whose clock is asked.
    """
    vitals, journal = LinuxVitals(Path("/")), Journal(settings.remote.folder)
    links, knows = aware.links, aware.knows

    def strained() -> bool:
        now = vitals.read()
        return bool(now.throttled or now.under_voltage)

    def trial() -> bool:
        with suppress(SettingsError):
            return journal.state().trial is not None
        return False

    sources = Sources(
        linked=lambda: links.health().up if links else None,
        timed=lambda: knows.reading().trust is not ClockTrust.UNSYNCED,
        throttled=lambda: vitals.read().throttled,
        strained=strained,
        trial=trial,
        health=aware.health,
    )
    return Attendant(
        face=face,
        sources=sources,
        lid=lid,
        panel=settings.panel,
        proof_file=proof_file(settings.outbox.ram_folder),
        board=board,
    )


def forget_wrong_codes(folder: Path) -> None:
    """Have the panel forget how often a code was wrong: somebody is at the box."""
    with suppress(OSError):
        (folder / LOCKOUT_FILE).unlink(missing_ok=True)

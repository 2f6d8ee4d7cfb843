"""Attends to whoever stands at the foot of the pole; delivery never waits for it."""

import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tallypost.board.base import Board
from tallypost.board.button import Press
from tallypost.board.face import Face
from tallypost.board.lights import Facts
from tallypost.domain.alerts import AlertRecord
from tallypost.telemetry.intake import Intake

LOOK_S = 1.0
AFTER_START_S = 900.0
"""So long after the power came the panel opens without a press."""
WISH, LOCKOUT = "wanted", "lockout.json"
"""In the panel's folder: that it shall open, and how often a code was wrong."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the half that speaks knows of the other.

    Attributes:
        watching: Whether it looks at pictures; None before its first word.
        hidden: Whether there is something before the lens.
    """

    watching: bool | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Whom to ask; each answers at once.

    Attributes:
        linked: Whether the link is there; None where there is none to be.
        timed: Whether it is known what time it is.
        strained: Whether the processor is slowed down, or the supply too weak.
        trial: Whether settings are on trial.
        opened: Whether the panel is open, or somebody aims.
    """

    linked: Callable[[], bool | None]
    timed: Callable[[], bool]
    strained: Callable[[], bool]
    trial: Callable[[], bool]
    opened: Callable[[], bool]


class Attendant:
    """Has lights tell how things are, and does what the button asks.

    Args:
        face: Lights, button and switch; None where none is wired.
        sources: Whom to ask for what the lights tell.
        intake: Is told when the lid is opened, and when it is shut.
        board: Whose clock is asked.
        panel: The panel's folder.
        open_after_start_s: So long after the power came the panel opens by itself.

    Attributes:
        face: As above.
    """

    def __init__(
        self,
        *,
        face: Face | None,
        sources: Sources,
        intake: Intake,
        board: Board,
        panel: Path,
        open_after_start_s: float = AFTER_START_S,
    ) -> None:
        self.face = face
        self._sources = sources
        self._intake = intake
        self._board = board
        self._panel = panel
        self._identify = False
        self._quiet = False
        self._due_s = -math.inf
        if board.monotonic_s() < open_after_start_s:
            want_panel(panel)

    def identify(self, on: bool) -> bool:  # noqa: FBT001  # one fact
        """Begin or end to show which box it is; return whether a light can."""
        self._identify = on
        self._due_s = -math.inf
        return self.face is not None and self.face.has_light

    def tick(self, sight: Sight) -> list[AlertRecord]:
        """Do what is due; return the alerts that came of it. Never waits."""
        now_s = self._board.monotonic_s()
        if self.face is None or now_s < self._due_s:
            return []
        self._due_s = now_s + LOOK_S
        for press in self.face.presses():
            self._do(press)
        self.face.show(self._facts(sight))
        lid = self.face.lid
        if lid is None:
            return []
        return self._intake.note_box(opened=lid.active, since_s=lid.at_s)

    def _do(self, press: Press) -> None:
        _logger.info("button pressed for=%s", press.name.lower())
        match press:
            case Press.SHORT:
                want_panel(self._panel)
            case Press.LONG:
                self._identify, self._quiet = False, True
            case Press.VERY_LONG:
                forget_wrong_codes(self._panel)

    def _facts(self, sight: Sight) -> Facts:
        return Facts(
            identify=self._identify,
            opened=self._sources.opened(),
            watching=sight.watching,
            hidden=sight.hidden,
            strained=self._sources.strained(),
            timed=self._sources.timed(),
            linked=self._sources.linked(),
            trial=self._sources.trial(),
            quiet=self._quiet,
        )


def want_panel(folder: Path) -> bool:
    """Wish that the panel opens; return whether the wish could be left.

    Args:
        folder: The panel's; where there is none, there is no panel.
    """
    try:
        (folder / WISH).touch()
    except FileNotFoundError:
        return False
    except OSError as error:
        _logger.warning("panel cannot be opened reason=%s", error.strerror)
        return False
    return True


def forget_wrong_codes(folder: Path) -> None:
    """Have the panel forget how often a code was wrong: somebody is at the box."""
    with suppress(OSError):
        (folder / LOCKOUT).unlink(missing_ok=True)

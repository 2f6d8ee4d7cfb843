"""From settings to what answers somebody who stands at the device."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tallypost.assembly.drawing import Drawing
from tallypost.assembly.identifying import Identifying
from tallypost.assembly.links import Told
from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.domain.aiming import Aimed
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.health import Health, HealthRecord
from tallypost.domain.records import KpiRecord
from tallypost.errors import ActuatorError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.panel import PanelSettings
from tallypost.settings.reading import read_table
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.reception.base import Answer, Closed, Deeds, Front
from tallypost.telemetry.reception.reception import Facts, Reception
from tallypost.telemetry.reception.rows import Point, divided

SOCKET, CODE_FILE, WISH_FILE = "house.sock", "code.json", "wanted"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What the reception is put into.

    Attributes:
        settings_file: The device's own `tallypost.toml`.
        told: What the daemon hands over.
        outbox: What was counted.
        health: How the device is.
        renew: Has both halves start anew.
        actuator: The board's hands.
        board: Whose clocks are asked.
    """

    settings_file: Path
    told: Told
    outbox: Outbox
    health: Callable[[], Health]
    renew: Callable[[], None]
    actuator: Actuator
    board: Board


def open_front(settings: DeviceSettings, premises: Premises) -> Front:
    """Return who answers at the device; nobody where there is no panel.

    Soon after power-up the panel is wished for, too.

    Args:
        settings: What is in force.
        premises: What it is put into.
    """
    panel = settings.panel
    if not has_panel(panel):
        return Closed()
    try:
        front = _Open(settings, premises)
        _wish(panel, premises.board)
    except OSError as error:
        told = "nobody can ask at the device folder=%s reason=%s"
        _logger.warning(told, panel.folder, error.strerror)
        return Closed()
    return front


def has_panel(panel: PanelSettings) -> bool:
    """Return whether somebody may be let in: there is the code of a label."""
    return panel.enabled and (panel.folder / CODE_FILE).exists()


def _wish(panel: PanelSettings, board: Board) -> None:
    if board.monotonic_s() < panel.open_after_start_s:
        (panel.folder / WISH_FILE).touch()


class _Open:
    """Answers, has drawn sites tried, and lights blink.

    Raises:
        OSError: There can be no socket in the folder.
    """

    def __init__(self, settings: DeviceSettings, premises: Premises) -> None:
        told, board = premises.told, premises.board
        site = read_table(Path(settings.site))
        self._drawing = Drawing(
            premises.settings_file,
            settings,
            site=site,
            classes=told.alphabet.classes,
            renew=premises.renew,
        )
        self._identifying = Identifying(premises.actuator, board)
        kind = settings.uplink.kind
        facts = Facts(
            device=told.device,
            firmware=told.provenance.firmware,
            classes=told.alphabet.classes,
            site=site,
            site_hash=told.provenance.site,
            link=None if kind == "none" else kind,
            health=lambda: HealthRecord(device=told.device, health=premises.health()),
            trial=self._drawing.trial,
            aiming_left_s=lambda: None,
            proved=dict,
        )
        self._reception = Reception(
            settings.panel.folder / SOCKET,
            facts=facts,
            records=premises.outbox,
            deeds=self._deeds(),
            board=board,
            tick=self._identifying.tick,
        )

    def befell(self, state: str) -> None:
        """Take note of what the half that sees says of itself."""
        self._reception.befell(state)

    def made(self, made: KpiRecord | AlertRecord) -> None:
        """Take note of a record or an alert that leaves the device."""
        self._reception.made(made)

    def heard(self, told: Aimed) -> None:
        """Take note of what was told while somebody aims."""
        self._reception.heard(told)

    def step(self, *, watching: bool) -> None:
        """Keep what was drawn, and end its trial."""
        self._drawing.step(watching=watching)

    def close(self) -> None:
        """Answer nobody any more; closing twice is harmless."""
        self._reception.close()
        try:
            self._identifying.close()
        except ActuatorError as error:
            _logger.warning("light not left off reason=%s", error)

    def _deeds(self) -> Deeds:
        return {
            "draw": self._drawing.draw,
            "identify": self._identifying.identify,
            "rows": _rows,
        }


def _rows(corners: tuple[Point, ...], spaces: int) -> Answer:
    return {"polygons": divided(corners, spaces)}

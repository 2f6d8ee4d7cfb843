"""From settings to what answers somebody who stands at the device."""

import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tallypost.assembly.acceptance import Office, Printer
from tallypost.assembly.acceptance import Place as OfficePlace
from tallypost.assembly.aimer import Aimer
from tallypost.assembly.aiming import aiming_folder
from tallypost.assembly.drawing import Drawing
from tallypost.assembly.identifying import Identifying
from tallypost.assembly.links import Told as ToldToLinks
from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Aimed, Aiming
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


class Told(ToldToLinks, Protocol):
    """What must be known of the handover."""

    @property
    def aiming(self) -> Aiming | None:
        """For how long somebody aims the camera."""
        ...


@dataclass(frozen=True, slots=True)
class Premises:
    """What the reception is put into.

    Attributes:
        settings_file: The device's own `tallypost.toml`.
        told: What the daemon hands over.
        outbox: What was counted.
        health: How the device is.
        publish: Tells with every record what was found by taps.
        printer: Prints certificates.
        hands: The board's.
        board: Whose clocks are asked.
    """

    settings_file: Path
    told: Told
    outbox: Outbox
    health: Callable[[], Health]
    publish: Callable[[Accuracies], None]
    printer: Printer
    hands: Actuator
    board: Board

    def renew(self) -> None:
        """Have both halves start anew."""
        os.kill(self.told.daemon, signal.SIGUSR1)


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
    except OSError as error:
        told = "nobody can ask at the device folder=%s reason=%s"
        _logger.warning(told, panel.folder, error.strerror)
        return Closed()
    if premises.board.monotonic_s() < panel.open_after_start_s:
        want_panel(panel)
    return front


def has_panel(panel: PanelSettings) -> bool:
    """Return whether somebody may be let in: there is the code of a label."""
    return panel.enabled and (panel.folder / CODE_FILE).exists()


def want_panel(panel: PanelSettings) -> bool:
    """Wish that the panel opens; return whether there is one, and it can be wished."""
    if not has_panel(panel):
        return False
    try:
        (panel.folder / WISH_FILE).touch()
    except OSError as error:
        _logger.warning("panel cannot be opened reason=%s", error.strerror)
        return False
    return True


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
        self._aimer = Aimer(aiming_folder(settings), told.aiming, board, premises.renew)
        self._identifying = Identifying(premises.hands, board)
        self._office = _office(settings, premises, self._aimer)
        self._reception = Reception(
            settings.panel.folder / SOCKET,
            facts=self._facts(settings, premises, site),
            records=premises.outbox,
            deeds=self._deeds(),
            board=board,
            tick=self._identifying.tick,
        )

    def befell(self, state: str) -> None:
        """Take note of what the half that sees says of itself."""
        self._office.befell(state)
        self._reception.befell(state)

    def made(self, made: KpiRecord | AlertRecord) -> None:
        """Take note of a record or an alert that leaves the device."""
        if isinstance(made, KpiRecord):
            self._office.made(made)
        self._reception.made(made)

    def heard(self, told: Aimed) -> None:
        """Take note of what was told while somebody aims."""
        self._office.heard(told)
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

    def _facts(
        self, settings: DeviceSettings, premises: Premises, site: Mapping[str, object]
    ) -> Facts:
        told, kind = premises.told, settings.uplink.kind
        return Facts(
            device=told.device,
            firmware=told.provenance.firmware,
            classes=told.alphabet.classes,
            site=site,
            site_hash=told.provenance.site,
            link=None if kind == "none" else kind,
            health=lambda: HealthRecord(device=told.device, health=premises.health()),
            trial=self._drawing.trial,
            aiming_left_s=self._aimer.left_s,
            proved=self._office.proved,
        )

    def _deeds(self) -> Deeds:
        return {
            "aim": self._aimer.aim,
            **self._office.deeds,
            "draw": self._drawing.draw,
            "identify": self._identifying.identify,
            "rows": _rows,
        }


def _office(settings: DeviceSettings, premises: Premises, aimer: Aimer) -> Office:
    told = premises.told
    place = OfficePlace(
        health=premises.health,
        hearing=lambda: aimer.left_s() is not None,
        publish=premises.publish,
        printer=premises.printer,
        board=premises.board,
    )
    return Office(settings, told, told.alphabet.classes, place)


def _rows(corners: tuple[Point, ...], spaces: int) -> Answer:
    return {"polygons": divided(corners, spaces)}

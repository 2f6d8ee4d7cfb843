"""From settings to all links to the backend, as one."""

import os
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from tallypost.assembly.dialects import with_dialects
from tallypost.assembly.manager import actuator
from tallypost.assembly.uplink import open_uplink
from tallypost.board.base import Board
from tallypost.domain.health import LinkHealth
from tallypost.domain.records import Provenance
from tallypost.settings.device import DeviceSettings
from tallypost.settings.lorawan import LorawanSettings
from tallypost.settings.reading import read_device_settings, read_site
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.base import Hearer, Uplink
from tallypost.telemetry.uplink.preferred import PreferredUplink
from tallypost.wall.frame import Alphabet


class Told(Protocol):
    """What must be known of the handover."""

    @property
    def device(self) -> str:
        """Who measures."""
        ...

    @property
    def daemon(self) -> int:
        """Process id of the daemon, which starts both halves anew on SIGUSR1."""
        ...

    @property
    def alphabet(self) -> Alphabet:
        """What the model tells, and what the site draws."""
        ...

    @property
    def provenance(self) -> Provenance:
        """What is counted with."""
        ...

    @property
    def interval_s(self) -> float:
        """Length of the intervals."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What links are put into.

    Attributes:
        settings_file: The device's own `tallypost.toml`.
        outbox: Where records are sent again from.
        knows: Is told the time.
        hear: Told of what the far side says over MQTT.
        board: Whose clocks to ask.
    """

    settings_file: Path
    outbox: Outbox
    knows: Reckoner
    hear: Hearer
    board: Board


@dataclass(frozen=True, slots=True)
class Links:
    """The way to the backend.

    Attributes:
        uplink: It; closed by whoever has it.
        health: How it is.
        strangers: How many connections there were to a broker that did not know us.
    """

    uplink: Uplink
    health: Callable[[], LinkHealth]
    strangers: Callable[[], int]


def open_links(
    settings: DeviceSettings, told: Told, around: Around, stack: ExitStack
) -> Links | None:
    """Return the way to the backend that settings ask for; None where they ask none.

    Args:
        settings: What is in force.
        told: What the daemon hands over.
        around: What links are put into.
        stack: Closes them.

    Raises:
        SettingsError: A secret, a certificate, a key or the site cannot be used.
    """
    radio = None
    if settings.radio is not None:
        radio = _radio(settings, settings.radio, told, around, stack)
    mqtt = open_uplink(
        settings, told.device, told.provenance, around.board, around.hear
    )
    if mqtt is None:
        return radio
    spoken = with_dialects(mqtt, settings, told.device, around.board)
    stack.callback(spoken.close)
    if radio is None:
        return Links(spoken, lambda: mqtt.health, lambda: mqtt.strangers)
    preferred = PreferredUplink([spoken, radio.uplink], board=around.board)

    def health() -> LinkHealth:
        return replace(mqtt.health, radio=radio.health().radio)

    return Links(preferred, health, lambda: mqtt.strangers)


def _radio(
    settings: DeviceSettings,
    table: LorawanSettings,
    told: Told,
    around: Around,
    stack: ExitStack,
) -> Links:
    from tallypost.assembly.deeds import HouseDeeds
    from tallypost.assembly.lorawan import layout_of, memory_file, open_radio
    from tallypost.telemetry.uplink.lorawan.keeper import Keeper

    deeds = HouseDeeds(
        outbox=around.outbox,
        reckoner=around.knows,
        own=read_device_settings(around.settings_file),
        actuator=actuator(settings.remote.light),
        renew=lambda: os.kill(told.daemon, signal.SIGUSR1),
        board=around.board,
    )
    link = open_radio(
        table,
        layout_of(read_site(settings.site), told.alphabet.classes, told.interval_s),
        deeds,
        record_s=None if table is settings.fallback_uplink else told.interval_s,
        memory_file=memory_file(settings),
        board=around.board,
    )
    stack.callback(Keeper(link.station).close)
    return Links(link.uplink, lambda: link.uplink.health, lambda: 0)

"""From settings to the half that speaks."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tallypost.assembly.remote import Surroundings, open_remote
from tallypost.board.base import Board
from tallypost.domain.records import Provenance
from tallypost.errors import SettingsError, UplinkError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.secret import read_secret
from tallypost.settings.uplink import MqttSettings, NoUplinkSettings
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.remote.base import Remote
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.base import Hearer, Uplink
from tallypost.wall.frame import Alphabet

DRAIN_S = 3.0
"""How long the last records may take at the end; what is left then waits on disk."""
STOP_S = 5.0
"""How long a send that is under way may take when all is to end."""


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

    @property
    def paced(self) -> bool:
        """Whether time passes by the calendar."""
        ...


@dataclass(frozen=True, slots=True)
class Speech:
    """What speaks, at work.

    Attributes:
        intake: Numbers intervals into records and keeps them.
        delivering: Whether records are on their way out; without, start afresh.
        attend: Does what operators ask; is told whether the camera gives pictures.
    """

    intake: Intake
    delivering: Callable[[], bool]
    attend: Callable[[bool], None]


@contextmanager
def open_speech(settings_file: Path, told: Told, board: Board) -> Iterator[Speech]:
    """Give what numbers intervals and keeps them; deliver them meanwhile.

    Afterwards the last records are sent, if that can be had in time, and all is closed.

    Args:
        settings_file: `tallypost.toml`.
        told: What the daemon hands over.
        board: Whose clocks are read.

    Raises:
        SettingsError: The settings cannot be accepted, or a secret cannot be read.
        OutboxError: The outbox cannot be opened.
    """
    settings = read_settings_in_force(settings_file)
    with ExitStack() as stack:
        outbox = Outbox(
            Path(settings.outbox.path),
            memory_records_max=settings.outbox.memory_records_max,
            board=board,
        )
        stack.callback(outbox.close)
        tray = Tray(outbox.arrived)
        remote = _remote(settings_file, settings, told, tray, board)
        stack.callback(remote.close)
        uplink = open_uplink(settings, told.device, board, remote.hear)
        delivering: Callable[[], bool] = _nothing_to_deliver
        attend: Callable[[bool], None] = _nobody_asks
        if uplink is not None:
            stack.callback(uplink.close)
            delivery = Delivery(outbox, uplink, board, tray)
            delivering = stack.enter_context(_delivering(delivery, outbox))
            attend = _attending(remote, delivery)
        intake = Intake(
            store=outbox,
            device=told.device,
            provenance=told.provenance,
            interval_s=told.interval_s,
            board=board,
            paced=told.paced,
        )
        yield Speech(intake, delivering, attend)


def _nothing_to_deliver() -> bool:
    """Say that delivery is well, since there is none."""
    return True


def _nobody_asks(watching: bool) -> None:  # noqa: FBT001  # one fact
    """Do nothing: without a link, nobody asks for anything."""


def _attending(remote: Remote, delivery: Delivery) -> Callable[[bool], None]:
    """Return what does what operators ask, now that answers can leave."""
    remote.begin()

    def attend(watching: bool) -> None:  # noqa: FBT001  # one fact
        remote.step(delivered=delivery.delivered > 0, watching=watching)

    return attend


def _remote(
    settings_file: Path, settings: DeviceSettings, told: Told, tray: Tray, board: Board
) -> Remote:
    def renew() -> None:
        os.kill(told.daemon, signal.SIGUSR1)

    around = Surroundings(
        settings_file=settings_file,
        device=told.device,
        site=told.provenance.site,
        classes=told.alphabet.classes,
        say=tray.post,
        renew=renew,
        board=board,
    )
    return open_remote(settings, around)


@contextmanager
def _delivering(delivery: Delivery, outbox: Outbox) -> Iterator[Callable[[], bool]]:
    """Deliver in a thread of its own: a slow link never holds up the wall."""
    stop = threading.Event()
    thread = threading.Thread(
        target=delivery.run, args=(stop,), name="delivery", daemon=True
    )
    thread.start()
    try:
        yield thread.is_alive
    finally:
        stop.set()
        outbox.arrived.set()
        thread.join(STOP_S)
        if not thread.is_alive():
            delivery.drain(DRAIN_S)


def open_uplink(
    settings: DeviceSettings, device: str, board: Board, on_downlink: Hearer
) -> Uplink | None:
    """Return the way to the backend that settings ask for, or None.

    Raises:
        SettingsError: A secret, a certificate or a key cannot be used.
    """
    match settings.uplink:
        case MqttSettings():
            try:
                return _mqtt(settings.uplink, device, board, on_downlink)
            except UplinkError as error:
                raise SettingsError("uplink", [str(error)]) from error
        case NoUplinkSettings():
            return None


def _mqtt(
    settings: MqttSettings, device: str, board: Board, on_downlink: Hearer
) -> Uplink:
    from tallypost.telemetry.uplink.broker import Broker, Pace, TlsFiles
    from tallypost.telemetry.uplink.mqtt import MqttUplink
    from tallypost.telemetry.uplink.speaker import Terms

    tls = TlsFiles(
        ca_file=settings.ca_file,
        certificate_file=settings.certificate_file,
        key_file=settings.key_file,
    )
    broker = Broker(
        host=settings.host,
        port=settings.port_or_default,
        protocol=settings.protocol,
        client_id=settings.client_id or f"tallypost-{device}",
        username=settings.username,
        password=read_secret(settings.password_file)
        if settings.password_file
        else None,
        tls=tls if settings.tls else None,
    )
    pace = Pace(
        keepalive_s=settings.keepalive_s,
        session_expiry_s=settings.session_expiry_s,
        timeout_s=settings.timeout_s,
    )
    return MqttUplink(
        broker,
        device=device,
        terms=Terms(topic_prefix=settings.topic_prefix),
        pace=pace,
        board=board,
        on_downlink=on_downlink,
    )

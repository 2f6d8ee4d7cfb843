"""From settings to the half that speaks."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from tallypost.assembly.attendant import Attendant, open_attendant
from tallypost.assembly.clock import asking, reckoner
from tallypost.assembly.health import organs
from tallypost.assembly.links import Around, Links, open_links
from tallypost.assembly.links import Told as ToldToLinks
from tallypost.assembly.manager import proof_file
from tallypost.assembly.pins import hands, open_face
from tallypost.assembly.reception import Premises, open_front
from tallypost.assembly.remote import Surroundings, open_remote
from tallypost.assembly.signing import open_notary
from tallypost.assembly.succession import take_over_outbox
from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.board.vitals import LinuxVitals
from tallypost.domain.health import Health
from tallypost.settings.device import DeviceSettings
from tallypost.settings.overlay import read_settings_in_force
from tallypost.telemetry.checkup import Checkup
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.lid import Lid
from tallypost.telemetry.notary.notary import Notary
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.reception.base import Front
from tallypost.telemetry.remote.base import Remote
from tallypost.telemetry.retelling import Retelling
from tallypost.telemetry.strain import Strain
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.base import Downlink, Hearer

DRAIN_S = 3.0
"""How long the last records may take at the end; what is left then waits on disk."""
STOP_S = 5.0
"""How long a send that is under way may take when all is to end."""


class Told(ToldToLinks, Protocol):
    """What must be known of the handover."""

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
        attend: Signs, and does what operators ask; is told whether the camera gives
            pictures.
        proven_s: When it was last known that records go out, or why they do not, by the
            board's monotonic clock.
        board: Whose clocks are read.
        front: Answers whoever stands at the device.
        attendant: Shows and hears at the foot of the pole.
        health: Tells how the device is.
        proof_file: Where to leave word of what is proven.
    """

    intake: Intake
    delivering: Callable[[], bool]
    attend: Callable[[bool], None]
    proven_s: Callable[[], float]
    board: Board
    front: Front
    attendant: Attendant
    health: Callable[[], Health]
    proof_file: Path


class Own(NamedTuple):
    """What is the device's own.

    Attributes:
        settings_file: Its `tallypost.toml`.
        settings: What is in force.
        hands: Its board's.
        board: Whose clocks are read.
    """

    settings_file: Path
    settings: DeviceSettings
    hands: Actuator
    board: Board


class Way(NamedTuple):
    """The way out, at work.

    Attributes:
        delivering: As of `Speech`.
        attend: Does what operators ask; is told whether the camera gives pictures.
        proven_s: As of `Speech`.
    """

    delivering: Callable[[], bool]
    attend: Callable[[bool], None]
    proven_s: Callable[[], float]


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
    file = Path(settings.outbox.path)
    with ExitStack() as stack:
        outbox = take_over_outbox(settings.outbox, board)
        stack.callback(outbox.close)
        tray = Tray(outbox.arrived)
        knows = reckoner(file, board)
        asks, hear_time = asking(knows, board, tray.post)
        face = stack.enter_context(open_face(settings.board, board))
        act = hands(settings.remote.light, face)
        own = Own(settings_file, settings, act, board)
        remote = _remote(own, told, outbox, tray)
        stack.callback(remote.close)
        notary = open_notary(settings, outbox, told, board)
        around = Around(
            settings_file=settings_file,
            outbox=outbox,
            knows=knows,
            hear=_all(hear_time, remote.hear),
            board=board,
        )
        links = open_links(settings, told, around, stack)
        checkup = _checkup(outbox, file, links, told, tray, board)
        way = Way(_nothing_to_deliver, _nobody_asks, board.monotonic_s)
        if links is not None:
            duty = _in_turn(
                outbox.tick,
                checkup.tick,
                asks.tick,
                Retelling(links.strangers, tray.tell_again).tick,
            )
            delivery = Delivery(
                outbox,
                links.uplink,
                board,
                tray,
                batches=notary.book if notary else None,
                duty=duty,
            )
            way = stack.enter_context(_delivering(delivery, outbox, remote))
        intake = _intake(outbox, told, knows, board)
        stack.callback(intake.close)
        front = _front(own, told, outbox, checkup)
        stack.callback(front.close)
        attend = _all_attending(way.attend, notary, front)
        attendant = open_attendant(
            settings, Lid(outbox.alerts, intake.tell, board), face, links, knows, board
        )
        yield Speech(
            intake=intake,
            delivering=way.delivering,
            attend=attend,
            proven_s=way.proven_s,
            board=board,
            front=front,
            attendant=attendant,
            health=checkup.health,
            proof_file=proof_file(settings.outbox.ram_folder),
        )


def _front(own: Own, told: Told, outbox: Outbox, checkup: Checkup) -> Front:
    premises = Premises(
        settings_file=own.settings_file,
        told=told,
        outbox=outbox,
        health=checkup.health,
        renew=_renewing(told),
        actuator=own.hands,
        board=own.board,
    )
    return open_front(own.settings, premises)


def _intake(outbox: Outbox, told: Told, knows: Reckoner, board: Board) -> Intake:
    vitals = LinuxVitals(Path("/"))
    return Intake(
        store=outbox,
        device=told.device,
        provenance=told.provenance,
        interval_s=told.interval_s,
        board=board,
        reckoner=knows,
        paced=told.paced,
        strain=Strain(lambda: vitals.read().throttled, board),
    )


def _checkup(
    outbox: Outbox,
    file: Path,
    links: Links | None,
    told: Told,
    tray: Tray,
    board: Board,
) -> Checkup:
    return Checkup(
        organs(file, outbox, links.health if links else _no_link, board),
        tray.post,
        device=told.device,
        provenance=told.provenance,
        board=board,
    )


def _all(*hearers: Hearer) -> Hearer:
    """Return what tells each of them."""

    def hear(downlink: Downlink) -> None:
        for each in hearers:
            each(downlink)

    return hear


def _in_turn(*duties: Callable[[], None]) -> Callable[[], None]:
    """Return what does each of them."""

    def do() -> None:
        for each in duties:
            each()

    return do


def _no_link() -> None:
    """Say nothing of a link: there is none."""


def _nothing_to_deliver() -> bool:
    """Say that delivery is well, since there is none."""
    return True


def _nobody_asks(watching: bool) -> None:  # noqa: FBT001  # one fact
    """Do nothing: without a link, nobody asks for anything."""


def _all_attending(
    attend: Callable[[bool], None], notary: Notary | None, front: Front
) -> Callable[[bool], None]:
    """Return what signs, too, where anybody does, and does what is asked here."""

    def do(watching: bool) -> None:  # noqa: FBT001  # one fact
        attend(watching)
        front.step(watching=watching)
        if notary is not None:
            notary.tick()

    return do


def _renewing(told: Told) -> Callable[[], None]:
    """Return what has both halves start anew."""

    def renew() -> None:
        os.kill(told.daemon, signal.SIGUSR1)

    return renew


def _attending(remote: Remote, delivery: Delivery) -> Callable[[bool], None]:
    """Return what does what operators ask, now that answers can leave."""
    remote.begin()

    def attend(watching: bool) -> None:  # noqa: FBT001  # one fact
        remote.step(delivered=delivery.delivered > 0, watching=watching)

    return attend


def _remote(own: Own, told: Told, outbox: Outbox, tray: Tray) -> Remote:
    around = Surroundings(
        settings_file=own.settings_file,
        device=told.device,
        site=told.provenance.site,
        classes=told.alphabet.classes,
        histories=outbox,
        say=tray.post,
        renew=_renewing(told),
        actuator=own.hands,
        board=own.board,
    )
    return open_remote(own.settings, around)


@contextmanager
def _delivering(delivery: Delivery, outbox: Outbox, remote: Remote) -> Iterator[Way]:
    """Deliver in a thread of its own: a slow link never holds up the wall."""
    stop = threading.Event()
    thread = threading.Thread(
        target=delivery.run, args=(stop,), name="delivery", daemon=True
    )
    thread.start()
    try:
        attend = _attending(remote, delivery)
        yield Way(thread.is_alive, attend, lambda: delivery.proven_s)
    finally:
        stop.set()
        outbox.arrived.set()
        thread.join(STOP_S)
        if not thread.is_alive():
            delivery.drain(DRAIN_S)

"""From settings to the half that speaks."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from tallypost.assembly.acceptance import Printer, accuracies, nobody_prints
from tallypost.assembly.attendant import Attendant, Aware, open_attendant
from tallypost.assembly.clock import asking, reckoner
from tallypost.assembly.health import organs
from tallypost.assembly.links import Around, Links, open_links
from tallypost.assembly.links import Told as ToldToLinks
from tallypost.assembly.pins import hands, open_face
from tallypost.assembly.reception import Premises, open_front
from tallypost.assembly.remote import Surroundings, open_remote
from tallypost.assembly.signing import open_notary
from tallypost.assembly.succession import take_over_outbox
from tallypost.assembly.way_out import delivering, in_turn, no_way
from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.board.face import Face
from tallypost.domain.aiming import Aiming
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
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.base import Downlink, Hearer


class Told(ToldToLinks, Protocol):
    """What must be known of the handover."""

    @property
    def paced(self) -> bool:
        """Whether time passes by the calendar."""
        ...

    @property
    def aiming(self) -> Aiming | None:
        """For how long somebody aims the camera."""
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
            board's monotonic clock; None before it was at all.
        board: Whose clocks are read.
        front: Answers whoever stands at the device.
        attendant: Shows and hears at the foot of the pole.
    """

    intake: Intake
    delivering: Callable[[], bool]
    attend: Callable[[bool], None]
    proven_s: Callable[[], float | None]
    board: Board
    front: Front
    attendant: Attendant


class Own(NamedTuple):
    """What is the device's own.

    Attributes:
        settings_file: Its `tallypost.toml`.
        settings: What is in force.
        face: Its lights, its button and the switch at its lid; None without.
        hands: What reboots and blinks: one, since it remembers what a light showed.
        board: Whose clocks are read.
    """

    settings_file: Path
    settings: DeviceSettings
    face: Face | None
    hands: Actuator
    board: Board


@contextmanager
def open_speech(
    settings_file: Path, told: Told, board: Board, printer: Printer = nobody_prints
) -> Iterator[Speech]:
    """Give what numbers intervals and keeps them; deliver them meanwhile.

    Afterwards the last records are sent, if that can be had in time, and all is closed.

    Args:
        settings_file: `tallypost.toml`.
        told: What the daemon hands over.
        board: Whose clocks are read.
        printer: Prints certificates.

    Raises:
        SettingsError: The settings cannot be accepted, or a secret cannot be read.
        OutboxError: The outbox cannot be opened.
    """
    settings = read_settings_in_force(settings_file)
    with ExitStack() as stack:
        face = stack.enter_context(open_face(settings.board, board))
        ours = hands(settings.remote.light, face)
        own = Own(settings_file, settings, face, ours, board)
        yield _speech(own, told, printer, stack)


def _speech(own: Own, told: Told, printer: Printer, stack: ExitStack) -> Speech:
    settings, board = own.settings, own.board
    outbox = take_over_outbox(settings.outbox, board)
    stack.callback(outbox.close)
    tray = Tray(outbox.arrived)
    knows = reckoner(settings.outbox.path, board)
    asks, hear_time = asking(knows, board, tray.post)
    remote = _remote(own, told, outbox, tray)
    stack.callback(remote.close)
    notary = open_notary(settings, outbox, told, board)
    around = Around(
        settings_file=own.settings_file,
        outbox=outbox,
        knows=knows,
        hear=_all(hear_time, remote.hear),
        board=board,
    )
    links = open_links(settings, told, around, stack)
    checkup = _checkup(outbox, settings.outbox.path, links, told, tray, board)
    way = no_way(board)
    if links is not None:
        again = Retelling(links.strangers, tray.tell_again).tick
        duty = in_turn(outbox.tick, checkup.tick, asks.tick, again)
        batches = notary.book if notary else None
        delivery = Delivery(
            outbox, links.uplink, board, tray, batches=batches, duty=duty
        )
        way = stack.enter_context(delivering(delivery, outbox, remote))
    intake = _intake(outbox, told, knows, board)
    stack.callback(intake.close)
    front = _front(own, told, outbox, checkup, intake, printer)
    stack.callback(front.close)
    lid = Lid(outbox.alerts, intake.tell, board)
    aware = Aware(links=links, knows=knows, health=checkup.health)
    attendant = open_attendant(settings, own.face, lid, aware, board)
    attend = _all_attending(way.attend, notary, front)
    return Speech(intake, way.delivering, attend, way.proven_s, board, front, attendant)


def _front(
    own: Own,
    told: Told,
    outbox: Outbox,
    checkup: Checkup,
    intake: Intake,
    printer: Printer,
) -> Front:
    intake.proved(accuracies(own.settings, told.provenance))
    premises = Premises(
        settings_file=own.settings_file,
        told=told,
        outbox=outbox,
        health=checkup.health,
        publish=intake.proved,
        printer=printer,
        hands=own.hands,
        board=own.board,
    )
    return open_front(own.settings, premises)


def _intake(outbox: Outbox, told: Told, knows: Reckoner, board: Board) -> Intake:
    return Intake(
        store=outbox,
        device=told.device,
        provenance=told.provenance,
        interval_s=told.interval_s,
        board=board,
        reckoner=knows,
        paced=told.paced,
        aiming=told.aiming,
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


def _no_link() -> None:
    """Say nothing of a link: there is none."""


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

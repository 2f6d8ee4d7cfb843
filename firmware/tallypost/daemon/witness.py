"""Knows of the other half what it has told, and leaves word of what is proven.

A process that runs proves nothing. What is proven here is that pictures were looked at,
and that records go out or why they do not; the keeper reads it, and so does
`tallypost doctor`:

    {"framed_s": 812.4, "proven_s": 820.1, "told_s": 821.0, "watching": true,
     "linked": true, "lid_open": false, "board_fault": "", "locked_in": true,
     "health": {...}}
"""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tallypost.assembly.attendant import Seen
from tallypost.assembly.telemetry import Speech
from tallypost.board.base import Board
from tallypost.domain import fields
from tallypost.domain.aiming import Boxes, Sight, Sketch
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.document import from_document, to_document
from tallypost.domain.health import Health
from tallypost.domain.json_text import parse, spell
from tallypost.domain.records import Interval
from tallypost.errors import RecordError
from tallypost.wall.frame import Hello, State
from tallypost.wall.spelling import Told

EVERY_S = 10.0
HEALTH_S = 60.0
INTERVALS = 3
LATE_S = 60.0
"""Who proves no picture for three intervals and so long is blind, whatever it says."""
BYTES_MAX = 32_768
NEW = ".new"
_BLIND = {
    State.CAMERA_SILENT,
    State.CAMERA_LOST,
    State.FOOTAGE_BROKEN,
    State.MODEL_FAILED,
    State.LOCK_IN_FAILED,
}
_HIDING = {AlertKind.CAMERA_COVERED, AlertKind.CAMERA_BLINDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is proven, by the board's monotonic clock.

    Attributes:
        framed_s: When an interval was told last in which pictures were looked at; None
            for none in this run.
        proven_s: When it was last known that records go out, or why they do not; None
            for not yet in this run.
        told_s: When this was written.
        watching: Whether the camera gives pictures; None before the first word of it
            since either half began.
        linked: Whether the link is there; None where there is none to be.
        lid_open: Whether the lid is open; None where nothing tells.
        board_fault: Why lights and button cannot be had; empty where they can.
        locked_in: Whether the half that sees is.
        health: How the device is, a minute ago at most; None where nobody asked.
    """

    framed_s: float | None
    proven_s: float | None
    told_s: float
    watching: bool | None = None
    linked: bool | None = None
    lid_open: bool | None = None
    board_fault: str = ""
    locked_in: bool = True
    health: Health | None = None


class Witness:
    """Remembers what the other half has told.

    Args:
        board: Whose clock is asked.
        interval_s: Length of the intervals.
        locked_in: Whether it is locked in.

    Attributes:
        seen: What the lights tell of it.
        framed_s: As of `Proof`.
    """

    def __init__(
        self, board: Board, interval_s: float, *, locked_in: bool = True
    ) -> None:
        self.framed_s: float | None = None
        self._board = board
        self._late_s = INTERVALS * interval_s + LATE_S
        self._evident_s = board.monotonic_s()
        self._locked_in = locked_in
        self._health: Health | None = None
        self._health_due_s = -math.inf
        self._watching: bool | None = None
        self._hiding: set[AlertKind] = set()

    @property
    def seen(self) -> Seen:
        """What lights tell of it."""
        return Seen(self._looks(), bool(self._hiding))

    def note(self, told: Told) -> None:
        """Remember what was told."""
        match told:
            case State.WATCHING:
                self._watching = True
                self._sees()
            case State() if told in _BLIND:
                self._watching = False
            case Hello():
                self._watching = None
                self._hiding.clear()
            case Sight() | Boxes() | Sketch():
                self._sees()
            case Alert() if told.kind in _HIDING:
                begun = told.state is AlertState.BEGUN
                (self._hiding.add if begun else self._hiding.discard)(told.kind)
            case Interval() if told.quality.frames:
                self.framed_s = self._board.monotonic_s()
                self._sees()
            case _:
                pass

    def _sees(self) -> None:
        """Note that pictures came; one that says it is blind says itself when not."""
        self._evident_s = self._board.monotonic_s()
        if self._watching is None:
            self._watching = True

    def _looks(self) -> bool | None:
        late = self._board.monotonic_s() - self._evident_s > self._late_s
        return False if late else self._watching

    def proof(self, speech: Speech) -> Proof:
        """Return what is proven now.

        Args:
            speech: Knows of the way out, and of the box.
        """
        attendant = speech.attendant
        face = attendant.face
        lid = None if face is None else face.lid
        return Proof(
            framed_s=self.framed_s,
            proven_s=speech.proven_s(),
            told_s=self._board.monotonic_s(),
            watching=self._looks(),
            linked=attendant.linked(),
            lid_open=None if lid is None else lid.active,
            board_fault="" if face is None else face.fault,
            locked_in=self._locked_in,
            health=self._fresh(attendant.health),
        )

    def _fresh(self, health: Callable[[], Health]) -> Health | None:
        now_s = self._board.monotonic_s()
        if now_s >= self._health_due_s:
            self._health_due_s = now_s + HEALTH_S
            self._health = health()
        return self._health


class Deposition:
    """Leaves word of what is proven, now and then.

    Args:
        file: Where; in a RAM disk.
        proof: What is proven now.
        board: Whose clock is asked.
    """

    def __init__(self, file: Path, proof: Callable[[], Proof], board: Board) -> None:
        self._file = file
        self._proof = proof
        self._board = board
        self._due_s = -math.inf

    def tick(self) -> None:
        """Write, if it is time to; a disk that refuses leaves what was written."""
        now_s = self._board.monotonic_s()
        if now_s < self._due_s:
            return
        self._due_s = now_s + EVERY_S
        fresh = self._file.with_name(self._file.name + NEW)
        try:
            fresh.write_bytes(encode_proof(self._proof()))
            fresh.replace(self._file)
        except OSError:
            # Silence has its own consequence: the keeper takes it for what it is.
            return


def encode_proof(proof: Proof) -> bytes:
    """Return the word that is left of a proof."""
    health = None if proof.health is None else to_document(proof.health)
    plain = {each.name: getattr(proof, each.name) for each in dataclasses.fields(proof)}
    return spell(plain | {"health": health})


def read_proof(file: Path) -> Proof | None:
    """Return what is proven; None where nobody has left word, or none that is one."""
    try:
        with file.open("rb") as opened:
            told = parse(opened.read(BYTES_MAX), bytes_max=BYTES_MAX)
        return _proof(told)
    except (OSError, RecordError):
        return None


def _proof(told: object) -> Proof:
    def member(key: str) -> object:
        return fields.member(told, "", key)

    framed, proven = member("framed_s"), member("proven_s")
    health = member("health")
    return Proof(
        framed_s=None if framed is None else fields.quantity(framed, "framed_s"),
        proven_s=None if proven is None else fields.quantity(proven, "proven_s"),
        told_s=fields.quantity(member("told_s"), "told_s"),
        watching=_maybe(member("watching")),
        linked=_maybe(member("linked")),
        lid_open=_maybe(member("lid_open")),
        board_fault=str(member("board_fault")),
        locked_in=member("locked_in") is not False,
        health=None if health is None else from_document(Health, health, "health"),
    )


def _maybe(told: object) -> bool | None:
    return told if isinstance(told, bool) else None

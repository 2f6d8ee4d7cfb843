"""The side of the box that somebody at the foot of the pole has to do with."""

import logging
import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue

from tallypost.board.base import Board
from tallypost.board.button import Button, Press
from tallypost.board.lights import Facts, Player, pattern
from tallypost.board.pins import STEP_S, Edge, Input, Output, Pins
from tallypost.errors import PinsError

TURN_S = 0.25
"""Facts are shown within that."""
AGAIN_S = 60.0
"""How long to leave lines alone that cannot be had."""
FIRST_LOOK_S = 1.0
"""So long nothing is shown: what the lid's switch says must have settled."""
TELL_S = 3600.0
"""How often the log hears of the same trouble."""
STOP_S = 2.0
LIDS_MAX = 16
"""So many moves of the lid are kept for who asks; of more, the oldest are lost."""

_logger = logging.getLogger(__name__)


class Face:
    """Shows facts, and hears presses, in one thread; trouble with it ends nothing.

    Args:
        open_pins: Opens the lines; asked again where they are lost.
        board: Whose clock is asked.

    Attributes:
        fault: Why it cannot be had just now; empty where it can.
        lid: The last change of the switch at the lid; None before the first look.
    """

    def __init__(self, open_pins: Callable[[], Pins], board: Board) -> None:
        self.fault = ""
        self.lid: Edge | None = None
        self._open_pins = open_pins
        self._board = board
        self._facts = Facts()
        self._identifying = False
        self._pins: Pins | None = None
        self._player: Player | None = None
        self._button = Button()
        self._presses: SimpleQueue[Press] = SimpleQueue()
        self._lids: deque[Edge] = deque(maxlen=LIDS_MAX)
        self._not_before_s = -math.inf
        self._told_s = -math.inf
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="face", daemon=True)
        self._thread.start()

    def show(self, facts: Facts) -> None:
        """Have the lights tell other facts from now on."""
        self._facts = facts

    def identify(self, on: bool) -> bool:  # noqa: FBT001  # one fact
        """Begin or end to show which box it is; return whether there is a light."""
        self._identifying = on
        pins = self._pins
        return pins is not None and Output.STATUS in pins.outputs

    def presses(self) -> list[Press]:
        """Return what the button was pressed for since this was asked last."""
        found = []
        try:
            while True:
                found.append(self._presses.get_nowait())
        except Empty:
            return found

    def lids(self) -> list[Edge]:
        """Return how the lid was moved since this was asked last, and how it is."""
        found = []
        while self._lids:
            found.append(self._lids.popleft())
        lid = self.lid
        return found or ([] if lid is None else [lid])

    def turn(self) -> None:
        """Show and hear for a moment; what the lines refuse is told, and survived."""
        now_s = self._board.monotonic_s()
        if self._pins is None and now_s < self._not_before_s:
            self._board.wait(TURN_S)
            return
        try:
            pins, player = self._opened()
            facts = replace(self._facts, identify=self._identifying)
            player.play(pattern(facts), now_s)
            if beeps := self._button.step(now_s):
                player.beep(beeps, now_s)
            for edge in pins.edges(min(player.step(now_s), TURN_S)):
                self._hear(edge, player)
        except PinsError as error:
            self._lose(error)
        except Exception as error:  # noqa: BLE001  # drivers raise what they like
            # The thread would end for good, and nobody would hear of it.
            self._lose(PinsError(f"board: its driver fails ({error!r})"))

    def close(self) -> None:
        """End, and put the lights out; twice is harmless."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
        pins, self._pins = self._pins, None
        if pins is not None:
            _close(pins)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.turn()

    def _opened(self) -> tuple[Pins, Player]:
        if self._pins is not None and self._player is not None:
            return self._pins, self._player
        pins = self._open_pins()
        self._pins, self._player = pins, Player(pins)
        self._button = Button()
        self._first_look(pins)
        if self.fault:
            _logger.warning("board is back")
        self.fault = ""
        return self._pins, self._player

    def _first_look(self, pins: Pins) -> None:
        """Find how things are; what is down already is no press."""
        begun_s = self._board.monotonic_s()
        lid = Edge(Input.TAMPER, active=False, at_s=begun_s)
        until_s = begun_s + FIRST_LOOK_S
        while (left_s := until_s - self._board.monotonic_s()) > STEP_S:
            for edge in pins.edges(left_s):
                if edge.input is Input.BUTTON:
                    self._button.hear(edge, first=True)
                else:
                    lid = edge
        if Input.TAMPER in pins.inputs:
            self._note_lid(lid)

    def _hear(self, edge: Edge, player: Player) -> None:
        if edge.input is Input.TAMPER:
            self._note_lid(edge)
            return
        if edge.active:
            player.beep(1, edge.at_s)
        meant = self._button.hear(edge)
        if meant is not None:
            self._presses.put(meant)

    def _note_lid(self, lid: Edge) -> None:
        self.lid = lid
        self._lids.append(lid)

    def _lose(self, error: PinsError) -> None:
        now_s = self._board.monotonic_s()
        self._not_before_s = now_s + AGAIN_S
        if not self.fault or now_s - self._told_s >= TELL_S:
            _logger.error("board shows and hears nothing reason=%s", error)
            self._told_s = now_s
        self.fault = str(error)
        pins, self._pins = self._pins, None
        if pins is not None:
            _close(pins)


def _close(pins: Pins) -> None:
    try:
        pins.close()
    except Exception as error:  # noqa: BLE001  # drivers raise what they like
        _logger.debug("board was not closed reason=%s", error)

"""From settings to the lines of a board."""

from collections.abc import Iterator
from contextlib import contextmanager

from tallypost.assembly.manager import actuator
from tallypost.board.actuator import Actuator
from tallypost.board.base import Board
from tallypost.board.face import Face
from tallypost.board.face_actuator import FaceActuator
from tallypost.board.pins import Input, Lines, Output, Pins, Wire
from tallypost.settings.board import (
    BoardSettings,
    GpiodSettings,
    GpiozeroSettings,
    NoBoardSettings,
    SimulatedBoardSettings,
    WiredSettings,
)

Role = Output | Input


@contextmanager
def open_face(settings: BoardSettings, board: Board) -> Iterator[Face | None]:
    """Give the board's face, at work; None where nothing is wired.

    It opens its lines by itself, and goes on without those that it cannot have.

    Args:
        settings: `[board]`.
        board: Whose clock is asked.
    """
    if not is_wired(settings):
        yield None
        return
    face = Face(lambda: Pins(open_lines(settings, board), board), board)
    face.start()
    try:
        yield face
    finally:
        face.close()


def is_wired(settings: BoardSettings) -> bool:
    """Return whether there is anything to be seen, heard or pressed."""
    match settings:
        case NoBoardSettings():
            return False
        case WiredSettings():
            return bool(wires(settings))
        case SimulatedBoardSettings():
            return True


def has_button(settings: BoardSettings) -> bool:
    """Return whether somebody can tell by a button that they are there."""
    match settings:
        case NoBoardSettings():
            return False
        case WiredSettings():
            return settings.button is not None
        case SimulatedBoardSettings():
            return True


def hands(light: str | None, face: Face | None) -> Actuator:
    """Return the board's hands, which blink with the face, too, where there is one.

    Args:
        light: The kernel's light that blinks; None where none does.
        face: Has lights of its own.
    """
    rest = actuator(light)
    return rest if face is None else FaceActuator(rest, face.identify)


def open_lines(settings: BoardSettings, board: Board) -> Lines:
    """Return the lines that settings name, open.

    Raises:
        PinsError: They cannot be had.
    """
    match settings:
        case GpiozeroSettings():
            from tallypost.board.gpio_pins import GpioPins

            return GpioPins(wires(settings), board)
        case GpiodSettings():
            from tallypost.board.gpio_lines import GpioLines

            return GpioLines(wires(settings), board)
        case SimulatedBoardSettings():
            from tallypost.board.simulated_pins import SimulatedLines

            return SimulatedLines(board, folder=settings.folder)
        case NoBoardSettings():
            from tallypost.board.simulated_pins import SimulatedLines

            return SimulatedLines(board, outputs=(), inputs=())


def wires(settings: WiredSettings) -> dict[Role, Wire]:
    """Return what is wired to which line."""
    named: dict[Role, str | None] = {
        Output.STATUS: settings.status,
        Output.LINK: settings.link,
        Output.BUZZER: settings.buzzer,
        Input.BUTTON: settings.button,
        Input.TAMPER: settings.tamper,
    }
    low = settings.active_low
    return {
        role: Wire(line, active_low=role.value in low)
        for role, line in named.items()
        if line is not None
    }

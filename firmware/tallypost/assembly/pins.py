"""From settings to the lines of a board."""

from tallypost.board.base import Board
from tallypost.board.face import Face
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


def face(settings: BoardSettings, board: Board) -> Face | None:
    """Return the board's face, which opens its lines by itself; None without one.

    Args:
        settings: `[board]`.
        board: Whose clock is asked.
    """
    match settings:
        case NoBoardSettings():
            return None
        case WiredSettings() if not wires(settings):
            return None
        case _:
            return Face(lambda: Pins(open_lines(settings, board), board), board)


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

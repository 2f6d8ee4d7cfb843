"""From a picture's name to the picture."""

from pathlib import Path

from tallypost.assembly.camera import open_footage
from tallypost.board.base import Board
from tallypost.domain.vision import Frame, Size
from tallypost.errors import FootageError
from tallypost.vision.camera import sources

PICTURE_TIMEOUT_S = 60.0
"""A picture of a hundred megapixels takes its time."""


def place_of(source: str) -> str:
    """Return how a source is called where people read it: without a password.

    Raises:
        CameraUnavailableError: It is not there, or may not be read.
        FootageError: It is there and can hold no pictures.
    """
    return sources.parse(source).place


def open_picture(source: str, fit: Size, board: Board) -> Frame:
    """Return one picture, scaled to fit; of footage, the first.

    Args:
        source: A file.
        fit: The detector's input size.
        board: Whose clocks are read.

    Raises:
        CameraUnavailableError: It cannot be opened.
        FootageError: It holds no picture.
    """
    if Path(source).is_dir():
        raise FootageError(f"{source}: is a folder; name its pictures: {source}/*.jpg")
    camera = open_footage(source, fit, board)
    try:
        frame = camera.read(PICTURE_TIMEOUT_S)
        if frame is None:
            raise FootageError(f"{place_of(source)}: holds no picture; name a picture")
        # A frame may lie in a buffer that goes with its camera: the copy stays.
        picture = Frame(
            frame.pixels.copy(), frame.scene, frame.time_s, frame.captured_monotonic_s
        )
        frame.erase()
        return picture
    finally:
        camera.close()

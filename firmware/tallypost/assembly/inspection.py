"""From a model to a detector that lets itself be looked into."""

from tallypost.assembly.camera import open_footage
from tallypost.board.base import Board
from tallypost.domain.vision import Frame, Size
from tallypost.errors import FootageError
from tallypost.models.store import Model
from tallypost.vision.detection.selfcheck import Inspectable

PICTURE_TIMEOUT_S = 60.0
"""A picture of a hundred megapixels takes its time."""


def open_inspectable(
    model: Model, *, score_min: float | None, threads: int, board: Board
) -> Inspectable:
    """Return a detector whose interpreter is timed and whose numbers can be seen.

    Args:
        model: What the store has found.
        score_min: Told when >=; None: as the model's manifest says.
        threads: How many processor cores work on one picture.
        board: Whose clock times the interpreter.

    Raises:
        ModelError: The model cannot be used as it stands.
    """
    from tallypost.vision.detection.litert import LitertDetector

    return LitertDetector(
        description=model.description,
        file=model.file,
        threads=threads,
        score_min=score_min,
        board=board,
    )


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
    camera = open_footage(source, fit, board)
    try:
        frame = camera.read(PICTURE_TIMEOUT_S)
        if frame is None:
            raise FootageError(f"{source}: holds no picture; name a picture")
        # closing the camera overwrites what it gave
        return Frame(
            frame.pixels.copy(), frame.scene, frame.time_s, frame.captured_monotonic_s
        )
    finally:
        camera.close()

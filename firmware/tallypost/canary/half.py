"""The half that sees, under test: real but for the picture; then it tries to flee."""

import os
from collections.abc import Callable
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.board.base import Board
from tallypost.canary.lens import CanaryLens
from tallypost.canary.told import Kind, Told
from tallypost.daemon.vision_half import see
from tallypost.vision.camera.base import Camera
from tallypost.vision.sandbox.attempts import attempts
from tallypost.wall.frame import FRAME_BYTES

PATIENCE_S = 0.05


def see_canaries(
    settings_file: Path,
    outlet: int,
    hatch: int | None,
    seed: int,
    frames: int,
    lasts_s: float = 0.0,
) -> int:
    """See canaries, lock in as ever, try the ways out, and wait to be looked at.

    Args:
        settings_file: The test's own `tallypost.toml`.
        outlet: The wall's descriptor.
        hatch: Where a third process hands in what it fetches; None: none does.
        seed: Of the canaries.
        frames: How many to see.
        lasts_s: For how long to see them, at least.

    Returns:
        The process's exit code.

    Raises:
        TallypostError: It cannot begin.
    """
    lenses: list[CanaryLens] = []
    here = board()

    def lens(camera: Camera) -> Camera:
        lenses.append(CanaryLens(camera, seed, frames, lasts_s))
        return lenses[0]

    def afterwards(stopped: Callable[[], bool]) -> None:
        _tell_and_try(outlet, lenses[0], here)
        while not stopped():
            here.wait(PATIENCE_S)

    return see(settings_file, outlet, hatch, lens=lens, afterwards=afterwards)


def _tell_and_try(outlet: int, lens: CanaryLens, here: Board) -> None:
    for number, height, width in lens.shapes:
        _tell(outlet, Told(Kind.PLANTED, number, height, width), here)
    for index, attempt in enumerate(attempts(outlet, FRAME_BYTES)):
        _tell(outlet, Told(Kind.BEGUN, index), here)
        _tell(outlet, Told(Kind.ANSWERED, index, attempt.make()), here)
    _tell(outlet, Told(Kind.FINISHED, one=lens.planted), here)


def _tell(outlet: int, told: Told, here: Board) -> None:
    while True:
        try:
            os.write(outlet, told.pack())
        except BlockingIOError:
            here.wait(PATIENCE_S)  # whoever listens is slow
        else:
            return

"""From a model's name to a detector."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tallypost.board.base import Board
from tallypost.models.at_hand import Model
from tallypost.models.store import find_model
from tallypost.models.trial import try_out
from tallypost.settings.device import DetectorSettings
from tallypost.vision.detection.delegate import Delegate

if TYPE_CHECKING:
    from tallypost.vision.detection.litert import LitertDetector

SCORE_LOW_SHARE = 0.4
"""A known object is followed down to this share of the score it begins with."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Which scores count.

    Attributes:
        begin: A new object must score this, kept when >=.
        hold: A known one is followed down to this, kept when >=.
    """

    begin: float

    @property
    def hold(self) -> float:
        """What the detector must tell the tracker."""
        return self.begin * SCORE_LOW_SHARE


def model_of(settings: DetectorSettings) -> Model:
    """Return the model that the settings ask for, and what shall run it.

    Raises:
        ModelError: It is not at hand or cannot be used.
        SettingsError: Its manifest cannot be accepted.
    """
    delegate = None
    if settings.delegate is not None:
        delegate = Delegate(settings.delegate, settings.delegate_options)
    return find_model(settings.model, delegate=delegate)


def threshold(model: Model, score_min: float | None) -> Threshold:
    """Return which scores count: the one asked for, or the model's own."""
    return Threshold(model.description.score_min if score_min is None else score_min)


def read_content(model: Model) -> bytes:
    """Return a model's bytes, with all ready that loads them where no file can be read.

    Raises:
        ModelError: The file is not the model's, or no runtime is installed.
    """
    # Only now: they take a second.
    from tallypost.vision.detection import litert  # noqa: F401  for who is locked in
    from tallypost.vision.detection.interpreter import get_ready
    from tallypost.vision.detection.modelfile import read_whole

    get_ready()
    return read_whole(model.description, model.file)


def try_detector(model: Model, *, threads: int) -> None:
    """Load and run a model in a process of its own: what it does to it, it does there.

    A delegate needs its chip, which nobody who is locked in can open: nothing is tried.

    Args:
        model: What the store has found.
        threads: How many processor cores work on one picture.

    Raises:
        ModelError: The model cannot be used as it stands, or ends its process.
    """
    if model.delegate is not None:
        return

    def ready() -> Callable[[], None]:
        content = read_content(model)

        def load() -> None:
            opened = open_detector(
                model, score_min=1.0, threads=threads, content=content
            )
            opened.invoke()

        return load

    try_out(model.file, ready)


def open_detector(
    model: Model,
    *,
    score_min: float,
    threads: int,
    board: Board | None = None,
    content: bytes | None = None,
) -> "LitertDetector":
    """Return a detector, ready for its first frame.

    Args:
        model: What the store has found.
        score_min: Told when >=.
        threads: How many processor cores work on one picture.
        board: Whose clock times the model; None: nobody does.
        content: What `read_content` has read of it; None: it is read now.

    Raises:
        ModelError: The model, or its delegate, cannot be used as it stands.
    """
    from tallypost.vision.detection.litert import LitertDetector

    return LitertDetector(
        description=model.description,
        file=model.file,
        threads=threads,
        score_min=score_min,
        board=board,
        delegate=model.delegate,
        content=content,
    )

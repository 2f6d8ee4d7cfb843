"""From a model's name to a detector."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tallypost.board.base import Board
from tallypost.models.at_hand import Model
from tallypost.models.store import find_model
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


def open_detector(
    model: Model, *, score_min: float, threads: int, board: Board | None = None
) -> "LitertDetector":
    """Return a detector, ready for its first frame.

    Args:
        model: What the store has found.
        score_min: Told when >=.
        threads: How many processor cores work on one picture.
        board: Whose clock times the model; None: nobody does.

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
    )

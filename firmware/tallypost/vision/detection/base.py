"""What the pipeline asks of a detector."""

from collections.abc import Callable
from typing import Protocol

from tallypost.domain.vision import Detections, Frame, Size


class Detector(Protocol):
    """Finds objects on a picture; opens on construction.

    Raises:
        ModelError: On construction: the model cannot be used as it stands.
    """

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what it tells; `Detections.class_ids` index into it."""
        ...

    @property
    def input_size(self) -> Size:
        """The size that pictures must fit into."""
        ...

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        """Return what is on the frame, best score first; does not erase the frame.

        Args:
            frame: The picture, scaled to fit.
            meanwhile: Called once while the model works, by the calling thread: what
                can be done without the answer costs no time then.

        When this returns, the detector's input tensor has been overwritten; what the
        model made of the picture inside goes with the next one.

        Raises:
            ModelError: The model fails on this frame.
        """
        ...

    def close(self) -> None:
        """Give the model back; closing twice is harmless."""
        ...

"""Plays detections that are known beforehand."""

from collections.abc import Callable, Iterable, Iterator

from tallypost.domain.vision import Detections, Frame, Size


class ScriptedDetector:
    """Gives the n-th frame the n-th detections, whatever is on the picture.

    Args:
        frames: What is found on the first frame, the second, ...; after the last,
            nothing is found. A `RecordedDetections` will do.
        classes: Names of what it tells.
        input_size: The size that pictures must fit into.
    """

    def __init__(
        self,
        frames: Iterable[Detections],
        *,
        classes: tuple[str, ...],
        input_size: Size = Size(320, 320),  # noqa: B008 - a tuple
    ) -> None:
        self._frames: Iterator[Detections] = iter(frames)
        self._classes = classes
        self._input_size = input_size

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what it tells; `Detections.class_ids` index into it."""
        return self._classes

    @property
    def input_size(self) -> Size:
        """The size that pictures must fit into."""
        return self._input_size

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        """Return what the script says of the next frame; does not look at it."""
        del frame
        if meanwhile is not None:
            meanwhile()
        return next(self._frames, Detections.none())

    def close(self) -> None:
        """Forget the script; closing twice is harmless."""
        self._frames = iter(())

"""Has every view of a frame looked at, as though there were one."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tallypost.domain.vision import Detections, Frame, Region
from tallypost.vision.detection.base import Detector
from tallypost.vision.gaze.merge import merge


def look(detector: Detector, frame: Frame, meanwhile: Callable[[], None]) -> Detections:
    """Return what is on a frame, each object once; does not erase the frame.

    Args:
        detector: Looks at one view after another.
        frame: The whole picture, closer regions of it, or both.
        meanwhile: Called once while the model works.

    Raises:
        ModelError: The detector fails on one of them.
    """
    if not frame.closer:
        return detector.detect(frame, meanwhile)
    found = []
    unused: Callable[[], None] | None = meanwhile
    for region, view in _views(frame):
        found.append((region, detector.detect(view, unused)))
        unused = None
    return merge(found, frame.scene)


def _views(frame: Frame) -> Iterator[tuple[Region, Frame]]:
    """Yield each view as a frame whose scene is the region that it shows."""
    if frame.whole:
        yield Region(0, 0, *frame.scene), frame
    for closer in frame.closer:
        yield (
            closer.region,
            replace(frame, pixels=closer.pixels, scene=closer.region.size, closer=()),
        )

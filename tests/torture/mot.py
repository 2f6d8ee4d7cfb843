"""Writes a scene as MOT Challenge text, for `tallypost replay --detections`."""

from collections.abc import Iterable, Iterator

from tests.torture.eye import Look
from tests.torture.language import CLASSES


def mot_lines(told: Iterable[Look], rate_hz: float) -> Iterator[str]:
    """Yield a line a detection: frame,id,x,y,w,h,score,class; no id is known.

    The text knows numbers and no times: a look gets the one that falls at its time. A
    frame that was dropped is told as one on which nothing was found.
    """
    for look in told:
        frame = int(look.time_s * rate_hz) + 1
        found = look.found
        for (x1, y1, x2, y2), score, class_id in zip(
            found.boxes.tolist(),
            found.scores.tolist(),
            found.class_ids.tolist(),
            strict=True,
        ):
            yield (
                f"{frame},-1,{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},"
                f"{score:.3f},{CLASSES[class_id]}"
            )

"""Tells how a head writes its boxes, from the numbers that it gives."""

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size
from tallypost.errors import ModelError
from tallypost.vision.detection.decode_grid import STRIDES, cells
from tallypost.vision.detection.manifest import (
    BoxFormat,
    BoxUnit,
    Family,
    InputDescription,
)


def tell_boxes(
    name: str,
    family: Family,
    boxes: NDArray[np.float32],
    description: InputDescription,
) -> tuple[BoxFormat, BoxUnit]:
    """Return how a raw head tells its boxes, from all of them at once.

    A head covers the picture, so its boxes' places spread over the input: up to 1 where
    they are normalised, up to its width in pixels; the offsets of a grid do not follow
    their cells at all. Corners are in order in every box; a size is smaller than the
    place of its centre in nearly every box of the far half.

    Args:
        name: The model's, for messages.
        family: Its family.
        boxes: Shape (n, 4), every box of the head.
        description: The input that they were found in.

    Raises:
        ModelError: The boxes fit no format, or more than one.
    """
    width = description.size.width
    if family is Family.YOLOX and not _follows_cells(boxes, description.size):
        return BoxFormat.XYWH, BoxUnit.GRID
    reach = float(np.quantile(boxes[:, 0], 0.99))
    ordered = float((boxes[:, 2:] >= boxes[:, :2]).all(axis=1).mean())
    normalised, pixels = 0.5 < reach < 2, width / 2 < reach < 2 * width  # noqa: PLR2004
    corners, centred = ordered > 0.99, ordered < 0.9  # noqa: PLR2004
    if normalised == pixels or corners == centred:
        raise ModelError(
            f"{name}: whether its boxes are corners or centre and size, in pixels or "
            f"in 0..1, cannot be told; put it into a folder with a manifest.toml that "
            f"says output.box_format and output.box_unit"
        )
    box_format = BoxFormat.XYXY if corners else BoxFormat.XYWH
    return box_format, BoxUnit.NORMALISED if normalised else BoxUnit.PIXELS


def tell_unit(name: str, boxes: NDArray[np.float32]) -> BoxUnit:
    """Return what corners are measured in, from those that a head has chosen.

    Args:
        name: The model's, for messages.
        boxes: Shape (n, 4); zeros where nothing was chosen.

    Raises:
        ModelError: Nothing was chosen.
    """
    if not boxes.any():
        raise ModelError(
            f"{name}: finds nothing on the drawn picture, so that the unit of its "
            f"boxes cannot be told; put it into a folder with a manifest.toml that "
            f"says output.box_unit"
        )
    # Corners of a picture reach 1 where they are normalised, a little more at its edge.
    small = np.abs(boxes).max() <= 2  # noqa: PLR2004
    return BoxUnit.NORMALISED if small else BoxUnit.PIXELS


def _follows_cells(boxes: NDArray[np.float32], size: Size) -> bool:
    places = cells(size, STRIDES)
    if len(places) != len(boxes) or np.ptp(boxes[:, 0]) == 0:
        return False
    columns = (places[:, 0] + 0.5) * places[:, 2]
    return bool(np.corrcoef(columns, boxes[:, 0])[0, 1] > 0.9)  # noqa: PLR2004

"""What a detector must be told of its model, after every word of it was checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size
from tallypost.errors import ModelError


class Family(StrEnum):
    """How a model tells what it has found."""

    SSD_POSTPROCESS = "ssd-postprocess"
    EFFICIENTDET = "efficientdet"
    YOLO_V5 = "yolo-v5"
    YOLO_V8 = "yolo-v8"
    YOLO_END2END = "yolo-end2end"
    YOLOX = "yolox"
    NANODET = "nanodet"


FINISHED_FAMILIES = (Family.SSD_POSTPROCESS, Family.EFFICIENTDET)
"""They end with TensorFlow's four tensors: boxes, classes, scores and a count."""
SUPPRESSED_FAMILIES = (*FINISHED_FAMILIES, Family.YOLO_END2END)
"""They tell each object once by themselves; the others give one box a cell."""


class ElementType(StrEnum):
    """What one number of the input tensor is."""

    UINT8 = "uint8"
    INT8 = "int8"
    FLOAT32 = "float32"


class Layout(StrEnum):
    """In which order the input tensor counts: batch, height, width, channel."""

    NHWC = "NHWC"
    NCHW = "NCHW"


class Colour(StrEnum):
    """In which order a pixel's channels come."""

    RGB = "rgb"
    BGR = "bgr"


class Placement(StrEnum):
    """Where a picture lies that does not fill the input; it is never squeezed."""

    CENTRE = "letterbox-centre"
    TOP_LEFT = "letterbox-top-left"


class BoxFormat(StrEnum):
    """What the four numbers of a box are."""

    XYWH = "xywh"
    XYXY = "xyxy"


class BoxUnit(StrEnum):
    """What a box is measured in.

    GRID is what YOLOX's head gives before decoding: the centre as an offset in cells,
    the size as a logarithm of cells.
    """

    NORMALISED = "normalised"
    PIXELS = "pixels"
    GRID = "grid"


Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class InputDescription:
    """How a picture becomes the input tensor.

    The model's real numbers are (pixel - mean) / std; a quantized input holds
    real / scale + zero point, by the scale that the file itself carries.

    Attributes:
        size: Width and height of the tensor in pixels.
        type: What one number of it is.
        layout: In which order it counts.
        colour: In which order its channels come.
        mean: One for each channel, in the model's order, 0..255.
        std: One for each channel; not 0.
        placement: Where a picture lies that does not fill it.
        pad: Grey of what the picture leaves free, 0..255.
    """

    size: Size
    type: ElementType
    layout: Layout = Layout.NHWC
    colour: Colour = Colour.RGB
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (255.0, 255.0, 255.0)
    placement: Placement = Placement.CENTRE
    pad: int = 114


@dataclass(frozen=True, slots=True)
class OutputDescription:
    """How the output tensors become boxes.

    Attributes:
        family: How the model tells what it has found.
        box_format: What the four numbers of a raw head's box are.
        box_unit: What they are measured in.
        order: Where boxes, classes, scores and count stand among the outputs of a model
            that finishes by itself; None: to be told from shapes, names and values.
        cell_centre: Where NanoDet measures from, in cells: 0.5, or 0 for NanoDet-Plus.
    """

    family: Family
    box_format: BoxFormat = BoxFormat.XYWH
    box_unit: BoxUnit = BoxUnit.NORMALISED
    order: tuple[int, int, int, int] | None = None
    cell_centre: float = 0.5


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """A model, as far as the vision process must know it.

    Attributes:
        name: What people call it.
        sha256: Of the file, 64 hexadecimal digits; a file with another is refused.
        input: How a picture becomes the input tensor.
        output: How the output tensors become boxes.
        labels: What the model's own class numbers mean, from 0.
        wanted: Which labels are told, and as which of our classes.
        score_min: Kept when >=, 0..1.
        iou_max: Of two boxes of one class that overlap more, the lower score goes;
            None: the model has seen to it.
    """

    name: str
    sha256: str
    input: InputDescription
    output: OutputDescription
    labels: tuple[str, ...]
    wanted: Mapping[str, str] = field(hash=False)
    score_min: float = 0.4
    iou_max: float | None = 0.6

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what is told, each once, in the order they were wanted."""
        return tuple(dict.fromkeys(self.wanted.values()))

    def class_of_label(self) -> NDArray[np.int64]:
        """Return for each label the index of its class, -1 where it is not wanted.

        Raises:
            ModelError: A wanted label is none of the model's, or nothing is wanted.
        """
        if strangers := [label for label in self.wanted if label not in self.labels]:
            raise ModelError(
                f"{self.name}: classes.{strangers[0]}: is none of this model's "
                f"{len(self.labels)} labels; want one of those"
            )
        if not self.wanted:
            raise ModelError(f"{self.name}: classes: is empty; name what is to be told")
        index = {name: number for number, name in enumerate(self.classes)}
        return np.array(
            [index[self.wanted[x]] if x in self.wanted else -1 for x in self.labels],
            np.int64,
        )


CLASSES = (
    "person",
    "bicycle",
    "motorcycle",
    "car",
    "bus",
    "truck",
    "train",
    "vehicle",
)
"""Our words for what passes in a street."""

SYNONYMS = {
    "people": "person",
    "pedestrian": "person",
    "bike": "bicycle",
    "motorbike": "motorcycle",
    "lorry": "truck",
    "tram": "train",
}
"""Other models' words for the same."""


def usual_classes(labels: tuple[str, ...]) -> dict[str, str]:
    """Return which labels are told, and as what, when nobody has said it.

    What has a word of ours is told; a model that knows nothing of a street tells all.
    """
    words = {label: label.strip().lower() for label in labels}
    known = {
        label: SYNONYMS.get(word, word)
        for label, word in words.items()
        if SYNONYMS.get(word, word) in CLASSES
    }
    return known or {label: word for label, word in words.items() if word != UNNAMED}


UNNAMED = "???"
"""What label files write where a number means nothing."""


def aligned_labels(labels: tuple[str, ...], family: Family) -> tuple[str, ...]:
    """Return the labels so that the model's number n means the n-th of them.

    The label files of TensorFlow's object detection count from a background that the
    finished models do not tell: a leading `???` is off by one.
    """
    if family in FINISHED_FAMILIES and labels[:1] == (UNNAMED,):
        return labels[1:]
    return labels

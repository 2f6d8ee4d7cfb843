"""Tells what a bare model file is, from its tensors and its answers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tallypost.domain.vision import Pixels, Size
from tallypost.errors import ModelError
from tallypost.vision.detection.box_units import tell_boxes, tell_unit
from tallypost.vision.detection.decode_end2end import is_end2end
from tallypost.vision.detection.decode_finished import (
    POSTPROCESS,
    is_finished,
    order_by_name,
    order_by_value,
)
from tallypost.vision.detection.decode_grid import STRIDES, cell_count
from tallypost.vision.detection.manifest import (
    FINISHED_FAMILIES,
    SUPPRESSED_FAMILIES,
    BoxFormat,
    Colour,
    ElementType,
    Family,
    InputDescription,
    Layout,
    ModelDescription,
    OutputDescription,
    Placement,
    aligned_labels,
    usual_classes,
)
from tallypost.vision.detection.tensors import Tensor, TensorFacts

Probe = Callable[[InputDescription, Pixels], list[Tensor]]
"""Runs the model on a picture and returns the numbers of its outputs, converted."""

ANCHORS_V5 = 3
BOX = 4
SIDE_MIN, SIDE_MAX = 32, 4096
NANODET_MEAN = (103.53, 116.28, 123.675)
NANODET_STD = (57.375, 57.12, 58.395)
"""Blue green red. Source: RangiLyu/nanodet, config/nanodet-m.yml, normalize."""


def picture_input(name: str, inputs: Sequence[TensorFacts]) -> tuple[Size, Layout]:
    """Return the size and layout of a model's only input.

    Raises:
        ModelError: It takes something else than one colour picture.
    """
    shapes = [list(facts.shape) for facts in inputs]
    if len(inputs) != 1:
        raise ModelError(
            f"{name}: has {len(inputs)} inputs of the shapes {shapes}; a detector here "
            f"takes one picture and keeps no state"
        )
    shape, types = inputs[0].shape, [kind.value for kind in ElementType]
    if inputs[0].dtype.name not in types:
        raise ModelError(
            f"{name}: its input is of {inputs[0].dtype}; want one of {', '.join(types)}"
        )
    if len(shape) == 4 and shape[0] == 1:  # noqa: PLR2004
        for layout, (height, width, channels) in (
            (Layout.NHWC, shape[1:]),
            (Layout.NCHW, (shape[2], shape[3], shape[1])),
        ):
            inside = SIDE_MIN <= min(height, width) <= max(height, width) <= SIDE_MAX
            if channels == 3 and inside:  # noqa: PLR2004
                return Size(width, height), layout
    raise ModelError(
        f"{name}: its input has the shape {shapes[0]}; want [1, height, width, 3] or "
        f"[1, 3, height, width] with sides of {SIDE_MIN} to {SIDE_MAX} pixels"
    )


def identify(
    name: str,
    sha256: str,
    tensors: tuple[Sequence[TensorFacts], Sequence[TensorFacts]],
    labels: tuple[str, ...] | None,
    probe: Probe,
    *,
    nameless: bool = False,
) -> ModelDescription:
    """Return what a bare model is.

    Args:
        name: What people call it.
        sha256: Of its file.
        tensors: What the file says of its inputs, and of its outputs.
        labels: Those that the file carries, if it does.
        probe: Runs it on a picture.
        nameless: Whether classes without labels are called by their numbers: to look
            into a model, never to count with it.

    Raises:
        ModelError: It cannot be told; the message says what to write in a manifest.
    """
    inputs, outputs = tensors
    size, layout = picture_input(name, inputs)
    family = find_family(name, outputs, size, labels)
    if labels is None and nameless:
        labels = tuple(f"class {n}" for n in range(class_count(family, outputs)))
    if not labels:
        raise ModelError(
            f"{name}: is of the family {family} and carries no labels; put it into a "
            f"folder with a manifest.toml that lists them"
        )
    labels = aligned_labels(labels, family)
    picture = usual_input(family, size, layout, inputs[0])
    description = ModelDescription(
        name=name,
        sha256=sha256,
        input=picture,
        output=OutputDescription(family),
        labels=labels,
        wanted=usual_classes(labels),
        iou_max=None if family in SUPPRESSED_FAMILIES else 0.6,
    )
    return settled(description, outputs, probe, guess_boxes=True)


def settled(
    description: ModelDescription,
    outputs: Sequence[TensorFacts],
    probe: Probe,
    *,
    guess_boxes: bool = False,
) -> ModelDescription:
    """Return the description with what only the model's answers can tell.

    Args:
        description: What is known.
        outputs: What the file says of its outputs.
        probe: Runs the model on a picture.
        guess_boxes: Whether the boxes' format and unit are to be told as well.

    Raises:
        ModelError: The answers do not tell it.
    """
    output, name = description.output, description.name
    if output.family in FINISHED_FAMILIES:
        if output.order or order_by_name(outputs) or not is_finished(outputs):
            return description
        answer = probe(description.input, drawn_picture(description.input.size))
        order = order_by_value(name, answer)
        return replace(description, output=replace(output, order=order))
    if not guess_boxes or output.family is Family.NANODET:
        return description
    answer = probe(description.input, drawn_picture(description.input.size))
    if output.family is Family.YOLO_END2END:
        unit = tell_unit(name, answer[0][0][:, :BOX])
        output = replace(output, box_format=BoxFormat.XYXY, box_unit=unit)
        return replace(description, output=output)
    rows = answer[0][0] if outputs[0].shape[1] > outputs[0].shape[2] else answer[0][0].T
    box_format, unit = tell_boxes(name, output.family, rows[:, :BOX], description.input)
    output = replace(output, box_format=box_format, box_unit=unit)
    return replace(description, output=output)


def find_family(
    name: str,
    outputs: Sequence[TensorFacts],
    size: Size,
    labels: tuple[str, ...] | None,
) -> Family:
    """Return the family that outputs of such shapes belong to.

    Raises:
        ModelError: None of ours, or more than one.
    """
    if is_finished(outputs):
        named = any(facts.name.startswith(POSTPROCESS) for facts in outputs)
        return Family.SSD_POSTPROCESS if named else Family.EFFICIENTDET
    shapes = [facts.shape for facts in outputs]
    if len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][0] == 1:  # noqa: PLR2004
        family = _single_family(shapes[0], size, labels)
        if family is not None:
            return family
    if len(shapes) == 2 * len(STRIDES):
        return Family.NANODET
    raise ModelError(
        f"{name}: outputs of the shapes {[list(shape) for shape in shapes]} belong to "
        f"no family known here ({', '.join(Family)}); put it into a folder with a "
        f"manifest.toml that names its family"
    )


def _single_family(
    shape: tuple[int, ...], size: Size, labels: tuple[str, ...] | None
) -> Family | None:
    """Return whose only output has such a shape, [1, a, b]; None: nobody's."""
    few, many = sorted(shape[1:])
    cell_sum = sum(cell_count(size, stride) for stride in STRIDES)
    if many == ANCHORS_V5 * cell_sum:
        return Family.YOLO_V5
    if many == cell_sum and shape[2] == few:
        return Family.YOLOX
    if many == cell_sum and (labels is None or few == BOX + len(labels)):
        return Family.YOLO_V8
    return Family.YOLO_END2END if is_end2end([shape]) else None


def class_count(family: Family, outputs: Sequence[TensorFacts]) -> int:
    """Return how many classes a head tells; 0 where its shape does not say."""
    channels = min(outputs[0].shape[1:])
    match family:
        case Family.YOLO_V8:
            return channels - BOX
        case Family.YOLO_V5 | Family.YOLOX:
            return channels - BOX - 1
        case _:
            return 0


def usual_input(
    family: Family, size: Size, layout: Layout, facts: TensorFacts
) -> InputDescription:
    """Return how pictures are usually given to a family."""
    kind = ElementType(facts.dtype.name)
    match family:
        case Family.YOLOX:
            colour, mean, std = Colour.BGR, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
        case Family.NANODET:
            colour, mean, std = Colour.BGR, NANODET_MEAN, NANODET_STD
        case Family.YOLO_V5 | Family.YOLO_V8 | Family.YOLO_END2END:
            colour, mean, std = Colour.RGB, (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
        case Family.SSD_POSTPROCESS | Family.EFFICIENTDET:
            middle, spread = _as_they_are(facts)
            colour, mean, std = Colour.RGB, (middle,) * 3, (spread,) * 3
    corner = family is Family.YOLOX
    placement = Placement.TOP_LEFT if corner else Placement.CENTRE
    return InputDescription(size, kind, layout, colour, mean, std, placement)


def _as_they_are(facts: TensorFacts) -> tuple[float, float]:
    """Return mean and std by which brightness 0..255 becomes the elements in order."""
    if not facts.quantized:
        return 127.5, 127.5
    lowest = int(np.iinfo(facts.dtype).min)
    return float(facts.zero_point - lowest), 1 / facts.scale


def drawn_picture(size: Size) -> Pixels:
    """Return bars, ramps and noise that fill an input, the same each time."""
    rng = np.random.default_rng(20_260)
    y, x = np.mgrid[: size.height, : size.width]
    ramp = np.stack([x * 255 // size.width, y * 255 // size.height, (x + y) % 256], -1)
    noise = rng.integers(-40, 40, (size.height, size.width, 3))
    picture = ramp + noise
    for number in range(5):
        left, top = (number * 2 + 1) * size.width // 12, size.height // 3
        bar = np.s_[top : top * 2, left : left + size.width // 16]
        picture[bar] = rng.integers(0, 256, 3)
    return np.clip(picture, 0, 255).astype(np.uint8)

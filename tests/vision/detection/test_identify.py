"""What a bare file is, told from shapes and values."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tallypost.domain.vision import Pixels, Size
from tallypost.errors import ModelError
from tallypost.vision.detection.decode_grid import STRIDES, cells
from tallypost.vision.detection.identify import identify, picture_input
from tallypost.vision.detection.manifest import (
    BoxFormat,
    BoxUnit,
    Colour,
    Family,
    InputDescription,
    Layout,
    ModelDescription,
)
from tallypost.vision.detection.tensors import Tensor, TensorFacts

LABELS = ("person", "car", "dog")
FLOAT = np.dtype(np.float32)
SIDE = 320


def facts(*shape: int) -> TensorFacts:
    return TensorFacts("", shape, FLOAT)


def asked(
    head: Tensor, shape: tuple[int, ...] = (1, SIDE, SIDE, 3), *, labels: bool = True
) -> ModelDescription:
    def probe(description: InputDescription, pixels: Pixels) -> list[Tensor]:
        assert pixels.shape[:2] == description.size[::-1]
        return [head]

    tensors = ([facts(*shape)], [facts(*head.shape)])
    return identify("bare", "0" * 64, tensors, LABELS if labels else None, probe)


def boxes_of_cells() -> NDArray[np.float32]:
    """Return what a head tells of an empty scene: about one box a cell."""
    places = cells(Size(SIDE, SIDE), STRIDES)
    rng = np.random.default_rng(3)
    centres = (places[:, :2] + 0.5) * places[:, 2:] + rng.normal(0, 2, (2100, 2))
    sizes = places[:, 2:] * rng.uniform(1, 3, (2100, 2))
    return np.concatenate([centres, sizes], axis=1).astype(np.float32)


def corners_of(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate(
        [boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1
    )


@pytest.mark.parametrize("unit", [BoxUnit.NORMALISED, BoxUnit.PIXELS])
@pytest.mark.parametrize("box_format", list(BoxFormat))
def test_a_yolo_head_tells_format_and_unit_by_its_values(
    box_format: BoxFormat, unit: BoxUnit
) -> None:
    boxes = boxes_of_cells()
    boxes = corners_of(boxes) if box_format is BoxFormat.XYXY else boxes
    boxes /= SIDE if unit is BoxUnit.NORMALISED else 1
    head = np.concatenate([boxes, np.zeros((2100, 3), np.float32)], axis=1)
    told = asked(head.T[None])
    assert told.output.family is Family.YOLO_V8
    assert (told.output.box_format, told.output.box_unit) == (box_format, unit)
    assert told.classes == ("person", "car")


def test_boxes_that_could_be_either_are_not_guessed_at() -> None:
    head = np.zeros((1, 7, 2100), np.float32)
    with pytest.raises(ModelError, match=r"output\.box_format"):
        asked(head)


def test_yolox_is_told_from_its_decoded_twin() -> None:
    rng = np.random.default_rng(5)
    grid = rng.normal(0.5, 0.5, (1, 2100, 8)).astype(np.float32)
    told = asked(grid, (1, 3, SIDE, SIDE))
    assert (told.output.family, told.output.box_unit) == (Family.YOLOX, BoxUnit.GRID)
    assert (told.input.layout, told.input.colour) == (Layout.NCHW, Colour.BGR)
    grid[0, :, :4] = boxes_of_cells()
    assert asked(grid, (1, 3, SIDE, SIDE)).output.box_unit is BoxUnit.PIXELS


def test_yolo_v5_is_told_by_its_three_anchors() -> None:
    head = np.zeros((1, 6300, 8), np.float32)
    head[0, :, :4] = np.tile(boxes_of_cells(), (3, 1)) / SIDE
    assert asked(head).output.family is Family.YOLO_V5


def chosen_rows(side: float) -> NDArray[np.float32]:
    """Return what a head chooses of a picture whose far corner is (side, side)."""
    rows = np.zeros((1, 300, 6), np.float32)
    corners = corners_of(boxes_of_cells()[::10]).clip(0, SIDE) / SIDE * side
    rows[0, : len(corners), :4] = corners
    rows[0, : len(corners), 4] = 0.01
    return rows


@pytest.mark.parametrize(
    ("side", "unit"), [(1.0, BoxUnit.NORMALISED), (float(SIDE), BoxUnit.PIXELS)]
)
def test_a_head_that_chooses_by_itself_is_told_by_its_rows_of_six(
    side: float, unit: BoxUnit
) -> None:
    told = asked(chosen_rows(side))
    assert told.output.family is Family.YOLO_END2END
    assert (told.output.box_format, told.output.box_unit) == (BoxFormat.XYXY, unit)
    assert told.iou_max is None


def test_two_labels_do_not_make_a_raw_head_one_that_chooses() -> None:
    boxes = boxes_of_cells() / SIDE
    head = np.concatenate([boxes, np.zeros((2100, 2), np.float32)], axis=1)
    tensors = ([facts(1, SIDE, SIDE, 3)], [facts(1, 6, 2100)])
    told = identify("bare", "0" * 64, tensors, LABELS[:2], lambda *_: [head.T[None]])
    assert told.output.family is Family.YOLO_V8


def test_a_head_that_chooses_nothing_says_what_to_write() -> None:
    with pytest.raises(ModelError, match=r"finds nothing .*output\.box_unit"):
        asked(np.zeros((1, 300, 6), np.float32))


def test_a_head_without_labels_says_what_to_write() -> None:
    with pytest.raises(ModelError, match="yolo-v8 and carries no labels"):
        asked(np.zeros((1, 7, 2100), np.float32), labels=False)


def test_an_unknown_head_is_refused() -> None:
    with pytest.raises(ModelError, match=r"\[\[1, 5, 7\]\] belong to no family"):
        asked(np.zeros((1, 5, 7), np.float32))


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        pytest.param(
            [facts(1, 256, 256, 3), facts(1, 8, 8, 320), facts(1, 8, 8, 320)],
            "has 3 inputs",
            id="one that keeps a state",
        ),
        pytest.param([facts(1, 320, 320, 1)], "has the shape", id="grey"),
        pytest.param([facts(1, 8, 8, 3)], "has the shape", id="tiny"),
        pytest.param([facts(4, 320, 320, 3)], "has the shape", id="a batch"),
        pytest.param([facts(1, 3)], "has the shape", id="no picture"),
        pytest.param(
            [TensorFacts("", (1, 320, 320, 3), np.dtype(np.int16))],
            "is of int16",
            id="an odd type",
        ),
    ],
)
def test_a_model_that_takes_something_else_is_refused(
    inputs: list[TensorFacts], told: str
) -> None:
    with pytest.raises(ModelError, match=told):
        picture_input("m", inputs)

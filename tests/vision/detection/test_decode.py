"""Output tensors of every family, made from boxes that are known."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tallypost.domain.vision import Size
from tallypost.errors import ModelError
from tallypost.vision.detection.decode import Candidates
from tallypost.vision.detection.decode_finished import POSTPROCESS, order_by_value
from tallypost.vision.detection.decode_grid import STRIDES, cells
from tallypost.vision.detection.decoders import decoder_for
from tallypost.vision.detection.manifest import (
    BoxFormat,
    BoxUnit,
    Family,
    ModelDescription,
)
from tallypost.vision.detection.tensors import Tensor, TensorFacts

Describe = Callable[..., ModelDescription]
BOXES = np.array([[40, 60, 120, 220], [150.5, 30, 300, 90]], np.float32)
"""A person and a car, x1 y1 x2 y2 in pixels of the input."""
CAR, PERSON = 0, 1
SCORE_MIN = 0.4


def facts(
    tensor: Tensor, name: str = "", scale: float = 0.0, zero: int = 0
) -> TensorFacts:
    return TensorFacts(name, tensor.shape, tensor.dtype, scale, zero)


def decoded(
    description: ModelDescription,
    outputs: list[Tensor],
    told: list[TensorFacts] | None = None,
) -> Candidates:
    decoder = decoder_for(description, told or [facts(x) for x in outputs], SCORE_MIN)
    found = decoder.decode(outputs)
    return found.only(np.argsort(-found.scores))


def assert_both_found(found: Candidates, atol: float = 0.05) -> None:
    assert found.class_ids.tolist() == [PERSON, CAR]
    assert np.allclose(found.boxes, BOXES, atol=atol)
    assert np.allclose(found.scores, [0.9, 0.7], atol=0.02)


def as_xywh(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    size = boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([boxes[:, :2] + size / 2, size], axis=1)


def finished() -> dict[str, Tensor]:
    """Both objects, a dog, and one below the threshold."""
    boxes = np.zeros((1, 6, 4), np.float32)
    boxes[0, :2] = BOXES[:, [1, 0, 3, 2]] / 320
    boxes[0, 2:4] = [0.1, 0.1, 0.2, 0.2]
    return {
        "boxes": boxes,
        "classes": np.array([[0, 2, 1, 2, 0, 0]], np.float32),
        "scores": np.array([[0.9, 0.7, 0.6, 0.39, 0.9, 0]], np.float32),
        "count": np.array([4], np.float32),
    }


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(
            ("boxes", "classes", "scores", "count"), id="as TensorFlow writes"
        ),
        pytest.param(("count", "scores", "classes", "boxes"), id="turned round"),
    ],
)
def test_finished_boxes_are_read_in_any_order(
    describe_as: Describe, names: tuple[str, ...]
) -> None:
    tensors = finished()
    tensors["scores"][0, 4] = 0.3
    order = tuple(names.index(n) for n in ("boxes", "classes", "scores", "count"))
    description = describe_as(Family.EFFICIENTDET, order=order)
    assert_both_found(decoded(description, [tensors[name] for name in names]))
    answers = [tensors[name] for name in names]
    assert order_by_value("test", answers) == order


def test_the_count_of_finished_boxes_is_believed(describe_as: Describe) -> None:
    description = describe_as(Family.EFFICIENTDET, order=(0, 1, 2, 3))
    assert len(decoded(description, list(finished().values())).scores) == 2


def test_the_names_of_ssd_tell_the_order(describe_as: Describe) -> None:
    tensors = finished()
    names = ("scores", "boxes", "count", "classes")
    number = {"boxes": "", "classes": ":1", "scores": ":2", "count": ":3"}
    told = [facts(tensors[name], POSTPROCESS + number[name]) for name in names]
    description = describe_as(Family.SSD_POSTPROCESS)
    found = decoded(description, [tensors[name] for name in names], told)
    assert_both_found(found)


def test_a_class_beyond_the_labels_stops_the_count(describe_as: Describe) -> None:
    tensors = finished()
    tensors["classes"][0, 1] = 4
    description = describe_as(Family.EFFICIENTDET, order=(0, 1, 2, 3))
    with pytest.raises(ModelError, match="told class 4, and there are 4 labels"):
        decoded(description, list(tensors.values()))


def test_rows_that_could_be_either_are_not_guessed_at() -> None:
    zeros = np.zeros((1, 5), np.float32)
    answers = [np.zeros((1, 5, 4), np.float32), zeros, zeros, np.zeros(1, np.float32)]
    with pytest.raises(ModelError, match=r"write output\.order"):
        order_by_value("test", answers)


def yolo_head(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a raw head [1, 8, 2100]: both boxes, doubles of a dog, and noise."""
    head = np.zeros((1, 8, 2100), np.float32)
    head[0, :4] = 0.5
    head[0, 4:] = np.random.default_rng(1).uniform(0, 0.3, (4, 2100))
    for place, box, label, score in ((7, boxes[0], 0, 0.9), (1500, boxes[1], 2, 0.7)):
        head[0, :4, place] = box
        head[0, 4 + label, place] = score
    head[0, 5, 900:950] = 0.99  # a dog is not wanted
    return head


FORMATS = [
    pytest.param(BoxFormat.XYWH, BoxUnit.NORMALISED, id="centre, normalised"),
    pytest.param(BoxFormat.XYXY, BoxUnit.NORMALISED, id="corners, normalised"),
    pytest.param(BoxFormat.XYWH, BoxUnit.PIXELS, id="centre, pixels"),
    pytest.param(BoxFormat.XYXY, BoxUnit.PIXELS, id="corners, pixels"),
]


def raw_boxes(box_format: BoxFormat, unit: BoxUnit) -> NDArray[np.float32]:
    boxes = as_xywh(BOXES) if box_format is BoxFormat.XYWH else BOXES
    side = np.float32(320 if unit is BoxUnit.NORMALISED else 1)
    return np.asarray(boxes / side, np.float32)


@pytest.mark.parametrize(("box_format", "unit"), FORMATS)
def test_yolo_tells_boxes_as_its_manifest_says(
    describe_as: Describe, box_format: BoxFormat, unit: BoxUnit
) -> None:
    description = describe_as(Family.YOLO_V8, box_format=box_format, box_unit=unit)
    head = yolo_head(raw_boxes(box_format, unit))
    assert_both_found(decoded(description, [head]))
    assert_both_found(decoded(description, [head.transpose(0, 2, 1)]))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_a_quantized_head_says_what_the_float_one_does(
    describe_as: Describe, dtype: str
) -> None:
    head = yolo_head(raw_boxes(BoxFormat.XYWH, BoxUnit.NORMALISED))
    scale, zero = 1 / 250, (-128 if dtype == "int8" else 0)
    steps = np.rint(head / scale + zero).astype(dtype)
    told = [facts(steps, "", scale, zero)]
    found = decoded(describe_as(Family.YOLO_V8), [steps], told)
    assert_both_found(found, atol=2.0)


def test_a_score_that_is_just_enough_survives_quantization() -> None:
    tensor = np.arange(-128, 128).astype(np.int8)
    told = facts(tensor, "", 0.0041, -128)
    for least in (0.0, 0.1, 0.4, 0.4018, 0.99, 1.0):
        real = told.real(tensor)
        assert told.at_least(tensor, least)[real >= least].all()
        assert not told.at_least(tensor, least)[real < least - 0.0042].any()


def test_a_head_that_does_not_fit_its_labels_is_refused(describe_as: Describe) -> None:
    with pytest.raises(ModelError, match=r"labels: .*\[1, 84, 2100\]"):
        decoded(describe_as(Family.YOLO_V8), [np.zeros((1, 84, 2100), np.float32)])


def test_objectness_counts_in_yolo_v5(describe_as: Describe) -> None:
    head = np.zeros((1, 6300, 9), np.float32)
    head[0, :, :4] = 0.5
    places = [(5, 0, 0, 0.9, 1.0), (6000, 1, 2, 1.0, 0.7), (70, 1, 2, 0.5, 0.7)]
    for place, box, label, objectness, score in places:
        head[0, place, :4] = as_xywh(BOXES)[box] / 320
        head[0, place, 4] = objectness
        head[0, place, 5 + label] = score
    assert_both_found(decoded(describe_as(Family.YOLO_V5), [head]))


def chosen_rows(unit: BoxUnit) -> NDArray[np.float32]:
    """Return [1, 300, 6]: both boxes, a dog, one too faint, and empty rows."""
    rows = np.zeros((1, 300, 6), np.float32)
    boxes = raw_boxes(BoxFormat.XYXY, unit)
    rows[0, 0] = [*boxes[0], 0.9, 0]
    rows[0, 1] = [*boxes[0], 0.8, 1]
    rows[0, 2] = [*boxes[1], 0.7, 2]
    rows[0, 3] = [*boxes[1], 0.39, 0]
    return rows


@pytest.mark.parametrize("unit", [BoxUnit.NORMALISED, BoxUnit.PIXELS])
def test_a_head_that_chooses_by_itself_is_read_row_by_row(
    describe_as: Describe, unit: BoxUnit
) -> None:
    description = describe_as(Family.YOLO_END2END, box_unit=unit)
    assert_both_found(decoded(description, [chosen_rows(unit)]))


def test_empty_rows_are_no_boxes_even_where_every_score_counts(
    describe_as: Describe,
) -> None:
    rows = chosen_rows(BoxUnit.NORMALISED)
    decoder = decoder_for(describe_as(Family.YOLO_END2END), [facts(rows)], 0.0)
    assert len(decoder.decode([rows]).scores) == 3


@pytest.mark.parametrize("number", [4.0, -1.0, np.nan])
def test_a_row_of_a_class_without_label_stops_the_count(
    describe_as: Describe, number: float
) -> None:
    rows = chosen_rows(BoxUnit.NORMALISED)
    rows[0, 2, 5] = number
    with pytest.raises(ModelError, match="and there are 4 labels"):
        decoded(describe_as(Family.YOLO_END2END), [rows])


def test_rows_in_steps_too_coarse_for_scores_are_refused(describe_as: Describe) -> None:
    """One int8 scale for boxes to 1 and class numbers to 79 leaves four scores."""
    steps = np.zeros((1, 300, 6), np.int8)
    told = [facts(steps, "", 79 / 255, -128)]
    with pytest.raises(ModelError, match=r"in steps of 0\.31.*float output"):
        decoded(describe_as(Family.YOLO_END2END), [steps], told)


def test_rows_of_another_length_are_refused(describe_as: Describe) -> None:
    with pytest.raises(ModelError, match=r"this family has one, \[1, n, 6\]"):
        decoded(describe_as(Family.YOLO_END2END), [np.zeros((1, 300, 7), np.float32)])


def test_yolox_measures_from_its_cells(describe_as: Describe) -> None:
    places = cells(Size(320, 320), STRIDES)
    assert len(places) == 2100
    head = np.zeros((1, 2100, 9), np.float32)
    for box, label, score, stride in ((0, 0, 0.9, 32), (1, 2, 0.7, 16)):
        centre, size = as_xywh(BOXES)[box, :2], as_xywh(BOXES)[box, 2:]
        column, row = centre // stride
        place = int(
            np.flatnonzero((places == [column, row, stride]).all(axis=1)).item()
        )
        head[0, place, :2] = centre / stride - [column, row]
        head[0, place, 2:4] = np.log(size / stride)
        head[0, place, 4] = 1
        head[0, place, 5 + label] = score
    description = describe_as(Family.YOLOX, box_unit=BoxUnit.GRID)
    assert_both_found(decoded(description, [head]))


def test_yolox_of_another_size_is_refused(describe_as: Describe) -> None:
    description = describe_as(Family.YOLOX, box_unit=BoxUnit.GRID)
    with pytest.raises(ModelError, match="2100 cells"):
        decoded(description, [np.zeros((1, 3549, 9), np.float32)])


BINS = 8


def distribution(distance: float) -> NDArray[np.float32]:
    """Return logits whose mean is a distance in bins, as the loss trains them."""
    low = int(distance)
    weights = np.full(BINS, 1e-9)
    weights[low] = 1 - (distance - low)
    weights[min(low + 1, BINS - 1)] += distance - low
    return np.asarray(np.log(weights), np.float32)


def nanodet(centre: float) -> list[Tensor]:
    """Return scores and distances of three grids, in the publisher's order."""
    counts = [1600, 400, 100]
    scores = [np.full((1, n, 4), 0.01, np.float32) for n in counts]
    sides = [np.zeros((1, n, 4 * BINS), np.float32) for n in counts]
    for box, label, score, level in ((0, 0, 0.9, 2), (1, 2, 0.7, 2)):
        stride = STRIDES[level]
        middle = as_xywh(BOXES)[box, :2] / stride
        column, row = (middle - centre).round()
        place = int(row * (320 // stride) + column)
        x, y = (column + centre) * stride, (row + centre) * stride
        x1, y1, x2, y2 = BOXES[box]
        distances = np.array([x - x1, y - y1, x2 - x, y2 - y]) / stride
        scores[level][0, place, label] = score
        sides[level][0, place] = np.concatenate([distribution(d) for d in distances])
    return [*scores, *sides]


@pytest.mark.parametrize("centre", [0.5, 0.0], ids=["NanoDet", "NanoDet-Plus"])
def test_nanodet_gives_back_the_boxes_it_was_made_from(
    describe_as: Describe, centre: float
) -> None:
    description = describe_as(Family.NANODET, cell_centre=centre)
    outputs = nanodet(centre)
    assert_both_found(decoded(description, outputs))
    assert_both_found(decoded(description, outputs[::-1]))
    together = np.concatenate(
        [np.concatenate(outputs[:3], axis=1), np.concatenate(outputs[3:], axis=1)],
        axis=2,
    )
    assert_both_found(decoded(description, [together]))


def test_nanodet_with_a_grid_missing_is_refused(describe_as: Describe) -> None:
    with pytest.raises(ModelError, match="NanoDet at 320x320 with 4 labels"):
        decoded(describe_as(Family.NANODET), nanodet(0.5)[:4])


def test_boxes_that_are_no_numbers_are_left_out(describe_as: Describe) -> None:
    head = yolo_head(raw_boxes(BoxFormat.XYWH, BoxUnit.NORMALISED))
    head[0, 0, 7] = np.nan
    head[0, 2, 1500] = -1
    assert not len(decoded(describe_as(Family.YOLO_V8), [head]).scores)

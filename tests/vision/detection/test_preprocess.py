"""A picture in the model's own numbers."""

from dataclasses import replace

import numpy as np
import pytest

from tallypost.domain.vision import Pixels, Size
from tallypost.errors import ModelError
from tallypost.vision.detection.manifest import (
    Colour,
    ElementType,
    InputDescription,
    Layout,
    Placement,
)
from tallypost.vision.detection.preprocess import InputWriter
from tallypost.vision.detection.tensors import TensorFacts

SIZE = Size(32, 32)
PLAIN = InputDescription(SIZE, ElementType.UINT8)
MEAN, STD = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)


def facts(
    dtype: str, scale: float = 0.0, zero: int = 0, *, nchw: bool = False
) -> TensorFacts:
    shape = (1, 3, 32, 32) if nchw else (1, 32, 32, 3)
    return TensorFacts("input", shape, np.dtype(dtype), scale, zero)


@pytest.fixture
def pixels() -> Pixels:
    return np.random.default_rng(7).integers(0, 256, (20, 32, 3), dtype=np.uint8)


KINDS = [
    pytest.param(PLAIN, facts("uint8", 1 / 255, 0), id="uint8 as it is"),
    pytest.param(
        replace(PLAIN, mean=(127.0,) * 3, std=(128.0,) * 3),
        facts("uint8", 1 / 128, 127),
        id="uint8 of EfficientDet",
    ),
    pytest.param(
        replace(PLAIN, type=ElementType.INT8),
        facts("int8", 1 / 255, -128),
        id="int8 by its sign bit",
    ),
    pytest.param(
        replace(PLAIN, type=ElementType.INT8),
        facts("int8", 0.01865844801068306, -14),
        id="int8 of an odd scale",
    ),
    pytest.param(
        replace(PLAIN, type=ElementType.FLOAT32), facts("float32"), id="float 0..1"
    ),
    pytest.param(
        replace(
            PLAIN,
            type=ElementType.FLOAT32,
            layout=Layout.NCHW,
            colour=Colour.BGR,
            mean=MEAN,
            std=STD,
        ),
        facts("float32", nchw=True),
        id="float NCHW blue first",
    ),
    pytest.param(
        replace(
            PLAIN,
            type=ElementType.INT8,
            layout=Layout.NCHW,
            colour=Colour.BGR,
            mean=MEAN,
            std=STD,
        ),
        facts("int8", 0.02, -3, nchw=True),
        id="int8 NCHW blue first",
    ),
    pytest.param(
        replace(PLAIN, placement=Placement.TOP_LEFT),
        facts("uint8", 1 / 255, 0),
        id="in the corner",
    ),
]


@pytest.mark.parametrize(("description", "tensor"), KINDS)
def test_every_kind_of_input_holds_what_its_formula_says(
    description: InputDescription, tensor: TensorFacts, pixels: Pixels
) -> None:
    view = np.full(tensor.shape, 99, tensor.dtype)
    writer = InputWriter(description, tensor)
    writer.write(pixels, view)

    whole = np.full((32, 32, 3), description.pad, np.float64)
    top = 0 if description.placement is Placement.TOP_LEFT else 6
    whole[top : top + 20] = pixels
    if description.colour is Colour.BGR:
        whole = whole[..., ::-1]
    real = (whole - np.array(description.mean)) / np.array(description.std)
    if tensor.scale:
        limits = np.iinfo(tensor.dtype)
        steps = np.rint(real / tensor.scale + tensor.zero_point)
        real = np.clip(steps, limits.min, limits.max)
    if description.layout is Layout.NCHW:
        real = real.transpose(2, 0, 1)
    assert np.allclose(view[0], real, atol=1e-4)


@pytest.mark.parametrize(("description", "tensor"), KINDS)
def test_a_wiped_input_holds_no_trace_of_the_picture(
    description: InputDescription, tensor: TensorFacts, pixels: Pixels
) -> None:
    view = np.zeros(tensor.shape, tensor.dtype)
    writer = InputWriter(description, tensor)
    writer.write(pixels, view)
    writer.wipe(view)
    planes = (
        view[0] if description.layout is Layout.NCHW else view[0].transpose(2, 0, 1)
    )
    assert all((plane == plane[0, 0]).all() for plane in planes)


def test_a_picture_of_another_size_leaves_nothing_of_the_last_one() -> None:
    tensor = facts("uint8", 1 / 255, 0)
    view = np.zeros(tensor.shape, np.uint8)
    writer = InputWriter(PLAIN, tensor)
    writer.write(np.full((32, 20, 3), 200, np.uint8), view)
    writer.write(np.full((20, 32, 3), 10, np.uint8), view)
    assert set(np.unique(view)) == {10, PLAIN.pad}


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        pytest.param((33, 20, 3), "20x33", id="too high"),
        pytest.param((20, 33, 3), "33x20", id="too wide"),
        pytest.param((0, 20, 3), "20x0", id="empty"),
        pytest.param((20, 20, 4), "uint8", id="four channels"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(
    shape: tuple[int, ...], told: str
) -> None:
    tensor = facts("uint8", 1 / 255, 0)
    view = np.zeros(tensor.shape, np.uint8)
    with pytest.raises(ModelError, match=told):
        InputWriter(PLAIN, tensor).write(np.zeros(shape, np.uint8), view)

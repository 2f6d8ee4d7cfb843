"""Models as tests describe them."""

from collections.abc import Callable

import pytest

from tallypost.domain.vision import Size
from tallypost.vision.detection.manifest import (
    BoxFormat,
    BoxUnit,
    ElementType,
    Family,
    InputDescription,
    ModelDescription,
    OutputDescription,
)

Describe = Callable[..., ModelDescription]


@pytest.fixture
def describe_as() -> Describe:
    """What describes a family: 320x320, person and car among four labels."""

    def make(
        family: Family,
        *,
        box_format: BoxFormat = BoxFormat.XYWH,
        box_unit: BoxUnit = BoxUnit.NORMALISED,
        order: tuple[int, int, int, int] | None = None,
        cell_centre: float = 0.5,
    ) -> ModelDescription:
        return ModelDescription(
            name="test",
            sha256="0" * 64,
            input=InputDescription(Size(320, 320), ElementType.UINT8),
            output=OutputDescription(family, box_format, box_unit, order, cell_centre),
            labels=("person", "dog", "car", "cat"),
            wanted={"car": "car", "person": "person"},
        )

    return make

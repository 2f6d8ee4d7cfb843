"""`[[heat_maps]]`: where on the picture people and vehicles stand and go."""

from typing import Annotated

from pydantic import Field

from tallypost.settings.drawing import CLASSES, Classes, Element, Polygon

HEAT_MAPS_MAX = 4
COLUMNS_MAX, ROWS_MAX = 32, 18
"""Finer cells would say more of a single way than of a place."""


class HeatMap(Element):
    """Where objects stand, on a coarse grid over the picture."""

    columns: Annotated[int, Field(ge=2, le=COLUMNS_MAX)] = Field(
        default=16, description="Cells across the picture."
    )
    rows: Annotated[int, Field(ge=2, le=ROWS_MAX)] = Field(
        default=9, description="Cells down the picture."
    )
    polygon: Polygon | None = Field(
        default=None,
        description="Only who stands in here, corners [x, y] in order; without it, the "
        "whole picture.",
    )
    classes: Classes | None = Field(default=None, description=CLASSES)

    @property
    def parts(self) -> tuple[str, ...]:
        """Its cells, `column,row` from the upper left, row by row."""
        return tuple(
            f"{column},{row}"
            for row in range(self.rows)
            for column in range(self.columns)
        )

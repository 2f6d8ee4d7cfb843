"""What a model's tensors say of themselves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[Any]
"""A model's tensor as it stands in memory, quantized or not."""


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor, without its numbers.

    Attributes:
        name: As the exporter wrote it; not to be relied upon.
        shape: Batch first.
        dtype: Of one element.
        scale: What one step of a quantized element is worth; 0: not quantized.
        zero_point: Which element means 0.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    scale: float = 0.0
    zero_point: int = 0

    @property
    def quantized(self) -> bool:
        """Whether its elements are steps, not the numbers themselves."""
        return self.scale != 0 and np.issubdtype(self.dtype, np.integer)

    @property
    def range(self) -> tuple[float, float] | None:
        """The least and the greatest number that it can hold; None: any."""
        if not self.quantized:
            return None
        limits = np.iinfo(self.dtype)
        low, high = limits.min - self.zero_point, limits.max - self.zero_point
        return low * self.scale, high * self.scale

    def real(self, elements: Tensor) -> NDArray[np.float32]:
        """Return the numbers that elements of this tensor stand for, any shape."""
        if not self.quantized:
            return elements.astype(np.float32, copy=False)
        numbers = elements.astype(np.float32)
        numbers -= self.zero_point
        numbers *= self.scale
        return numbers

    def at_least(self, elements: Tensor, least: float) -> NDArray[np.bool_]:
        """Return which elements stand for `least` or more, without converting them.

        One step may be let through below: ask again of the real numbers.
        """
        if not self.quantized:
            return np.asarray(elements >= least)
        step = int(np.floor(least / self.scale)) + self.zero_point
        limits = np.iinfo(self.dtype)
        if step > limits.max:
            return np.zeros(elements.shape, np.bool_)
        return np.asarray(elements >= self.dtype.type(max(step, limits.min)))

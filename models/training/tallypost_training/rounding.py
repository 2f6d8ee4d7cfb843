"""Rounds numbers to eight bits, and finds the scale by which that loses least."""

import math

import torch
from torch import Tensor

LOWEST, HIGHEST = -128, 127
SAMPLED = 20_000
"""More numbers than this of one tensor are sampled, to find its scale."""
SHARES = tuple(x / 20 for x in range(4, 21))
"""Parts of the whole range that are tried: what lies outside is cut off."""


def sampled(value: Tensor) -> Tensor:
    """Return some numbers of a tensor, the least and the greatest among them."""
    flat = value.flatten().float()
    step = len(flat) // SAMPLED + 1
    return torch.cat([flat[::step], flat.amin()[None], flat.amax()[None]])


def best_scale(numbers: Tensor) -> tuple[float, int]:
    """Return the scale and zero point that lose least of some numbers, squared.

    Args:
        numbers: Shape (n,); what one tensor holds.
    """
    # 0 must be an element: padding is made of it.
    low = min(float(numbers.min()), 0.0)
    high = max(float(numbers.max()), 0.0, low + 1e-3)
    best = (math.inf, 1.0, 0)
    for share in SHARES:
        scale = (high - low) * share / (HIGHEST - LOWEST)
        zero = round(LOWEST - low * share / scale)
        lost = fake_quantized(numbers, scale, zero) - numbers
        best = min(best, (float((lost**2).mean()), scale, zero))
    return best[1], best[2]


def weight_scale(weight: Tensor) -> Tensor:
    """Return what one step of each output channel's weights is worth: shape (n,)."""
    most = weight.detach().abs().flatten(1).amax(dim=1)
    return torch.clamp(most / 127, min=1e-8)


def fake_quantized(value: Tensor, scale: float, zero: int) -> Tensor:
    """Return numbers as eight bits hold them; the gradient passes where they fit."""
    return torch.fake_quantize_per_tensor_affine(value, scale, zero, LOWEST, HIGHEST)

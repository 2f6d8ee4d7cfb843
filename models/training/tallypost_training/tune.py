"""Goes on training with rounded numbers: the network learns to live with them."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from tallypost_training.augment import Augmenter
from tallypost_training.loss import losses
from tallypost_training.quantize import Steps

SIZES = ((320, 320), (416, 256))


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """How a quantized network is trained further.

    Attributes:
        steps: How many batches.
        batch: How many pictures each has.
        rate: The first step of each number, as a share of its tensor's usual size.
        average: How slowly the averaged network, which is the result, follows.
    """

    steps: int = 300
    batch: int = 12
    rate: float = 6e-4
    average: float = 0.98


def tune(
    steps: Steps, augmenter: Augmenter, plan: TuningPlan, say: Callable[[str], None]
) -> Steps:
    """Return a network that fares better rounded; scales stay as they are.

    Args:
        steps: Calibrated.
        augmenter: Draws the pictures.
        plan: How.
        say: Told a line now and then.
    """
    learning = copy.deepcopy(steps).train()
    result = copy.deepcopy(steps)
    optimizer = torch.optim.Adam(_groups(learning, plan.rate))
    first = [group["lr"] for group in optimizer.param_groups]
    for step in range(plan.steps):
        share = (1 + math.cos(math.pi * step / plan.steps)) / 2
        share *= min(1.0, (step + 1) / 20)
        for group, rate in zip(optimizer.param_groups, first, strict=True):
            group["lr"] = rate * share
        width, height = SIZES[step % len(SIZES)]
        with torch.no_grad():
            batch = augmenter.draw(plan.batch, height, width, plain=True)
        told = losses(learning(batch.pictures), batch)
        optimizer.zero_grad(set_to_none=True)
        told.total.backward()
        nn.utils.clip_grad_norm_(learning.parameters(), 10.0)
        optimizer.step()
        _follow(result, learning, min(plan.average, (1 + step) / (10 + step)))
        if step % 20 == 0:
            say(f"rounded: step {step} of {plan.steps}, loss {told.total.item():.3f}")
    return result.eval()


def _groups(steps: Steps, rate: float) -> list[dict[str, Any]]:
    """Return each tensor by itself: after equalizing, their sizes differ widely."""
    return [
        {"params": [x], "lr": rate * float(x.detach().pow(2).mean().sqrt() + 1e-3)}
        for x in steps.parameters()
    ]


@torch.no_grad()
def _follow(result: Steps, learning: Steps, keep: float) -> None:
    mine: list[Tensor] = list(learning.parameters())
    for mean, value in zip(result.parameters(), mine, strict=True):
        mean.lerp_(value, 1 - keep)

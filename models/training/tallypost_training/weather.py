"""Shows pictures as a pole might: dark, wet, blurred, coarse, badly compressed.

All of it runs in batches on the device that trains.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional


class Weather:
    """Changes light, weather and camera at random.

    Args:
        generator: Of the device that the pictures are on.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self._random = generator

    def over(self, pictures: Tensor) -> Tensor:
        """Return pictures in other light and weather, seen by worse cameras.

        Args:
            pictures: Shape (b, 3, h, w), 0..1; sides are multiples of 8.
        """
        pictures = self._light(pictures)
        pictures = self._some(pictures, 0.12, self._night)
        pictures = self._some(pictures, 0.08, self._rain)
        pictures = self._some(pictures, 0.15, self._blurred)
        pictures = self._some(pictures, 0.12, self._coarse)
        pictures = self._some(pictures, 0.3, self._compressed)
        return pictures.clamp(0, 1)

    def _uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        drawn = torch.rand(shape, generator=self._random, device=self._random.device)
        return drawn * (high - low) + low

    def _some(
        self, pictures: Tensor, share: float, change: Callable[[Tensor], Tensor]
    ) -> Tensor:
        count = max(1, round(share * len(pictures)))
        rows = torch.randperm(
            len(pictures), generator=self._random, device=pictures.device
        )[:count]
        pictures[rows] = change(pictures[rows].clone())
        return pictures

    def _light(self, pictures: Tensor) -> Tensor:
        count = len(pictures)
        shape = (count, 1, 1, 1)
        gain = torch.exp(self._uniform(*shape, low=-0.45, high=0.4))
        tint = torch.exp(self._uniform(count, 3, 1, 1, low=-0.12, high=0.12))
        gamma = torch.exp(self._uniform(*shape, low=-0.3, high=0.3))
        colour = self._uniform(*shape, low=0.3, high=1.5)
        colour = torch.where(self._uniform(*shape) < 0.08, 0.0 * colour, colour)  # noqa: PLR2004
        contrast = self._uniform(*shape, low=0.6, high=1.35)
        grey = pictures.mean(dim=1, keepdim=True)
        made = (grey + (pictures - grey) * colour) * gain * tint
        level = made.mean(dim=(1, 2, 3), keepdim=True)
        made = (level + (made - level) * contrast).clamp(1e-4, 1)
        return made**gamma

    def _night(self, pictures: Tensor) -> Tensor:
        count = len(pictures)
        dark = self._uniform(count, 1, 1, 1, low=0.12, high=0.5)
        noise = torch.randn(
            pictures.shape, generator=self._random, device=pictures.device
        )
        strength = self._uniform(count, 1, 1, 1, low=0.01, high=0.05)
        warm = torch.tensor([1.15, 1.0, 0.75], device=pictures.device).view(1, 3, 1, 1)
        # what shines, shines at night as well
        lamps = (pictures > 0.85).float() * pictures * 0.6  # noqa: PLR2004
        return ((pictures * dark + lamps) * warm + noise * strength).clamp(0, 1)

    def _rain(self, pictures: Tensor) -> Tensor:
        count, _, height, width = pictures.shape
        drops = (self._uniform(count, 1, height, width) > 0.995).float()  # noqa: PLR2004
        length = 9
        streak = torch.eye(length, device=pictures.device)
        upright = torch.zeros(length, length, device=pictures.device)
        upright[:, length // 2] = 1
        kernel = torch.where(self._uniform(1) < 0.5, streak, upright)  # noqa: PLR2004
        streaks = functional.conv2d(
            drops, kernel.view(1, 1, length, length), padding=length // 2
        ).clamp(0, 1)
        haze = self._uniform(count, 1, 1, 1, low=0.0, high=0.3)
        wet = pictures * (1 - haze) + 0.6 * haze
        return wet + streaks * self._uniform(count, 1, 1, 1, low=0.1, high=0.35)

    def _blurred(self, pictures: Tensor) -> Tensor:
        count, channels, height, width = pictures.shape
        reach = torch.arange(-3, 4, device=pictures.device).float()
        sigma = self._uniform(count, 1, low=0.4, high=1.6)
        bell = torch.exp(-(reach**2) / (2 * sigma**2))
        bell = bell / bell.sum(dim=1, keepdim=True)
        flat = (self._uniform(count, 1) < 0.4).float()  # noqa: PLR2004 - motion
        point = (reach == 0).float().expand(count, -1)
        across = bell
        down = point * flat + bell * (1 - flat)
        kernels = down[:, :, None] * across[:, None, :]
        kernels = kernels.repeat_interleave(channels, 0)[:, None]
        made = functional.conv2d(
            pictures.reshape(1, -1, height, width),
            kernels,
            padding=3,
            groups=count * channels,
        )
        return made.view_as(pictures)

    def _coarse(self, pictures: Tensor) -> Tensor:
        """Return pictures as a camera of half the resolution gives them."""
        height, width = pictures.shape[2:]
        share = float(self._uniform(1, low=0.4, high=0.8))
        size = (round(height * share), round(width * share))
        small = functional.interpolate(pictures, size, mode="area")
        return functional.interpolate(small, (height, width), mode="bilinear")

    def _compressed(self, pictures: Tensor) -> Tensor:
        """Return pictures as a bad JPEG or stream shows them: eight by eight pixels.

        Source: ITU-T T.81, A.3.3 (the transform) and Table K.1 (luminance steps).
        """
        count, channels, height, width = pictures.shape
        steps = torch.tensor(LUMINANCE_STEPS, device=pictures.device).view(8, 8)
        strength = self._uniform(count, 1, 1, 1, 1, 1, low=0.3, high=2.0)
        steps = steps * strength / 255
        blocks = pictures.reshape(count, channels, height // 8, 8, width // 8, 8)
        blocks = blocks.permute(0, 1, 2, 4, 3, 5)
        turn = _cosines(pictures.device)
        told = turn @ blocks @ turn.T
        told = torch.round(told / steps) * steps
        blocks = turn.T @ told @ turn
        return blocks.permute(0, 1, 2, 4, 3, 5).reshape(pictures.shape)


# fmt: off
LUMINANCE_STEPS = (
    16., 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)
# fmt: on


def _cosines(device: torch.device) -> Tensor:
    place = torch.arange(8, device=device).float()
    turn = torch.cos((2 * place[None] + 1) * place[:, None] * math.pi / 16) / 2
    turn[0] /= math.sqrt(2)
    return turn

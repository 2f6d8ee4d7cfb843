"""The network: a small CSP backbone, a path-aggregating neck, a head without anchors.

Every operation is a module of its own, so that the exporter and the quantizer can walk
over them: convolution with batch norm and ReLU, addition, concatenation, pooling,
enlarging. Backbone and neck follow YOLOX-nano, whose published weights may be their
start; the head tells one score a class and a distribution for each side's distance.

Source: Ge et al., "YOLOX: Exceeding YOLO Series in 2021", and Megvii YOLOX
(Apache-2.0), yolox/models/{darknet,network_blocks,yolo_pafpn,yolo_head}.py; Li et al.,
"Generalized Focal Loss", 2020, section 3.2, for the distances.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

STRIDES = (8, 16, 32)
BINS = 8
"""A side's distance lies between 0 and BINS - 1 cells."""
PRIOR = 0.01
"""What every score is before anything was learned: few cells hold anything."""


class Unit(nn.Module):
    """Convolution, batch norm and ReLU; the last layers have neither of these two."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        side: int = 1,
        stride: int = 1,
        *,
        groups: int = 1,
        pad: int | None = None,
        bare: bool = False,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            inputs,
            outputs,
            side,
            stride,
            (side - 1) // 2 if pad is None else pad,
            groups=groups,
            bias=bare,
        )
        self.norm = nn.Identity() if bare else nn.BatchNorm2d(outputs, 1e-3, 0.03)
        self.activation: nn.Module = nn.Identity() if bare else nn.ReLU(inplace=True)

    def forward(self, picture: Tensor) -> Tensor:
        """Return the features that come of it."""
        features: Tensor = self.activation(self.norm(self.conv(picture)))
        return features


class Add(nn.Module):
    """The sum of two."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Return first + second."""
        return first + second


class Concatenate(nn.Module):
    """Channels of several, one after another."""

    def forward(self, *parts: Tensor) -> Tensor:
        """Return them as one."""
        return torch.cat(parts, dim=1)


class Pool(nn.MaxPool2d):
    """The greatest of a neighbourhood, the size kept."""

    def __init__(self, side: int) -> None:
        super().__init__(side, 1, side // 2)


class Enlarge(nn.Upsample):
    """Twice the size, each cell four times."""

    def __init__(self) -> None:
        super().__init__(scale_factor=2, mode="nearest")


LEAVES = (Unit, Add, Concatenate, Pool, Enlarge)


def separable(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Return a 3x3 convolution a channel, then a 1x1 convolution over channels."""
    return nn.Sequential(
        Unit(inputs, inputs, 3, stride, groups=inputs), Unit(inputs, outputs)
    )


class Bottleneck(nn.Module):
    """1x1 and separable 3x3, with a way around where asked."""

    def __init__(self, width: int, *, around: bool) -> None:
        super().__init__()
        self.first = Unit(width, width)
        self.second = separable(width, width)
        self.add = Add() if around else None

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        made: Tensor = self.second(self.first(features))
        if self.add is not None:
            made = self.add(made, features)
        return made


class CrossStage(nn.Module):
    """Half the channels go through bottlenecks, half go around them."""

    def __init__(
        self, inputs: int, outputs: int, depth: int, *, around: bool = True
    ) -> None:
        super().__init__()
        width = outputs // 2
        self.through = Unit(inputs, width)
        self.beside = Unit(inputs, width)
        self.out = Unit(2 * width, outputs)
        self.chain = nn.Sequential(
            *(Bottleneck(width, around=around) for _ in range(depth))
        )
        self.join = Concatenate()

    def forward(self, features: Tensor) -> Tensor:
        """Return features with the outputs' number of channels."""
        through = self.chain(self.through(features))
        made: Tensor = self.out(self.join(through, self.beside(features)))
        return made


class Pyramid(nn.Module):
    """Pools of three sizes beside the features themselves: sees far at little cost."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.into = Unit(inputs, inputs // 2)
        self.pools = nn.ModuleList(Pool(side) for side in (5, 9, 13))
        self.join = Concatenate()
        self.out = Unit(inputs * 2, outputs)

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same height and width."""
        features = self.into(features)
        made: Tensor = self.out(
            self.join(features, *(pool(features) for pool in self.pools))
        )
        return made


class Backbone(nn.Module):
    """From a picture to features of a stride of 8, 16 and 32 pixels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        w = width
        # One 6x6 convolution of stride 2 is YOLOX's "focus" and its 3x3 convolution.
        self.stem = Unit(3, w, 6, 2, pad=2)
        self.dark2 = nn.Sequential(separable(w, 2 * w, 2), CrossStage(2 * w, 2 * w, 1))
        self.dark3 = nn.Sequential(
            separable(2 * w, 4 * w, 2), CrossStage(4 * w, 4 * w, 3)
        )
        self.dark4 = nn.Sequential(
            separable(4 * w, 8 * w, 2), CrossStage(8 * w, 8 * w, 3)
        )
        self.dark5 = nn.Sequential(
            separable(8 * w, 16 * w, 2),
            Pyramid(16 * w, 16 * w),
            CrossStage(16 * w, 16 * w, 1, around=False),
        )

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the features of three strides, finest first."""
        fine = self.dark3(self.dark2(self.stem(picture)))
        middle = self.dark4(fine)
        return fine, middle, self.dark5(middle)


class Neck(nn.Module):
    """Tells fine features what coarse ones know, and the other way round."""

    def __init__(self, width: int) -> None:
        super().__init__()
        w = width
        self.lateral = Unit(16 * w, 8 * w)
        self.enlarge = Enlarge()
        self.join = Concatenate()
        self.down_middle = CrossStage(16 * w, 8 * w, 1, around=False)
        self.reduce = Unit(8 * w, 4 * w)
        self.down_fine = CrossStage(8 * w, 4 * w, 1, around=False)
        self.shrink_fine = separable(4 * w, 4 * w, 2)
        self.up_middle = CrossStage(8 * w, 8 * w, 1, around=False)
        self.shrink_middle = separable(8 * w, 8 * w, 2)
        self.up_coarse = CrossStage(16 * w, 16 * w, 1, around=False)

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> list[Tensor]:
        """Return features of the same three strides."""
        lateral = self.lateral(coarse)
        middle = self.down_middle(self.join(self.enlarge(lateral), middle))
        reduced = self.reduce(middle)
        fine = self.down_fine(self.join(self.enlarge(reduced), fine))
        middle = self.up_middle(self.join(self.shrink_fine(fine), reduced))
        coarse = self.up_coarse(self.join(self.shrink_middle(middle), lateral))
        return [fine, middle, coarse]


class Head(nn.Module):
    """What is there, and how far its four sides lie, for each cell of one stride."""

    def __init__(self, inputs: int, width: int, classes: int) -> None:
        super().__init__()
        self.stem = Unit(inputs, width)
        self.score_tower = nn.Sequential(
            separable(width, width), separable(width, width)
        )
        self.side_tower = nn.Sequential(
            separable(width, width), separable(width, width)
        )
        self.scores = Unit(width, classes, bare=True)
        self.sides = Unit(width, 4 * BINS, bare=True)
        nn.init.normal_(self.scores.conv.weight, std=0.01)
        nn.init.normal_(self.sides.conv.weight, std=0.01)
        assert self.scores.conv.bias is not None
        nn.init.constant_(self.scores.conv.bias, -math.log((1 - PRIOR) / PRIOR))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of scores (b, classes, h, w) and sides (b, 4 * bins, h, w)."""
        features = self.stem(features)
        scores: Tensor = self.scores(self.score_tower(features))
        return scores, self.sides(self.side_tower(features))


class Detector(nn.Module):
    """The whole network.

    Args:
        classes: How many classes are told.
        width: Channels of the first layer; 16 gives 0.9 million parameters.
    """

    def __init__(self, classes: int = 6, width: int = 16) -> None:
        super().__init__()
        self.width = width
        self.backbone = Backbone(width)
        self.neck = Neck(width)
        self.heads = nn.ModuleList(
            Head(inputs * width, 4 * width, classes) for inputs in (4, 8, 16)
        )

    def forward(self, picture: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the logits of each stride, finest first.

        Args:
            picture: Shape (b, 3, height, width), red green blue, 0..1; sides are
                multiples of 32.
        """
        features: Sequence[Tensor] = self.neck(*self.backbone(picture))
        return [head(x) for head, x in zip(self.heads, features, strict=True)]

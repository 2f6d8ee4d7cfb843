"""Makes eight-bit numbers of a trained network: equalizes, finds scales, rounds.

Source: TensorFlow Lite 8-bit quantization specification: weights int8, symmetric, one
scale an output channel; activations int8, one scale and zero point a tensor; a
concatenation, a pool and an enlargement have the scale of what goes into them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from tallypost_training.graph import StepTracer, folded
from tallypost_training.network import (
    Concatenate,
    Detector,
    Enlarge,
    Pool,
    Unit,
)
from tallypost_training.rounding import (
    LOWEST,
    best_scale,
    fake_quantized,
    sampled,
    weight_scale,
)

SAME_SCALE = (Concatenate, Pool, Enlarge)
FACTOR_MIN = 0.02
SHARED_POWER = 0.5
"""Where a convolution sums over channels, its own rounding suffers: go half the way."""
INPUT = "picture"


class Steps(nn.Module):
    """A network as a list of steps, batch norm folded into its convolutions.

    Attributes:
        nodes: Every step's name, and the names of the steps that it needs.
        kinds: Every step's module, for its shape; its numbers are in `weights`.
        group: For every tensor the name of the one whose scale it shares.
        ends: Names of the outputs, a pair (scores, sides) for each stride.
        scale: By group: what one step of its elements is worth.
        zero: By group: which element means 0.
    """

    def __init__(self, network: Detector) -> None:
        super().__init__()
        network = network.eval()
        graph = StepTracer().trace(network)
        modules = dict(network.named_modules())
        self.nodes: dict[str, tuple[str, ...]] = {}
        self.kinds: dict[str, nn.Module] = {}
        self.ends: list[tuple[str, str]] = []
        self.weights = nn.ParameterDict()
        self.biases = nn.ParameterDict()
        for node in graph.nodes:
            if node.op == "call_module":
                self._take(node, modules[str(node.target)])
            elif node.op == "output":
                self.ends = [tuple(x.name for x in pair) for pair in node.args[0]]
        self.group = self._groups()
        self.scale: dict[str, float] = {}
        self.zero: dict[str, int] = {}

    def _take(self, node: fx.Node, module: nn.Module) -> None:
        self.nodes[node.name] = tuple(
            INPUT if x.op == "placeholder" else x.name for x in node.all_input_nodes
        )
        self.kinds[node.name] = module
        if isinstance(module, Unit):
            weight, bias = folded(module)
            self.weights[node.name] = nn.Parameter(weight)
            self.biases[node.name] = nn.Parameter(bias)

    def _groups(self) -> dict[str, str]:
        leader = {name: name for name in (INPUT, *self.nodes)}

        def find(name: str) -> str:
            while leader[name] != name:
                name = leader[name]
            return name

        for name, needs in self.nodes.items():
            if isinstance(self.kinds[name], SAME_SCALE):
                for need in needs:
                    leader[find(need)] = find(name)
        return {name: find(name) for name in leader}

    @property
    def rectified(self) -> dict[str, bool]:
        """Whether a step's convolution is followed by ReLU."""
        return {
            name: isinstance(kind, Unit) and isinstance(kind.activation, nn.ReLU)
            for name, kind in self.kinds.items()
        }

    def run(self, picture: Tensor, after: Callable[[str, Tensor], Tensor]) -> list[Any]:
        """Return the outputs; `after` may change what each step gives."""
        values = {INPUT: after(INPUT, picture)}
        rectified = self.rectified
        for name, needs in self.nodes.items():
            kind = self.kinds[name]
            given = [values[x] for x in needs]
            if isinstance(kind, Unit):
                made = self._convolved(name, kind, given[0], self.weight(name))
                made = functional.relu(made) if rectified[name] else made
            else:
                made = kind(*given)
            values[name] = after(name, made)
        return [tuple(values[x] for x in pair) for pair in self.ends]

    def weight(self, name: str) -> Tensor:
        """Return a convolution's weights, rounded once there are scales."""
        weight: Tensor = self.weights[name]
        if not self.scale:
            return weight
        scale = weight_scale(weight).reshape(-1, 1, 1, 1)
        rounded = torch.clamp(torch.round(weight / scale), -127, 127) * scale
        return weight + (rounded - weight).detach()

    def forward(self, picture: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the logits of each stride, rounded as the int8 model rounds them."""
        return self.run(picture, self._rounded if self.scale else lambda _, x: x)

    def _rounded(self, name: str, value: Tensor) -> Tensor:
        if isinstance(self.kinds.get(name), (Concatenate, Pool)):
            return value
        group = self.group[name]
        return fake_quantized(value, self.scale[group], self.zero[group])

    @property
    def takers(self) -> dict[str, list[str]]:
        """For every tensor the steps that need it."""
        told: dict[str, list[str]] = {name: [] for name in (INPUT, *self.nodes)}
        for name, needs in self.nodes.items():
            for need in needs:
                told[need].append(name)
        return told

    @torch.no_grad()
    def equalize(self, pictures: Sequence[Tensor]) -> None:
        """Give the channels of a tensor like ranges, so that one scale fits them all.

        A convolution's output channel is made larger and the next one's weights for it
        smaller, which changes nothing: ReLU lets a factor through.
        Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and
        Bias Correction", 2019, section 4.1; here by the ranges of activations.

        Args:
            pictures: Batches, shape (b, 3, h, w), 0..1.
        """
        most: dict[str, Tensor] = {}

        def note(name: str, value: Tensor) -> Tensor:
            # The peaks of single pictures, averaged: one odd picture decides nothing.
            peak = value.abs().amax(dim=(2, 3)).mean(dim=0) / len(pictures)
            most[name] = most[name] + peak if name in most else peak
            return value

        self.scale = {}
        for batch in pictures:
            self.run(batch, note)
        takers = self.takers
        for name in self.nodes:
            into = takers[name]
            if not into or not all(isinstance(self.kinds[x], Unit) for x in into):
                continue
            if isinstance(self.kinds[name], Concatenate):
                self._equalize(self._movable(name, takers), into, most[name])
            elif self._scalable(name):
                self._equalize([(name, 0)], into, most[name])

    def _scalable(self, name: str) -> bool:
        return isinstance(self.kinds[name], Unit) and self.rectified[name]

    def _movable(
        self, name: str, takers: dict[str, list[str]]
    ) -> list[tuple[str, int]]:
        """Return convolutions that only a concatenation needs, and where they begin."""
        begin, found = 0, []
        for need in self.nodes[name]:
            if self._scalable(need) and takers[need] == [name]:
                found.append((need, begin))
            begin += self._channels(need)
        return found

    def _channels(self, name: str) -> int:
        kind = self.kinds[name]
        if isinstance(kind, Unit):
            return int(kind.conv.out_channels)
        if isinstance(kind, Concatenate):
            return sum(self._channels(x) for x in self.nodes[name])
        return self._channels(self.nodes[name][0])

    def _equalize(
        self, makers: list[tuple[str, int]], takers: list[str], most: Tensor
    ) -> None:
        alone = {x: self.weights[x].shape[1] == 1 for x in takers}
        factor = (most / most.max().clamp(min=1e-6)).clamp(FACTOR_MIN, 1)
        factor = factor ** (1.0 if all(alone.values()) else SHARED_POWER)
        whole = torch.ones_like(factor)
        for maker, begin in makers:
            count = self._channels(maker)
            part = factor[begin : begin + count]
            whole[begin : begin + count] = part
            self.weights[maker].div_(part.reshape(-1, 1, 1, 1))
            self.biases[maker].div_(part)
        for taker in takers:
            shape = (-1, 1, 1, 1) if alone[taker] else (1, -1, 1, 1)
            self.weights[taker].mul_(whole.reshape(shape))

    @torch.no_grad()
    def correct(self, pictures: Tensor) -> None:
        """Take out of each bias by how much rounding has moved its channel's mean.

        Source: Nagel et al., "Data-Free Quantization Through Weight Equalization and
        Bias Correction", 2019, section 4.2, with measured means.

        Args:
            pictures: Shape (b, 3, h, w), 0..1.
        """
        exact, rounded = {INPUT: pictures}, {INPUT: self._rounded(INPUT, pictures)}
        rectified = self.rectified
        for name, needs in self.nodes.items():
            kind = self.kinds[name]
            if not isinstance(kind, Unit):
                exact[name] = kind(*(exact[x] for x in needs))
                rounded[name] = self._rounded(name, kind(*(rounded[x] for x in needs)))
                continue
            bias = self.biases[name]
            right = self._convolved(name, kind, exact[needs[0]], self.weights[name])
            moved = self._convolved(name, kind, rounded[needs[0]], self.weight(name))
            shift = (right - moved).mean(dim=(0, 2, 3))
            moved = moved + shift.reshape(1, -1, 1, 1)
            if rectified[name]:
                right, moved = right.relu(), moved.relu()
            exact[name], rounded[name] = right, self._rounded(name, moved)
            bias.add_(shift)

    def _convolved(
        self, name: str, unit: Unit, value: Tensor, weight: Tensor
    ) -> Tensor:
        conv = unit.conv
        return functional.conv2d(
            value,
            weight,
            self.biases[name],
            conv.stride,
            conv.padding,
            conv.dilation,
            conv.groups,
        )

    @torch.no_grad()
    def calibrate(self, pictures: Sequence[Tensor]) -> None:
        """Find the scale of every tensor by which rounding changes it least.

        Args:
            pictures: Batches, shape (b, 3, h, w), 0..1.
        """
        seen: dict[str, list[Tensor]] = {}

        def note(name: str, value: Tensor) -> Tensor:
            seen.setdefault(self.group[name], []).append(sampled(value))
            return value

        self.scale = {}
        for batch in pictures:
            self.run(batch, note)
        scale, zero = {}, {}
        for group, parts in seen.items():
            scale[group], zero[group] = best_scale(torch.cat(parts))
        # A picture's brightness 0..255 becomes its own element, less 128.
        scale[self.group[INPUT]], zero[self.group[INPUT]] = 1 / 255, LOWEST
        self.scale, self.zero = scale, zero

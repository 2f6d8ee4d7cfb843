"""The file that is written computes what was trained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from PIL import Image
from scenes import street
from torch import Tensor, nn

from tallypost_training.flatbuffer import Writer
from tallypost_training.network import Detector
from tallypost_training.quantize import Steps
from tallypost_training.weights import read_weights

WEIGHTS = Path(__file__).parent.parent / "weights.npz"

SIZES = [(320, 320), (256, 416)]
IDS = ["320x320", "416x256"]


@pytest.fixture
@torch.no_grad()
def network() -> Detector:
    """A small network whose channels differ widely; no layer's numbers explode."""
    made = Detector(width=8).eval()
    for module in made.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 2.0)
            nn.init.uniform_(module.bias, -0.3, 0.3)
            module.register_forward_pre_hook(_settle)
    for head, outputs in zip(made.heads, made(torch.rand(2, 3, 160, 160)), strict=True):
        for name, told in zip(("scores", "sides"), outputs, strict=True):
            weight = head.get_parameter(f"{name}.conv.weight")
            weight.mul_(2 / told.std())
    for module in made.modules():
        module._forward_pre_hooks.clear()
    return made


def _settle(norm: nn.BatchNorm2d, given: tuple[Tensor]) -> None:
    """Let a norm bring what it is given to an ordinary size, and move it a little."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_var.fill_(given[0].pow(2).mean())
    norm.running_mean.uniform_(-0.1, 0.1).mul_(norm.running_var.sqrt())


def rounded(network: Detector, height: int, width: int) -> Steps:
    steps = Steps(network).eval()
    pictures = [torch.rand(2, 3, height, width) for _ in range(2)]
    steps.equalize(pictures)
    steps.calibrate(pictures)
    return steps


class File:
    """A written file, run once on a picture.

    Args:
        content: The file.
        picture: Shape (1, 3, h, w), 0..1.
        by: What computes; by default the one that keeps every tensor.
    """

    def __init__(
        self,
        content: bytes,
        picture: Tensor,
        by: OpResolverType = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    ) -> None:
        self._run = Interpreter(
            model_content=content,
            experimental_preserve_all_tensors=by != OpResolverType.AUTO,
            experimental_op_resolver_type=by,
        )
        self._run.allocate_tensors()
        elements = (picture * 255 - 128).round().permute(0, 2, 3, 1)
        told = self._run.get_input_details()[0]
        self._run.set_tensor(told["index"], elements.numpy().astype(np.int8))
        self._run.invoke()
        self._tensors = {x["name"]: x for x in self._run.get_tensor_details()}
        self.ends: list[str] = [x["name"] for x in self._run.get_output_details()]

    def values(self, name: str) -> tuple[Tensor, float]:
        """Return a tensor's numbers, and what one step of its elements is worth."""
        told: Any = self._tensors[name]
        scale, zero = told["quantization"]
        elements = self._run.get_tensor(told["index"]).astype(np.float32)
        return torch.from_numpy((elements - zero) * scale), float(scale)


def to_tensor(picture: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 255


def any_picture(height: int, width: int) -> Tensor:
    """Return one whose brightness has 256 steps."""
    return torch.rand(1, 3, height, width).mul(255).round() / 255


@pytest.mark.parametrize(("height", "width"), SIZES, ids=IDS)
@torch.no_grad()
def test_each_step_of_the_file_tells_what_the_rounded_network_tells(
    network: Detector, height: int, width: int
) -> None:
    steps = rounded(network, height, width)
    picture = any_picture(height, width)
    file = File(Writer(steps, height, width).bytes(), picture)
    off: dict[str, float] = {}
    more = []

    def compare(name: str, value: Tensor) -> Tensor:
        told, scale = file.values(name)
        told = told.permute(0, 3, 1, 2)
        apart = ((told - steps._rounded(name, value)) / scale).abs().round()
        off[name] = float(apart.max())
        more.append(float((apart > 0).float().mean()))
        return told  # each step goes on from what the file had there

    steps.run(picture, compare)
    assert set(off) == {"picture", *steps.nodes}

    assert {name: steps for name, steps in off.items() if steps > 1} == {}
    assert sum(more) / len(more) < 0.01


@pytest.mark.parametrize(("height", "width"), SIZES, ids=IDS)
def test_the_outputs_are_likelihoods_and_sides_a_row_a_cell(
    network: Detector, height: int, width: int
) -> None:
    steps = rounded(network, height, width)
    picture = any_picture(height, width)
    file = File(Writer(steps, height, width).bytes(), picture)
    names = [name for pair in steps.ends for name in pair]
    for place, (end, before) in enumerate(zip(file.ends, names, strict=True)):
        told, scale = file.values(end)
        want = file.values(before)[0].flatten(1, 2)
        if place % 2 == 0:
            assert scale == 1 / 256
            want = want.sigmoid()
        assert told.shape == want.shape
        assert float(told.std()) > 3 * scale, "says the same of every cell"
        assert float((told - want).abs().max()) <= 1.01 * scale


@pytest.mark.parametrize(("height", "width"), SIZES, ids=IDS)
@torch.no_grad()
def test_the_shipped_network_is_the_same_in_a_file_that_xnnpack_runs(
    height: int, width: int
) -> None:
    drawn = [street(width, height, seed)[0] for seed in range(5)]
    pictures = [to_tensor(x) for x in drawn]
    steps = Steps(read_weights(WEIGHTS)).eval()
    steps.equalize(pictures[:4])
    steps.calibrate(pictures[:4])
    content = Writer(steps, height, width).bytes()
    file = File(content, pictures[4], OpResolverType.AUTO)
    off = []
    pairs = [(scores.sigmoid(), sides) for scores, sides in steps(pictures[4])]
    wanted = [x.flatten(2).transpose(1, 2) for pair in pairs for x in pair]
    for end, want in zip(file.ends, wanted, strict=True):
        told, scale = file.values(end)
        off.append(((told - want) / scale).abs().flatten())
    # Each step's last bit adds up over a hundred steps: the means tell.
    assert float(torch.cat(off[::2]).mean()) < 0.3, "likelihoods"
    assert float(torch.cat(off[1::2]).mean()) < 2, "sides"


@pytest.mark.parametrize(("height", "width"), SIZES, ids=IDS)
@torch.no_grad()
def test_equalizing_changes_no_output(
    network: Detector, height: int, width: int
) -> None:
    picture = torch.rand(1, 3, height, width)
    steps = Steps(network).eval()
    before = steps(picture)
    weights = {name: x.clone() for name, x in steps.weights.items()}
    steps.equalize([torch.rand(2, 3, height, width)])
    moved = [name for name, x in steps.weights.items() if not x.equal(weights[name])]
    assert len(moved) > len(weights) / 2
    for old, new in zip(before, steps(picture), strict=True):
        for first, second in zip(old, new, strict=True):
            scale = float(first.abs().max())
            assert torch.allclose(first, second, rtol=0, atol=1e-4 * scale)


@torch.no_grad()
def test_a_network_is_the_same_as_a_list_of_steps(network: Detector) -> None:
    picture = torch.rand(1, 3, 320, 320)
    for old, new in zip(network(picture), Steps(network)(picture), strict=True):
        for first, second in zip(old, new, strict=True):
            assert torch.allclose(first, second, rtol=0, atol=1e-3)


@pytest.mark.parametrize(("height", "width"), SIZES, ids=IDS)
@torch.no_grad()
def test_rounded_scores_stay_near_the_float_ones(
    network: Detector, height: int, width: int
) -> None:
    picture = torch.rand(1, 3, height, width)
    exact = [scores.sigmoid() for scores, _ in network(picture)]
    near = [scores.sigmoid() for scores, _ in rounded(network, height, width)(picture)]
    apart = torch.cat(
        [(a - b).abs().flatten() for a, b in zip(exact, near, strict=True)]
    )

    assert float(apart.mean()) < 0.02

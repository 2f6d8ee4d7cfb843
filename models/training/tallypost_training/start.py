"""Starts a network from YOLOX-nano's published weights instead of from nothing.

YOLOX-nano (Megvii, Apache-2.0) was trained on COCO's 118,000 pictures; ours are about
four thousand. Its backbone, neck and towers are taken over; the layers that tell scores
and sides, and the activation (ReLU for SiLU), are ours. Its published TFLite file holds
batch norm folded into convolutions, so a batch norm is put behind each again that at
first changes nothing.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import Tensor, nn

from tallypost_training.errors import RecipeError
from tallypost_training.graph import units_in_order
from tallypost_training.network import Detector, Unit

COCO_ROWS = (0, 1, 3, 2, 5, 7)
"""Where our classes stand among COCO's eighty: person, bicycle, motorcycle, car..."""
WIDTH = 16


class Convolution(NamedTuple):
    """One convolution of the file: weights (out, in, h, w), bias (out,)."""

    weight: Tensor
    bias: Tensor


def read_convolutions(file: Path) -> list[Convolution]:
    """Return a model's convolutions in the order in which they run.

    Raises:
        RecipeError: The file cannot be read or is no such model.
    """
    try:
        content = file.read_bytes()
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        graph = model.subgraphs[0]
        return [_read(model, graph, x) for x in _convolutions(model, graph)]
    except OSError as error:
        raise RecipeError(f"{file}: cannot be read ({error.strerror})") from error
    except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
        raise RecipeError(f"{file}: is no YOLOX-nano ({error!r})") from error


def _code(model: Any, operator: Any) -> int:
    told = model.operatorCodes[operator.opcodeIndex]
    return int(max(told.builtinCode, told.deprecatedBuiltinCode))


def _convolutions(model: Any, graph: Any) -> Iterator[Any]:
    kinds = schema.BuiltinOperator
    for operator in graph.operators:
        if _code(model, operator) in (kinds.CONV_2D, kinds.DEPTHWISE_CONV_2D):
            yield operator


def _read(model: Any, graph: Any, operator: Any) -> Convolution:
    weight, bias = (_constant(model, graph, x) for x in operator.inputs[1:3])
    depthwise = _code(model, operator) == schema.BuiltinOperator.DEPTHWISE_CONV_2D
    weight = weight.transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
    return Convolution(torch.from_numpy(weight.copy()), torch.from_numpy(bias.copy()))


def _constant(model: Any, graph: Any, index: int) -> Any:
    """Return a tensor's numbers; the halves of a float16 file are turned to floats."""
    tensor = graph.tensors[index]
    if model.buffers[tensor.buffer].data is None:
        source = next(x for x in graph.operators if index in list(x.outputs))
        tensor = graph.tensors[source.inputs[0]]
    kind = np.float16 if tensor.type == schema.TensorType.FLOAT16 else np.float32
    content = np.asarray(model.buffers[tensor.buffer].data, np.uint8)
    return content.view(kind).astype(np.float32).reshape(list(tensor.shape))


def stem_weight(focus: Tensor) -> Tensor:
    """Return the one 6x6 convolution that a focus and its 3x3 convolution are.

    Focus puts the four pixels of each 2x2 into channels: top left, bottom left, top
    right, bottom right, each blue green red in 0..255; ours is red green blue in 0..1.
    """
    outputs = focus.shape[0]
    weight = focus.new_zeros(outputs, 3, 6, 6)
    for place, (row, column) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        part = focus[:, 3 * place : 3 * place + 3]
        weight[:, :, row::2, column::2] = part.flip(1) * 255
    return weight


def start_from(network: Detector, file: Path) -> None:
    """Put YOLOX-nano's weights into a network of the same width.

    Raises:
        RecipeError: The file or the network is another one.
    """
    if network.width != WIDTH:
        raise RecipeError(f"{file}: fits a network of width {WIDTH} only")
    found = iter(read_convolutions(file))
    try:
        _fill(network, found)
    except (StopIteration, RuntimeError) as error:
        raise RecipeError(f"{file}: is no YOLOX-nano ({error})") from error


def _fill(network: Detector, found: Iterator[Convolution]) -> None:
    units = units_in_order(network)
    # In the published file the heads stand coarsest first.
    units.sort(key=lambda x: -int(x[0].split(".")[1]) if "heads" in x[0] else -9)
    for name, unit in units:
        if name.endswith(".sides"):
            next(found)  # its four offsets are measured otherwise
            next(found)  # and it has a score for "anything at all"
            continue
        given = next(found)
        weight = given.weight
        if name == "backbone.stem":
            weight = stem_weight(weight)
        elif name.endswith(".scores"):
            rows = list(COCO_ROWS)
            given = Convolution(weight[rows], given.bias[rows])
            weight = given.weight
        with torch.no_grad():
            unit.conv.weight.copy_(weight)
            if unit.conv.bias is not None:
                unit.conv.bias.copy_(given.bias)
            elif isinstance(unit.norm, nn.BatchNorm2d):
                unit.norm.bias.copy_(given.bias)


@torch.no_grad()
def settle_norms(network: Detector, pictures: Iterable[Tensor]) -> None:
    """Make every batch norm change nothing for the network as it was published.

    With SiLU as before, each convolution's mean and spread are measured; they become
    the norm's statistics, and its gain and offset undo them. With ReLU put in again,
    the norms then hold every layer's numbers where the next layer learned to expect
    them.

    Args:
        network: Fresh from `start_from`: the norms' offsets are the published biases.
        pictures: Batches, shape (b, 3, h, w), 0..1; one or two hundred will do.
    """
    units = [unit for _, unit in units_in_order(network)]
    normed = [x for x in units if isinstance(x.norm, nn.BatchNorm2d)]
    published = [(x.norm, x.activation) for x in normed]
    sums = [torch.zeros(3, x.conv.out_channels) for x in normed]
    handles = []
    network.eval()
    for unit, total in zip(normed, sums, strict=True):
        _as_published(unit)
        handles.append(unit.conv.register_forward_hook(_measure(total)))
    for batch in pictures:
        network(batch)
    for handle in handles:
        handle.remove()
    for unit, (norm, activation), total in zip(normed, published, sums, strict=True):
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        mean = total[1] / total[0]
        spread = torch.clamp(total[2] / total[0] - mean**2, min=1e-6)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(spread)
        gain = torch.sqrt(norm.running_var + norm.eps)
        norm.weight.copy_(gain)
        norm.bias.add_(norm.running_mean)
        unit.norm, unit.activation = norm, activation


def as_published(network: Detector) -> Detector:
    """Return the same network with SiLU and no norms: what YOLOX-nano computes.

    Args:
        network: Fresh from `start_from`; it is changed.
    """
    for _, unit in units_in_order(network):
        if isinstance(unit.norm, nn.BatchNorm2d):
            _as_published(unit)
    return network.eval()


def _as_published(unit: Unit) -> None:
    bias: Any = unit.norm.bias
    unit.norm = _Offset(bias.detach().clone())  # type: ignore[assignment]
    unit.activation = nn.SiLU()


class _Offset(nn.Module):
    def __init__(self, bias: Tensor) -> None:
        super().__init__()
        self.register_buffer("bias", bias)

    def forward(self, value: Tensor) -> Tensor:
        bias: Any = self.bias
        moved: Tensor = value + bias.reshape(1, -1, 1, 1)
        return moved


def _measure(total: Tensor) -> Any:
    def hook(_module: nn.Module, _given: Any, made: Tensor) -> None:
        flat = made.detach().double().transpose(0, 1).flatten(1).cpu()
        total[0] += flat.shape[1]
        total[1] += flat.sum(dim=1).float()
        total[2] += (flat**2).sum(dim=1).float()

    return hook

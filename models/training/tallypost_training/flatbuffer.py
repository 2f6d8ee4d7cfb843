"""Writes the quantized network as a TensorFlow Lite file.

The schema is the one that LiteRT carries. Own code, because the usual converters bring
a gigabyte of frameworks with them and calibrate anew: here the file holds exactly the
numbers that training ended with. Only nine kinds of operation occur.
"""

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from tallypost_training.network import Add, Concatenate, Enlarge, Pool, Unit
from tallypost_training.quantize import INPUT, Steps
from tallypost_training.rounding import LOWEST, weight_scale

BUILTIN = schema.BuiltinOperator
TYPE = schema.TensorType
OPTIONS = schema.BuiltinOptions
SIGMOID_SCALE = 1 / 256
"""Fixed by the specification, zero point -128."""
DESCRIPTION = "tallypost-training"


class Writer:
    """One file in the making.

    Args:
        steps: The quantized network.
        height: Of the input, in pixels.
        width: Of the input, in pixels.
    """

    def __init__(self, steps: Steps, height: int, width: int) -> None:
        self._steps = steps
        self._model = schema.ModelT()
        self._model.version = 3
        self._model.description = DESCRIPTION
        self._model.buffers = [schema.BufferT()]
        self._model.operatorCodes = []
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators = [], []
        self._codes: dict[int, int] = {}
        self._index: dict[str, int] = {}
        self._shapes: dict[str, tuple[int, int, int]] = {}
        self._activation(INPUT, (height, width, 3))
        for name in steps.nodes:
            self._step(name)
        self._graph.inputs = [self._index[INPUT]]
        outputs = [self._end(*pair) for pair in steps.ends]
        self._graph.outputs = [x for pair in outputs for x in pair]
        self._model.subgraphs = [self._graph]

    def bytes(self) -> bytes:
        """Return the file."""
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _tensor(
        self,
        name: str,
        shape: Sequence[int],
        kind: int,
        *,
        content: NDArray[Any] | None = None,
        quantization: tuple[Any, Any, int] | None = None,
    ) -> int:
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name, list(shape), kind
        tensor.buffer = 0
        if content is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(content.tobytes(), np.uint8)
            tensor.buffer = len(self._model.buffers)
            self._model.buffers.append(buffer)
        if quantization is not None:
            told = schema.QuantizationParametersT()
            told.scale = [float(x) for x in np.atleast_1d(quantization[0])]
            told.zeroPoint = [int(x) for x in np.atleast_1d(quantization[1])]
            told.quantizedDimension = quantization[2]
            tensor.quantization = told
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _activation(self, name: str, shape: tuple[int, int, int]) -> int:
        group = self._steps.group[name]
        told = (self._steps.scale[group], self._steps.zero[group], 0)
        self._shapes[name] = shape
        self._index[name] = self._tensor(
            name, (1, *shape), TYPE.INT8, quantization=told
        )
        return self._index[name]

    def _operator(
        self,
        code: int,
        inputs: list[int],
        output: int,
        options: tuple[int, Any] | None = None,
    ) -> None:
        if code not in self._codes:
            told = schema.OperatorCodeT()
            told.builtinCode = code
            told.deprecatedBuiltinCode = min(code, 127)
            told.version = _version(code)
            self._codes[code] = len(self._model.operatorCodes)
            self._model.operatorCodes.append(told)
        operator = schema.OperatorT()
        operator.opcodeIndex = self._codes[code]
        operator.inputs, operator.outputs = inputs, [output]
        if options is not None:
            operator.builtinOptionsType, operator.builtinOptions = options
        self._graph.operators.append(operator)

    def _step(self, name: str) -> None:
        kind, needs = self._steps.kinds[name], self._steps.nodes[name]
        height, width, channels = self._shapes[needs[0]]
        given = [self._index[x] for x in needs]
        match kind:
            case Unit():
                self._convolution(name, kind, needs[0])
            case Add():
                add = schema.AddOptionsT()
                made = self._activation(name, (height, width, channels))
                self._operator(BUILTIN.ADD, given, made, (OPTIONS.AddOptions, add))
            case Concatenate():
                total = sum(self._shapes[x][2] for x in needs)
                join = schema.ConcatenationOptionsT()
                join.axis = 3
                made = self._activation(name, (height, width, total))
                told = (OPTIONS.ConcatenationOptions, join)
                self._operator(BUILTIN.CONCATENATION, given, made, told)
            case Pool():
                pool = schema.Pool2DOptionsT()
                pool.padding = schema.Padding.SAME
                pool.strideH = pool.strideW = 1
                pool.filterHeight = pool.filterWidth = _side(kind)
                made = self._activation(name, (height, width, channels))
                told = (OPTIONS.Pool2DOptions, pool)
                self._operator(BUILTIN.MAX_POOL_2D, given, made, told)
            case Enlarge():
                self._enlarge(name, given[0], (height, width, channels))
            case _:
                raise TypeError(f"{name}: nobody knows how to write a {type(kind)}")

    def _enlarge(self, name: str, given: int, shape: tuple[int, int, int]) -> None:
        height, width, channels = shape
        sides = np.array([2 * height, 2 * width], np.int32)
        size = self._tensor(f"{name}/size", (2,), TYPE.INT32, content=sides)
        made = self._activation(name, (2 * height, 2 * width, channels))
        told = schema.ResizeNearestNeighborOptionsT()
        options = (OPTIONS.ResizeNearestNeighborOptions, told)
        self._operator(BUILTIN.RESIZE_NEAREST_NEIGHBOR, [given, size], made, options)

    def _convolution(self, name: str, unit: Unit, need: str) -> None:
        conv, steps = unit.conv, self._steps
        height, width, _ = self._shapes[need]
        stride, pad, side = conv.stride[0], int(conv.padding[0]), conv.kernel_size[0]
        given, padding = self._index[need], schema.Padding.SAME
        # TensorFlow's SAME puts the odd pixel of an even side at its end, PyTorch at
        # its beginning: there the padding is a step of its own.
        before = max((-(-height // stride) - 1) * stride + side - height, 0) // 2
        if before != pad:
            given = self._pad(name, need, pad)
            padding = schema.Padding.VALID
        weight = steps.weights[name].detach().cpu()
        scale = weight_scale(weight).double()
        rounded = torch.round(weight.double() / scale.reshape(-1, 1, 1, 1))
        elements = rounded.clamp(-127, 127).to(torch.int8).numpy()
        depthwise = conv.groups > 1
        # (out, in, h, w) becomes (out, h, w, in), or (1, h, w, out) where each channel
        # is by itself
        elements = elements.transpose((1, 2, 3, 0) if depthwise else (0, 2, 3, 1))
        scales = scale.numpy()
        kernel = self._tensor(
            f"{name}/weights",
            elements.shape,
            TYPE.INT8,
            content=np.ascontiguousarray(elements),
            quantization=(scales, np.zeros(len(scales)), 3 if depthwise else 0),
        )
        steps_of_bias = scales * steps.scale[steps.group[need]]
        bias = steps.biases[name].detach().cpu().double().numpy() / steps_of_bias
        offsets = self._tensor(
            f"{name}/bias",
            (len(scales),),
            TYPE.INT32,
            content=np.rint(bias).clip(-(2**31), 2**31 - 1).astype(np.int32),
            quantization=(steps_of_bias, np.zeros(len(scales)), 0),
        )
        shape = (-(-height // stride), -(-width // stride), conv.out_channels)
        made = self._activation(name, shape)
        told: Any = (
            schema.DepthwiseConv2DOptionsT() if depthwise else schema.Conv2DOptionsT()
        )
        told.padding, told.strideH, told.strideW = padding, stride, stride
        told.dilationHFactor = told.dilationWFactor = 1
        if depthwise:
            told.depthMultiplier = 1
        if steps.rectified[name]:
            told.fusedActivationFunction = schema.ActivationFunctionType.RELU
        self._operator(
            BUILTIN.DEPTHWISE_CONV_2D if depthwise else BUILTIN.CONV_2D,
            [given, kernel, offsets],
            made,
            (
                OPTIONS.DepthwiseConv2DOptions if depthwise else OPTIONS.Conv2DOptions,
                told,
            ),
        )

    def _pad(self, name: str, need: str, pad: int) -> int:
        height, width, channels = self._shapes[need]
        group = self._steps.group[need]
        borders = np.array([[0, 0], [pad, pad], [pad, pad], [0, 0]], np.int32)
        told = self._tensor(f"{name}/borders", (4, 2), TYPE.INT32, content=borders)
        made = self._tensor(
            f"{name}/padded",
            (1, height + 2 * pad, width + 2 * pad, channels),
            TYPE.INT8,
            quantization=(self._steps.scale[group], self._steps.zero[group], 0),
        )
        options = (OPTIONS.PadOptions, schema.PadOptionsT())
        self._operator(BUILTIN.PAD, [self._index[need], told], made, options)
        return made

    def _end(self, scores: str, sides: str) -> tuple[int, int]:
        """Return the two outputs of one stride, a row a cell."""
        height, width, classes = self._shapes[scores]
        likely = self._tensor(
            f"{scores}/sigmoid",
            (1, height, width, classes),
            TYPE.INT8,
            quantization=(SIGMOID_SCALE, LOWEST, 0),
        )
        self._operator(BUILTIN.LOGISTIC, [self._index[scores]], likely)
        rows = self._rows(f"scores{height}", likely, (height * width, classes))
        bins = self._shapes[sides][2]
        return rows, self._rows(
            f"sides{height}", self._index[sides], (height * width, bins)
        )

    def _rows(self, name: str, given: int, shape: tuple[int, int]) -> int:
        told = self._graph.tensors[given].quantization
        made = self._tensor(
            name,
            (1, *shape),
            TYPE.INT8,
            quantization=(told.scale[0], told.zeroPoint[0], 0),
        )
        size = np.array([1, *shape], np.int32)
        wanted = self._tensor(f"{name}/shape", (3,), TYPE.INT32, content=size)
        options = schema.ReshapeOptionsT()
        options.newShape = [1, *shape]
        told_options = (OPTIONS.ReshapeOptions, options)
        self._operator(BUILTIN.RESHAPE, [given, wanted], made, told_options)
        return made


def _side(pool: Pool) -> int:
    side = pool.kernel_size
    return side if isinstance(side, int) else side[0]


def _version(code: int) -> int:
    """Return since when an operation takes int8, by TensorFlow's `register.cc`."""
    return {
        BUILTIN.CONV_2D: 3,
        BUILTIN.DEPTHWISE_CONV_2D: 3,
        BUILTIN.ADD: 2,
        BUILTIN.CONCATENATION: 2,
        BUILTIN.MAX_POOL_2D: 2,
        BUILTIN.RESIZE_NEAREST_NEIGHBOR: 2,
        BUILTIN.LOGISTIC: 2,
        BUILTIN.PAD: 2,
    }.get(code, 1)

"""Looks through the network of a model file that came from elsewhere, before any runtime touches it.

What could reach outside the file (external data), run what is not ONNX's own (other domains, functions), loop, or ask
for a huge allocation is refused. What the numbers here cannot show is left to the limits of the child that tries the
model. Field numbers are those of onnx.proto3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.errors import ModelError
from engine.model.onnx_file import MAX_MODEL_BYTES, Field, OnnxFormatError, fields

MAX_NODES = 20_000
MAX_SIZE = 4096  # of one side, or any other whole number that a size may come from
MAX_CELLS = 2**24  # of a tensor that is made from a size: 64 MiB
MAX_PADDING = 64
MAX_SCALE = 64.0
_SCALES = 2  # the input of Resize that says how many times as large
_OWN_DOMAINS = ("", "ai.onnx")
_FLOAT, _INT64 = 1, 7
_FEW_FLOATS = 16  # as many as the factors of an enlargement can be
_EXTREMES = (2**63 - 1, -(2**63), 2**31 - 1, -(2**31))  # "to the end" of a slice, as exporters write it

# What networks for pictures are made of. None of it makes more cells than its inputs let one see, or it is in _GROWING.
_OPERATORS = frozenset(
    """Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast CastLike Ceil Clip Concat Constant Conv Cos
    DepthToSpace DequantizeLinear Div DynamicQuantizeLinear Elu Equal Erf Exp Flatten Floor Gather GatherElements
    GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GroupNormalization HardSigmoid HardSwish
    Identity InstanceNormalization LRN LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul MatMulInteger
    Max MaxPool Mean Min Mish Mod Mul Neg Not Or PRelu Pow QLinearConv QLinearMatMul QuantizeLinear Reciprocal ReduceL1
    ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round Selu
    Shape Sigmoid Sign Sin Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh TopK
    Transpose Unsqueeze Where Xor""".split()  # noqa: SIM905 - a wall of quotes reads worse
)
# What makes a tensor as large as a number says, and which input holds the number.
_GROWING = {"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "Pad": 1, "Resize": 3, "ConvTranspose": None}


@dataclass(slots=True)
class _Tensor:
    name: str = ""
    kinds: list[int] = field(default_factory=list)
    sides: list[int] = field(default_factory=list)
    whole_numbers: list[int] = field(default_factory=list)
    floats: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Node:
    operator: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    attributes: list[memoryview] = field(default_factory=list)


def check_graph(model: bytes) -> None:
    """Look through a model file. Raises ModelError with one sentence where it must not be run."""
    try:
        _check_model(memoryview(model))
    except OnnxFormatError as error:
        raise ModelError(f"The model in the pack cannot be used ({error}). Ask for another one.") from error


def _check_model(model: memoryview) -> None:
    graphs = []
    for part in fields(model):
        if part.number == 8 and not all(name in _OWN_DOMAINS for name in _texts(part.body, 1)):
            raise OnnxFormatError("it needs operators that are not ONNX's own")
        if part.number in (20, 25):
            raise OnnxFormatError("it brings functions of its own")
        if part.number == 7:
            graphs.append(part.body)
    if len(graphs) != 1:
        raise OnnxFormatError("it has no network, or several")
    _check_network(graphs[0])


def _check_network(graph: memoryview) -> None:
    nodes: list[_Node] = []
    constants: dict[str, list[float]] = {}
    for part in fields(graph):
        if part.number == 1:
            nodes.append(_read_node(part.body))
        elif part.number == 5:
            tensor = _read_tensor(part.body)
            constants[tensor.name] = [*tensor.whole_numbers, *tensor.floats]
        elif part.number == 15:
            raise OnnxFormatError("it holds sparse tensors")
        if len(nodes) > MAX_NODES:
            raise OnnxFormatError("it has too many steps")
    for node in nodes:
        numbers = [number for attribute in node.attributes for number in _read_attribute(attribute)]
        if node.operator == "Constant":
            constants.update(dict.fromkeys(node.outputs, numbers))
    for node in nodes:
        _check_growth(node, constants)


def _read_node(data: memoryview) -> _Node:
    node = _Node()
    for part in fields(data):
        match part.number:
            case 1:
                node.inputs.append(part.text())
            case 2:
                node.outputs.append(part.text())
            case 4:
                node.operator = part.text()
            case 5:
                node.attributes.append(part.body)
            case 7:
                node.domain = part.text()
    if node.domain not in _OWN_DOMAINS or node.operator not in _OPERATORS | _GROWING.keys():
        raise OnnxFormatError("it uses an operator that is not allowed")
    return node


def _read_attribute(data: memoryview) -> Iterator[float]:
    """The numbers of an attribute, the whole ones known to be bounded."""
    is_padding = any("pad" in name for name in _texts(data, 1))
    for part in fields(data):
        if part.number in (6, 11, 22, 23):
            raise OnnxFormatError("it holds a network within the network")
        if part.number in (3, 8):
            yield from (_bounded(number, MAX_PADDING if is_padding else MAX_SIZE) for number in part.numbers())
        elif part.number in (5, 10):
            tensor = _read_tensor(part.body)
            yield from (*tensor.whole_numbers, *tensor.floats)
        elif part.number in (2, 7):
            yield from _floats(part)


def _read_tensor(data: memoryview) -> _Tensor:
    tensor = _Tensor()
    raw: list[Field] = []
    for part in fields(data):
        match part.number:
            case 1:
                tensor.sides += part.numbers()
            case 2:
                tensor.kinds += part.numbers()
            case 4 if math.prod(tensor.sides) <= _FEW_FLOATS:
                tensor.floats += _floats(part)
            case 7:
                tensor.whole_numbers += part.numbers()
            case 8:
                tensor.name = part.text()
            case 9:
                raw.append(part)
            case 13:
                raise OnnxFormatError("its weights lie in another file")
            case 14 if any(part.numbers()):
                raise OnnxFormatError("its weights lie in another file")
    if min(tensor.sides, default=0) < 0 or math.prod(tensor.sides) > min(2 * len(data), MAX_MODEL_BYTES):
        raise OnnxFormatError("a tensor is larger than its data")
    if _FLOAT in tensor.kinds and math.prod(tensor.sides) <= _FEW_FLOATS:
        tensor.floats += [number for part in raw for number in _floats(part)]
    if _INT64 in tensor.kinds:
        for part in raw:
            if len(part.body) % 8:
                raise OnnxFormatError("a tensor is cut off")
            tensor.whole_numbers += np.frombuffer(part.body, dtype="<i8").tolist()
        for number in tensor.whole_numbers:
            _bounded(number, MAX_SIZE)
    return tensor


def _floats(part: Field) -> list[float]:
    if len(part.body) % 4:
        raise OnnxFormatError("a tensor is cut off")
    return np.frombuffer(part.body, dtype="<f4").tolist()  # type: ignore[no-any-return]


def _check_growth(node: _Node, constants: dict[str, list[float]]) -> None:
    """Refuse a size, written into the model, whose product is beyond bounds; its parts are bounded already."""
    if node.operator == "Resize" and len(node.inputs) > _SCALES and node.inputs[_SCALES]:
        scales = constants.get(node.inputs[_SCALES], [math.inf])
        if not all(0.0 < scale <= MAX_SCALE for scale in scales):
            raise OnnxFormatError("it asks for too much memory")
    place = _GROWING.get(node.operator)
    if place is None or place >= len(node.inputs):
        return
    if node.operator == "ConstantOfShape" and node.inputs[place] not in constants:
        raise OnnxFormatError("the size of a tensor cannot be known")
    numbers = constants.get(node.inputs[place], [])
    if node.operator == "Pad":
        for number in numbers:
            _bounded(int(number), MAX_PADDING)
    elif math.prod(max(1, number) for number in numbers) > MAX_CELLS:
        raise OnnxFormatError("it asks for too much memory")


def _bounded(number: int, most: int) -> int:
    if abs(number) > most and number not in _EXTREMES:
        raise OnnxFormatError("it asks for too much memory")
    return number


def _texts(message: memoryview, number: int) -> list[str]:
    """Every value of a text field: of several, runtimes may take any."""
    return [part.text() for part in fields(message) if part.number == number]

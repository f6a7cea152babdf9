from __future__ import annotations

import numpy as np
import pytest

from engine.errors import ModelError
from engine.model.film_gate import bundled_gate
from engine.model.onnx_file import fields
from engine.model.onnx_graph import check_graph
from engine.model.pack import bundled_model
from tests.engine.model.models import _length_prefixed, _node, _number, _tensor, tiny_network


def network(*parts: bytes, around: bytes = b"", opset: bytes = b"") -> bytes:
    """A model of these parts of a graph."""
    own = _length_prefixed(8, opset + _number(2, 18))
    return _number(1, 8) + _length_prefixed(7, b"".join(parts)) + own + around


def whole(name: str, *values: int) -> bytes:
    """An initialiser of int64."""
    data = np.array(values, dtype="<i8").tobytes()
    body = _number(1, len(values)) + _number(2, 7) + _length_prefixed(8, name.encode()) + _length_prefixed(9, data)
    return _length_prefixed(5, body)


def node(kind: str, *inputs: str, more: bytes = b"") -> bytes:
    return _length_prefixed(1, _node(kind, list(inputs), "out") + more)


def numbers(name: str, *values: int) -> bytes:
    """An attribute of whole numbers."""
    return _length_prefixed(5, _length_prefixed(1, name.encode()) + b"".join(_number(8, value) for value in values))


def test_the_bundled_networks_pass() -> None:
    check_graph(bundled_model().read_bytes())
    check_graph(bundled_gate().read_bytes())
    check_graph(tiny_network({"logits": np.zeros(3), "heat": np.zeros((14, 14))}))


def test_sizes_within_bounds_pass() -> None:
    check_graph(network(whole("size", 1, 64, 64), node("ConstantOfShape", "size")))
    check_graph(network(whole("ends", 2**63 - 1), node("Slice", "films", "ends", "ends")))
    scales = _length_prefixed(5, _tensor("scales", np.array([1.0, 1.0, 2.0, 2.0])))
    check_graph(network(scales, node("Resize", "films", "", "scales")))


HUGE = 10**9
EXTERNAL = _number(1, 4) + _number(2, 1) + _length_prefixed(8, b"w")
HOSTILE = {
    "external data": network(_length_prefixed(5, EXTERNAL + _length_prefixed(13, b""))),
    "external location": network(_length_prefixed(5, EXTERNAL + _number(14, 1))),
    "another domain": network(node("Relu", "films", more=_length_prefixed(7, b"com.evil"))),
    "another set of operators": network(opset=_length_prefixed(1, b"com.microsoft")),
    "an operator of its own": network(node("Evil", "films")),
    "a function": network(around=_length_prefixed(25, b"")),
    "training": network(around=_length_prefixed(20, b"")),
    "a loop": network(node("Loop", "films")),
    "a network within": network(node("Relu", "films", more=_length_prefixed(5, _length_prefixed(6, b"")))),
    "sparse": network(_length_prefixed(15, b"")),
    "two networks": network(around=_length_prefixed(7, b"")),
    "no network": _number(1, 8),
    "a huge size": network(whole("size", HUGE), node("ConstantOfShape", "size")),
    "a huge product": network(whole("size", 4096, 4096, 4096), node("ConstantOfShape", "size")),
    "a size from nowhere": network(node("ConstantOfShape", "films")),
    "a huge spread": network(whole("size", 4096, 4096, 4096), node("Expand", "films", "size")),
    "many tiles": network(whole("size", 4096, 4096, 4096), node("Tile", "films", "size")),
    "huge padding": network(whole("size", 0, 0, 4000, 4000), node("Pad", "films", "size")),
    "a huge picture": network(whole("size", 4096, 4096, 4096), node("Resize", "films", "", "", "size")),
    "a huge scale": network(
        _length_prefixed(5, _tensor("s", np.array([1.0, 1.0, 1e6, 1e6]))), node("Resize", "films", "", "s")
    ),
    "a scale that is no number": network(
        _length_prefixed(5, _tensor("s", np.array([1.0, 1.0, np.nan, 1.0]))), node("Resize", "films", "", "s")
    ),
    "a scale from nowhere": network(node("Resize", "films", "", "films")),
    "padding of a convolution": network(node("Conv", "films", more=numbers("pads", 4000, 4000, 4000, 4000))),
    "a huge kernel": network(node("MaxPool", "films", more=numbers("kernel_shape", HUGE, HUGE))),
    "a constant of huge size": network(node("Constant", more=numbers("value_ints", HUGE))),
    "a tensor without its data": network(_length_prefixed(5, _number(1, HUGE) + _number(1, HUGE) + _number(2, 1))),
    "a tensor of negative size": network(_length_prefixed(5, _number(1, 2**64 - 1) + _number(2, 1))),
    "a tensor that is cut off": network(
        _length_prefixed(5, _number(1, 1) + _number(2, 7) + _length_prefixed(9, b"1234567"))
    ),
    "packed sizes": network(_length_prefixed(5, _length_prefixed(1, b"\xff\xff\xff\x7f" * 4) + _number(2, 1))),
    "too many steps": network(node("Relu", "films") * 20_001),
    "a name that is no text": network(node("Relu", "films", more=_length_prefixed(4, b"\xff"))),
    "cut off": network(node("Relu", "films"))[:-1],
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_networks_are_refused(data: bytes) -> None:
    with pytest.raises(ModelError, match="Ask for another one"):
        check_graph(data)


def test_damage_is_refused_or_passes_but_never_breaks() -> None:
    good = tiny_network({"logits": np.zeros(3), "heat": np.zeros((14, 14))})
    assert list(fields(memoryview(good)))
    passed = 0
    for place in range(0, len(good), 3):
        for bit in (0, 3, 7):
            data = bytearray(good)
            data[place] ^= 1 << bit
            try:
                check_graph(bytes(data))
                passed += 1
            except ModelError:
                continue
    assert passed

"""Changed copies of the bundled model, and tiny networks that say whatever a test wants them to.

The tiny ones are written byte by byte (onnx.proto3), as the extra `test` brings no ONNX library.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.model.card import METADATA_KEY
from engine.model.onnx_file import fields, graph_sha256, read_metadata
from engine.model.pack import bundled_model

SIZE = 32  # of the tiny networks' input
_FLOAT = 1


def bundled_card() -> dict[str, Any]:
    """The card of the bundled model as plain JSON."""
    card: dict[str, Any] = json.loads(read_metadata(bundled_model().read_bytes())[METADATA_KEY])
    return card


def write_with_card(path: Path, card: dict[str, Any] | None, network: bytes | None = None) -> Path:
    """The bundled network, or another one, with another card or without one."""
    return write_with_key(path, METADATA_KEY, card, network or bundled_model().read_bytes())


def write_with_key(path: Path, key: str, card: dict[str, Any] | None, data: bytes) -> Path:
    """A network with a card under a key of the metadata, or with none."""
    graph = b"".join(field.whole for field in fields(memoryview(data)) if field.number != 14)
    entry = b""
    if card is not None:
        pair = _length_prefixed(1, key.encode()) + _length_prefixed(2, json.dumps(card).encode())
        entry = _length_prefixed(14, pair)
    path.write_bytes(graph + entry)
    return path


def write_tiny_model(path: Path, outputs: dict[str, NDArray[Any]], **card_changes: Any) -> Path:
    """A model whose network is that of `tiny_network`, and whose card is the bundled one with changes.

    Unless they are among the changes, the card has no limit for unlike films and one calibration for all ages, and
    knows children of 1 to 5 years only. Age bands that name no operating points have those of the card.
    """
    network = tiny_network(outputs)
    bundled = bundled_card()
    plain = {
        "ood_limit": None,
        "calibration": {**bundled["calibration"], "slope": 1.5, "intercept": 1.5},
        "age_bands": [],
        "populations": bundled["populations"][:1],
        "ages": [row for row in bundled["ages"] if row["age_to_years"] <= 5],
    }
    card = {**bundled, **plain, "graph_sha256": graph_sha256(network), **card_changes}
    card["age_bands"] = [{"operating_points": card["operating_points"], **band} for band in card["age_bands"]]
    card["input"]["size"] = SIZE
    return write_with_card(path, card, network)


def two_lungs() -> NDArray[np.float64]:
    """Lungs (28, 28) of a film that may be scored: on a grid of 14 x 14, columns 1 to 4 and 7 to 8 of rows 1 to 12."""
    lungs = np.zeros((28, 28))
    lungs[2:26, 2:10] = lungs[2:26, 14:18] = 1.0
    return lungs


def tiny_network(outputs: dict[str, NDArray[Any]]) -> bytes:
    """A network that takes `films` (B, 1, 32, 32) and answers every film with the same `outputs`.

    Each output is given for one film, as (n,) or (rows, columns), and comes out as (B, n) or (B, 1, rows, columns).
    """
    nodes = [
        _node("GlobalAveragePool", ["films"], "mean"),
        _node("Mul", ["mean", "no"], "nothing"),
        _node("Flatten", ["nothing"], "nothing_flat"),
    ]
    constants = [_tensor("no", np.zeros(1))]
    shapes = []
    for name, value in outputs.items():
        nodes.append(_node("Add", ["nothing" if value.ndim == 2 else "nothing_flat", f"{name}_value"], name))
        constants.append(_tensor(f"{name}_value", value[np.newaxis]))
        shapes.append(_value(name, ["batch", *([1] if value.ndim == 2 else []), *value.shape]))
    graph = b"".join(
        [
            *(_length_prefixed(1, node) for node in nodes),
            _length_prefixed(2, b"tiny"),
            *(_length_prefixed(5, constant) for constant in constants),
            _length_prefixed(11, _value("films", ["batch", 1, SIZE, SIZE])),
            *(_length_prefixed(12, shape) for shape in shapes),
        ]
    )
    return _number(1, 8) + _length_prefixed(7, graph) + _length_prefixed(8, _number(2, 18))


def _node(kind: str, inputs: list[str], output: str) -> bytes:
    names = b"".join(_length_prefixed(1, name.encode()) for name in inputs)
    return names + _length_prefixed(2, output.encode()) + _length_prefixed(4, kind.encode())


def _tensor(name: str, value: NDArray[Any]) -> bytes:
    shape = b"".join(_number(1, length) for length in value.shape)
    data = value.astype("<f4").tobytes()
    return shape + _number(2, _FLOAT) + _length_prefixed(8, name.encode()) + _length_prefixed(9, data)


def _value(name: str, shape: list[str | int]) -> bytes:
    lengths = (
        _length_prefixed(2, length.encode()) if isinstance(length, str) else _number(1, length) for length in shape
    )
    dimensions = b"".join(_length_prefixed(1, length) for length in lengths)
    kind = _length_prefixed(1, _number(1, _FLOAT) + _length_prefixed(2, dimensions))
    return _length_prefixed(1, name.encode()) + _length_prefixed(2, kind)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _length_prefixed(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])

"""Changed copies of the bundled model, for tests of what happens with a bad one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.model.card import METADATA_KEY
from engine.model.onnx_file import _fields, read_metadata
from engine.model.pack import bundled_model


def bundled_card() -> dict[str, Any]:
    """The card of the bundled model as plain JSON."""
    card: dict[str, Any] = json.loads(read_metadata(bundled_model().read_bytes())[METADATA_KEY])
    return card


def write_with_card(path: Path, card: dict[str, Any] | None) -> Path:
    """The bundled network with another card, or without one."""
    data = bundled_model().read_bytes()
    graph = b"".join(field.whole for field in _fields(memoryview(data)) if field.number != 14)
    entry = b""
    if card is not None:
        pair = _length_prefixed(1, METADATA_KEY.encode()) + _length_prefixed(2, json.dumps(card).encode())
        entry = _length_prefixed(14, pair)
    path.write_bytes(graph + entry)
    return path


def _length_prefixed(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])

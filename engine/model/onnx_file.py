"""The outermost layer of an ONNX file, read without an ONNX library: its metadata, and the network without it.

An ONNX file is one protobuf `ModelProto`; its metadata are the entries of field 14, each a pair of key (1)
and value (2) (onnx.proto3). The window reads a model's card this way without loading a runtime.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

MAX_MODEL_BYTES = 200 * 1024 * 1024
_METADATA_FIELD = 14
_FIXED_BYTES = {1: 8, 5: 4}
_VARINT, _LENGTH_PREFIXED = 0, 2


class OnnxFormatError(ValueError):
    """The bytes are not one well-formed protobuf message."""


class Field(NamedTuple):
    """One field of a message. `whole` is with its tag; `body` without it, and without its length."""

    number: int
    whole: memoryview
    body: memoryview

    def numbers(self) -> list[int]:
        """Its whole numbers, signed, as 64 bits; packed or one by itself. Raises OnnxFormatError."""
        values, position = [], 0
        while position < len(self.body):
            value, position = _varint(self.body, position)
            value &= 2**64 - 1
            values.append(value - 2**64 if value >= 2**63 else value)
        return values

    def text(self) -> str:
        """Its text. Raises OnnxFormatError."""
        try:
            return bytes(self.body).decode()
        except UnicodeDecodeError as error:
            raise OnnxFormatError("a name is no text") from error


def read_metadata(data: bytes) -> dict[str, str]:
    """The metadata of a model file. Raises OnnxFormatError."""
    metadata = {}
    for field in fields(memoryview(data)):
        if field.number == _METADATA_FIELD:
            entry = {part.number: bytes(part.body) for part in fields(field.body)}
            try:
                metadata[entry.get(1, b"").decode()] = entry.get(2, b"").decode()
            except UnicodeDecodeError as error:
                raise OnnxFormatError("the metadata is no text") from error
    return metadata


def graph_sha256(data: bytes) -> str:
    """SHA-256 (hex) of a model file without its metadata. Raises OnnxFormatError."""
    digest = hashlib.sha256()
    for field in fields(memoryview(data)):
        if field.number != _METADATA_FIELD:
            digest.update(field.whole)
    return digest.hexdigest()


def fields(message: memoryview) -> Iterator[Field]:
    """The fields of a message, in order. Raises OnnxFormatError."""
    position = 0
    while position < len(message):
        start = position
        tag, position = _varint(message, position)
        kind = tag & 7
        if kind == _VARINT:
            body = position
            _, position = _varint(message, position)
        elif kind == _LENGTH_PREFIXED:
            length, body = _varint(message, position)
            position = body + length
        elif kind in _FIXED_BYTES:
            body = position
            position = body + _FIXED_BYTES[kind]
        else:
            raise OnnxFormatError("unknown kind of field")
        if position > len(message):
            raise OnnxFormatError("the file ends early")
        yield Field(tag >> 3, message[start:position], message[body:position])


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(message):
            raise OnnxFormatError("the file ends early")
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise OnnxFormatError("a number is too long")

"""A model on disk: loaded whole, checked against its card, and known by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelError
from engine.model.card import METADATA_KEY, ModelCard, read_card
from engine.model.onnx_file import OnnxFormatError, graph_sha256, read_metadata
from engine.paths import resource

MAX_MODEL_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ModelPack:
    """A checked model file.

    Attributes:
        sha256: Hash of the whole file, hex.
    """

    path: Path
    card: ModelCard
    sha256: str


def bundled_model() -> Path:
    """The model that comes with the program."""
    return resource("model.onnx")


def read_model(path: Path) -> tuple[bytes, ModelPack]:
    """Read a model file and check it: it has a card, and the network is the one the card was measured on.

    Raises:
        ModelError: The file is missing, unreadable, no ONNX model, or does not match its card.
    """
    data, text, graph = read_network(path, METADATA_KEY)
    card = read_card(text)
    if card.graph_sha256 != graph:
        raise ModelError(f"The network in {path.name} is not the one its card describes. Install the model again.")
    return data, ModelPack(path, card, hashlib.sha256(data).hexdigest())


def read_network(path: Path, card_key: str) -> tuple[bytes, str, str]:
    """Read an ONNX file: its bytes, the text of its card, and the hash of its network (hex).

    Raises:
        ModelError: The file is missing, unreadable, no ONNX model, or has no card of this key.
    """
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise ModelError(f"The model {path.name} is not there. Check the path, or install the model again.")
        with path.open("rb") as stream:
            data = stream.read(MAX_MODEL_BYTES + 1)
    except OSError as error:
        raise ModelError(f"The model {path.name} cannot be read. Check the path, or install it again.") from error
    if not data or len(data) > MAX_MODEL_BYTES:
        raise ModelError(f"The file {path.name} is empty or too large for a model. Install the model again.")
    try:
        metadata, graph = read_metadata(data), graph_sha256(data)
    except OnnxFormatError as error:
        raise ModelError(f"The model {path.name} is damaged ({error}). Install it again.") from error
    if card_key not in metadata:
        raise ModelError(f"The file {path.name} is not a Mapafu model: it has no card. Choose another file.")
    return data, metadata[card_key], graph


def load_pack(path: Path | None = None) -> ModelPack:
    """Check a model file, by default the bundled one. Raises ModelError."""
    return read_model(path or bundled_model())[1]

"""A model on disk: loaded whole, checked against its card, and known by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ModelError
from engine.model.card import METADATA_KEY, ModelCard, read_card
from engine.model.installed import InstalledModels
from engine.model.onnx_file import MAX_MODEL_BYTES, OnnxFormatError, graph_sha256, read_metadata
from engine.paths import resource


@dataclass(frozen=True, slots=True)
class ModelPack:
    """A checked model file.

    Attributes:
        sha256: Hash of the whole file, hex.
        unsigned: Whether nobody who is trusted answers for it, which each of its results then notes.
        problem: Why this is not the model that was installed, one sentence; empty where it is.
    """

    path: Path
    card: ModelCard
    sha256: str
    unsigned: bool = False
    problem: str = ""


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
    """Check a model file that is named, or else the installed one, or else the bundled one. Raises ModelError.

    An installed model that is not whole costs a sentence (`problem`), and the bundled one is used.
    """
    if path is not None and not _is_bundled(path):
        return replace(read_model(path)[1], unsigned=True)
    if path is None:
        try:
            installed = _installed_pack()
        except ModelError as error:
            problem = f"{error.sentence} Until then the model that comes with the program is used."
            return replace(read_model(bundled_model())[1], problem=problem)
        if installed is not None:
            return installed
    return read_model(bundled_model())[1]


def load_installed(pack_id: str) -> ModelPack:
    """Check an installed model, whether it is the one in use or not. Raises ModelError."""
    installed = InstalledModels().read(pack_id)
    pack = read_model(installed.model)[1]
    if pack.sha256 != installed.manifest.model_sha256:
        raise ModelError("The installed model is damaged. Install it again.")
    return replace(pack, unsigned=installed.trusted_as is None)


def _installed_pack() -> ModelPack | None:
    used = InstalledModels().used()
    return load_installed(used[-1]) if used else None


def _is_bundled(path: Path) -> bool:
    try:
        return path.samefile(bundled_model())
    except OSError:  # it is not there, or in a closed folder; who reads it says so
        return False

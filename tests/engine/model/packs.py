"""Packs made on the spot: a good one around a tiny model, and what becomes of it in bad hands."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from engine.model.pack_file import MANIFEST, MODEL, SIGNATURE, write_pack_file
from engine.model.signing import new_key, sign, trusted_keys_folder
from tests.engine.model.models import two_lungs, write_tiny_model
from training.packing import write_pack

Files = dict[str, bytes]


class KeyPair:
    """A pair of keys, trusted or not."""

    def __init__(self) -> None:
        self.private, self.public = new_key()

    def trust(self, name: str = "clinic") -> Path:
        """Put the public key where trusted ones lie."""
        folder = trusted_keys_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.pub"
        path.write_bytes(self.public)
        return path


def tiny_pack_model(path: Path, *, version: str = "1.0", bacterial: float = 1.0) -> Path:
    """A model file that scores every film alike."""
    outputs = {
        "logits": np.array([0.0, bacterial, 0.0]),
        "heat": np.full((14, 14), 0.25),
        "lungs": two_lungs(),
    }
    return write_tiny_model(path, outputs, model_id="tiny", model_version=version)


def pack_files(folder: Path, *, version: str = "1.0", bacterial: float = 1.0) -> Files:
    """What an unsigned pack of such a model holds."""
    out = folder / "made.mapafu"
    write_pack(tiny_pack_model(folder / "made.onnx", version=version, bacterial=bacterial), out, key=None)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_manifest(files: Files, **changes: Any) -> Files:
    """The files with a manifest that fits them, and has these changes; the signature is gone."""
    manifest = json.loads(files[MANIFEST])
    content = {name: data for name, data in files.items() if name not in (MANIFEST, SIGNATURE)}
    manifest["members"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in content.items()
    ]
    return {**content, MANIFEST: json.dumps({**manifest, "signed": False, **changes}).encode()}


def signed(files: Files, key: KeyPair) -> Files:
    """The files with a manifest that says so and the signature of a key."""
    manifest = json.dumps({**json.loads(files[MANIFEST]), "signed": True}).encode()
    return {**files, MANIFEST: manifest, SIGNATURE: sign(manifest, key.private)}


def with_model(files: Files, model: bytes) -> Files:
    """The files with another model, which the manifest fits."""
    return with_manifest({**files, MODEL: model})


def write(path: Path, files: Files) -> Path:
    """A pack of these files."""
    write_pack_file(path, files)
    return path

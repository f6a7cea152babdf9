"""Makes model packs (docs/packs.md): a model with drawn films, what it says of them, its licences and a signature."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import ModelError, OutputError
from engine.model.card import ModelCard
from engine.model.onnx_graph import check_graph
from engine.model.pack import bundled_model, load_pack, read_model
from engine.model.pack_file import FILMS, FORMAT, LICENCE, MANIFEST, MODEL, SIGNATURE, Manifest, Member, write_pack_file
from engine.model.signing import new_key, sign
from engine.paths import resource
from engine.screening.trial import measure
from training.json_file import write_json

SELF_TEST_FILMS = ("phantom-01.jpg", "phantom-05.png", "phantom-08.dcm")


def write_key(path: Path) -> Path:
    """Write a new private key, readable by its owner alone, and beside it `NAME.pub`, which is returned.

    Raises:
        OutputError: A file of that name is there already, or it cannot be written.
    """
    private, public = new_key()
    public_path = path.with_suffix(".pub")
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:  # noqa: PTH123 - a mode
            stream.write(private)
        with public_path.open("xb") as stream:
            stream.write(public)
    except OSError as error:
        raise OutputError(
            f"The key {path.name} cannot be written, or is there already. Choose another name."
        ) from error
    return public_path


def write_pack(model: Path, out: Path, *, key: Path | None) -> Manifest:
    """Make a pack of a model file; without a key it is unsigned.

    Raises:
        ModelError: The model or the key cannot be used, or the model gives a drawn film no score.
        OutputError: The pack cannot be written.
    """
    data, pack = read_model(model)
    check_graph(data)
    films = {name: (resource("samples") / name).read_bytes() for name in SELF_TEST_FILMS}
    licence = "\n".join(_licence_lines(pack.card)) + "\n"
    files = {MODEL: data, LICENCE: licence.encode(), **{FILMS + name: film for name, film in films.items()}}
    with tempfile.TemporaryDirectory() as folder:  # the model as it was read, whatever becomes of its file
        copy = Path(folder) / MODEL
        copy.write_bytes(data)
        expected = measure([resource("samples") / name for name in films], model=copy, model_sha256=pack.sha256)
    unscored = [entry.film for entry in expected if entry.probability is None]
    if unscored:
        raise ModelError(f"The model gives {unscored[0]} no score, so that a pack could not be tested.")
    manifest = Manifest(
        format=FORMAT,
        model_id=pack.card.model_id,
        model_version=pack.card.model_version,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        licence="; ".join(sorted({credit.licence for credit in pack.card.credits})),
        signed=key is not None,
        members=tuple(
            Member(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())
            for name, content in sorted(files.items())
        ),
        self_test=expected,
    )
    files[MANIFEST] = manifest.to_json()
    if key is not None:
        files[SIGNATURE] = sign(files[MANIFEST], _read_key(key))
    try:
        write_pack_file(out, files)
    except OSError as error:
        raise OutputError(
            f"The pack {out.name} cannot be written. Free some space or choose another folder."
        ) from error
    return manifest


def write_expected(out: Path) -> None:
    """Write what the bundled model says of some samples, one of which is no film. Raises OutputError."""
    pack = load_pack(bundled_model())
    films = [resource("samples") / name for name in (*SELF_TEST_FILMS, "holiday.jpg")]
    found = measure(films, model=pack.path, model_sha256=pack.sha256)
    try:
        write_json({"films": [asdict(entry) for entry in found]}, out)
    except OSError as error:
        raise OutputError(f"The file {out.name} cannot be written. Free some space or choose another.") from error


def _read_key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"The key {path.name} cannot be read. Make one with mapafu-train new-key.") from error


def _licence_lines(card: ModelCard) -> Iterator[str]:
    yield f"{card.model_id} {card.model_version}"
    yield card.intended_use
    yield from (f"{credit.what}: {credit.who} ({credit.licence})" for credit in card.credits)

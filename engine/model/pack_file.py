"""A model pack (`.mapafu`): a zip of model, self-test films, licence, manifest and signature (docs/packs.md).

A pack is read whole into memory and checked there; nothing of it is on the disk before all of it is known to be good.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import ModelError
from engine.model.card import build_record, check_model_name
from engine.model.expected import Expected
from engine.model.onnx_file import MAX_MODEL_BYTES
from engine.model.signing import SIGNATURE_BYTES, SignatureError, signer_of

FORMAT = 1
SUFFIX = ".mapafu"
MANIFEST, SIGNATURE, MODEL, LICENCE = "manifest.json", "signature", "model.onnx", "LICENCE.txt"
FILMS = "films/"
_MAX_PACK_BYTES = MAX_MODEL_BYTES + 64 * 1024 * 1024
_MAX_MEMBERS = 64
_MAX_MANIFEST = 1024 * 1024
_PLAIN_NAME = re.compile(r"(films/)?[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9]{1,8})?")
# What zipfile and zlib raise over damaged archives, found by damaging them.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    LookupError,
    struct.error,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of a pack. `sha256` is hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a pack says it holds. The signature is over its bytes.

    Attributes:
        made_at: ISO 8601.
        signed: Whether it has to come with a signature: one that was lost on the way is damage.
        members: Every file but the manifest and the signature.
        self_test: What the model says of the pack's films.
    """

    format: int
    model_id: str
    model_version: str
    made_at: str
    licence: str
    signed: bool
    members: tuple[Member, ...]
    self_test: tuple[Expected, ...]

    def __post_init__(self) -> None:
        check_model_name(self.model_id, self.model_version)

    def to_json(self) -> bytes:
        """The manifest as it is signed."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False).encode()

    @property
    def model_sha256(self) -> str:
        """Hash of the model file, hex."""
        return next(member.sha256 for member in self.members if member.name == MODEL)


@dataclass(frozen=True, slots=True, eq=False)
class PackFile:
    """A pack that is whole: every hash is right, and the signature, where there is one, is that of the manifest.

    Attributes:
        pack_id: First 16 hex digits of the manifest's hash.
        files: All members by name, the manifest and the signature among them.
        signer: Fingerprint of the key that signed it; None where nobody did. Whether it is trusted is not said here.
    """

    pack_id: str
    manifest: Manifest
    files: Mapping[str, bytes]
    signer: str | None


def read_pack_file(path: Path) -> PackFile:
    """Read a pack and check it. Raises ModelError with one sentence."""
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise ModelError(f"The file {path.name} is not there. Check the path, or plug the drive in again.")
        with path.open("rb") as stream:
            data = stream.read(_MAX_PACK_BYTES + 1)
    except OSError as error:
        raise ModelError(f"The file {path.name} cannot be read. Copy it to this PC and try again.") from error
    if len(data) > _MAX_PACK_BYTES:
        raise ModelError(f"The file {path.name} is too large for a model pack. Choose another file.")
    try:
        files = _unpack(data)
        return _checked(files)
    except _BROKEN as error:
        raise ModelError(
            f"The model pack {path.name} is damaged or was changed ({_words(error)}). Copy it again from its source."
        ) from error


def _read_manifest(data: bytes) -> Manifest:
    """Parse a manifest. Raises ModelError where it is of a later format, and ValueError where it is damaged."""
    try:
        raw = json.loads(data)
        if raw["format"] != FORMAT:
            raise ModelError("The model pack is made for another version of Mapafu. Ask for one made for this version.")
        manifest: Manifest = build_record(Manifest, raw)
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"the manifest is damaged: {error}") from error
    names = [member.name for member in manifest.members]
    if len(set(names)) != len(names) or {MODEL, LICENCE} - {*names}:
        raise ValueError("the manifest names a file twice, or no model, or no licence")
    films = [name.removeprefix(FILMS) for name in names if name.startswith(FILMS)]
    if not films or sorted(films) != sorted(entry.film for entry in manifest.self_test):
        raise ValueError("its films and what is expected of them do not match")
    return manifest


def read_signed(files: Mapping[str, bytes]) -> tuple[Manifest, str | None]:
    """The manifest among these files, and the fingerprint of who signed it; None where nobody did.

    Raises:
        ModelError: The manifest is of a later format.
        ValueError: It or its signature is damaged, or not what it should be.
        KeyError: There is no manifest.
    """
    signer = signer_of(files[MANIFEST], files[SIGNATURE]) if SIGNATURE in files else None
    manifest = _read_manifest(files[MANIFEST])
    if manifest.signed != (signer is not None):
        raise ValueError("its signature is missing, or should not be there")
    return manifest, signer


def write_pack_file(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a pack beside its place and put it there in one step. Raises OSError."""
    fresh = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # of 1980, so that the same content gives the same file
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    fresh.replace(path)


def _unpack(data: bytes) -> dict[str, bytes]:
    """The members by name, in memory. Raises one of `_BROKEN`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if not 0 < len(entries) <= _MAX_MEMBERS:
            raise ValueError("it holds too many files")
        if len({entry.filename.casefold() for entry in entries}) != len(entries):
            raise ValueError("a file is there twice")
        for entry in entries:
            _check_entry(entry)
        if sum(entry.file_size for entry in entries) > _MAX_PACK_BYTES:
            raise ValueError("it would unpack to too much")
        return {entry.filename: _member(archive, entry) for entry in entries}


def _check_entry(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not _PLAIN_NAME.fullmatch(entry.filename) or entry.orig_filename != entry.filename:
        raise ValueError("a file has a name that is not allowed")
    if kind not in (0, stat.S_IFREG) or entry.is_dir():
        raise ValueError("it holds something that is no plain file")
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("a file is packed in a way that is not allowed")


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)  # what is inside may be more than what is said
    if len(data) != entry.file_size:
        raise ValueError("a file is longer or shorter than it says")
    return data


def _checked(files: dict[str, bytes]) -> PackFile:
    manifest_bytes = files.get(MANIFEST, b"")
    if not 0 < len(manifest_bytes) <= _MAX_MANIFEST:
        raise ValueError("it has no manifest")
    if len(files.get(SIGNATURE, b"")) not in (0, SIGNATURE_BYTES):
        raise ValueError("its signature has the wrong length")
    manifest, signer = read_signed(files)
    if {member.name for member in manifest.members} != files.keys() - {MANIFEST, SIGNATURE}:
        raise ValueError("it holds other files than its manifest names")
    for member in manifest.members:
        content = files[member.name]
        if len(content) != member.size or hashlib.sha256(content).hexdigest() != member.sha256:
            raise ValueError(f"{member.name} is not the file that its manifest names")
    return PackFile(hashlib.sha256(manifest_bytes).hexdigest()[:16], manifest, files, signer)


def _words(error: Exception) -> str:
    """What is wrong, where we said it ourselves; the words of libraries are for nobody's eyes."""
    return str(error) if type(error) in (ValueError, SignatureError) else "it is no whole zip file"

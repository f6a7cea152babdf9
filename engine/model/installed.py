"""The models that were installed from packs: one folder each, and which of them is used.

`models/current.json` lists those in use, the newest last; going back drops the last, and with none left the bundled
model is used. A folder is put in place in one step and never written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelError, OutputError
from engine.model.pack_file import MANIFEST, MODEL, SIGNATURE, Manifest, PackFile, read_signed
from engine.model.signing import trusted_signer
from engine.paths import data_folder, write_private

_ID = re.compile(r"[0-9a-f]{16}")
_UNFINISHED = ".new-"
_OLD_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model in the folder of installed models.

    Attributes:
        trusted_as: Under which name the key that signed it is trusted now; None where nobody signed it, or the key is
            not trusted (any more).
    """

    pack_id: str
    folder: Path
    manifest: Manifest
    trusted_as: str | None

    @property
    def model(self) -> Path:
        """Its model file."""
        return self.folder / MODEL

    @property
    def name(self) -> str:
        """Id and version in words."""
        return f"{self.manifest.model_id} {self.manifest.model_version}"


class InstalledModels:
    """The folder of installed models, by default the user's own."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "models"

    def used(self) -> list[str]:
        """The ids of the models in use, the newest last. Raises ModelError where the list is damaged."""
        try:
            ids = json.loads((self.folder / "current.json").read_text(encoding="utf-8"))["used"]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise ModelError("The list of installed models is damaged. Install the model again.") from error
        if not isinstance(ids, list) or not all(isinstance(name, str) and _ID.fullmatch(name) for name in ids):
            raise ModelError("The list of installed models is damaged. Install the model again.")
        return ids

    def current(self) -> InstalledModel | None:
        """The one in use; None where that is the bundled model. Raises ModelError where it is not whole."""
        used = self.used()
        return self.read(used[-1]) if used else None

    def read(self, pack_id: str) -> InstalledModel:
        """An installed model, its manifest and signature checked. Its file is checked by who reads it.

        Raises:
            ModelError: It is not there, or not whole.
        """
        folder = self.folder / pack_id
        try:
            files = {name: (folder / name).read_bytes() for name in (MANIFEST, SIGNATURE) if (folder / name).exists()}
            if hashlib.sha256(files[MANIFEST]).hexdigest()[:16] != pack_id:
                raise ValueError("the manifest was changed")
            manifest, signer = read_signed(files)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError("The installed model is damaged. Install it again.") from error
        return InstalledModel(pack_id, folder, manifest, trusted_signer(signer) if signer else None)

    def all(self) -> list[InstalledModel]:
        """Every model that is whole, by id and version."""
        found = []
        for folder in self.folder.glob("*"):
            if _ID.fullmatch(folder.name):
                with contextlib.suppress(ModelError):
                    found.append(self.read(folder.name))
        return sorted(found, key=lambda model: (model.manifest.model_id, version_key(model.manifest.model_version)))

    @contextlib.contextmanager
    def unfinished(self, files: Mapping[str, bytes]) -> Iterator[Path]:
        """A folder beside the installed ones with these files, which is gone afterwards unless it was kept.

        Raises:
            OutputError: There is no room, or no right to write.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sweep()
            folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
        except OSError as error:
            raise _cannot_install() from error
        try:
            try:
                for name, content in files.items():
                    write_private(folder / name, content)
            except OSError as error:
                raise _cannot_install() from error
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, unfinished: Path, pack: PackFile) -> InstalledModel:
        """Put a folder in place, instead of one of the same pack if that is there. Raises OutputError."""
        place = self.folder / pack.pack_id
        try:
            if place.exists():
                place.rename(Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder)) / "old")
            unfinished.rename(place)
            _sync_folder(self.folder)
        except OSError as error:
            raise _cannot_install() from error
        return self.read(pack.pack_id)

    def use(self, pack_id: str) -> None:
        """Use this model from now on; the one before stays for `roll_back`. Raises OutputError."""
        try:
            before = [name for name in self.used() if name != pack_id]
        except ModelError:
            before = []
        self._write_used([*before, pack_id])

    def roll_back(self) -> InstalledModel | None:
        """Go back to the model before, and return it; None is the bundled one.

        Raises:
            ModelError: There is nothing to go back from, or the model before is not whole. Nothing is changed then.
            OutputError: It cannot be written down.
        """
        used = self.used()
        if not used:
            raise ModelError("The model that comes with the program is in use. There is none to go back to.")
        before = self.read(used[-2]) if len(used) > 1 else None
        self._write_used(used[:-1])
        return before

    def _write_used(self, ids: list[str]) -> None:
        try:
            write_private(self.folder / "current.json", json.dumps({"used": ids}, indent=2).encode())
            _sync_folder(self.folder)
        except OSError as error:
            raise _cannot_install() from error

    def _sweep(self) -> None:
        """Remove what an installation left behind that was cut off long ago."""
        for folder in self.folder.glob(f"{_UNFINISHED}*"):
            if time.time() - folder.stat().st_mtime > _OLD_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Versions in order: numbers as numbers, words as words."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"[.+-]", version))


def _sync_folder(folder: Path) -> None:
    """See that names reach the disk, where folders can be opened at all (not on Windows)."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _cannot_install() -> OutputError:
    return OutputError("The model cannot be written to your data folder. Free some space there and try again.")

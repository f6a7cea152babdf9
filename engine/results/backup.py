"""The whole store as one file: to keep, to take to another PC, and to go back to.

A backup is a zip of the store, the secret of the patients' keys, and a manifest with the hash of each and the end of
the log. Only these names are ever read from it, and nothing is put in place before all of it was checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import OutputError, StoreBusyError, StoreDamagedError, StoreError
from engine.results import schema
from engine.results.anchor import Anchor
from engine.results.audit_log import Event, check_entries
from engine.results.database import BUSY_SECONDS, UNUSABLE, Database, alone_with, local_now, spoken
from engine.results.files import beside, copy_store, in_the_making, make_private, put_in_place
from engine.screening.identity import SECRET_BYTES, secret_path
from engine.version import __version__

_FORMAT = "mapafu-backup"
_VERSION = 1
_STORE, _SECRET, _MANIFEST = "results.sqlite", "patient-key.secret", "manifest.json"
_MOST_MANIFEST = 65536  # bytes
_BLOCK = 1 << 20
_NOT_UNPACKED = (EOFError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a backup brought back.

    Attributes:
        results, verdicts: How many there are now.
        aside: Where the store that was there before lies now; None where there was none.
    """

    results: int
    verdicts: int
    aside: Path | None

    @property
    def sentence(self) -> str:
        """What happened, for a person."""
        kept = f" What was there before is kept as {self.aside.name}." if self.aside else ""
        return f"{self.results} results and {self.verdicts} verdicts are back.{kept}"


def write_backup(database: Database, file: Path) -> None:
    """Write a store and the secret of its patients' keys to one file of mode 0600.

    Raises:
        OutputError: The file cannot be written, or is there already and no backup.
        StoreError: The store cannot be read.
    """
    partial = file.with_name(f"{file.name}.partial")
    try:
        if file.exists() and _manifest_of(file) is None:
            raise OutputError(f"{file.name} is no backup of Mapafu's. Choose another name for the backup.")
        with tempfile.TemporaryDirectory(dir=database.path.parent, prefix="backup-") as folder:
            copy = Path(folder) / _STORE
            with spoken():
                copy_store(database.path, copy)
            parts = {_STORE: copy}
            secret = secret_path(database.path.parent)
            if secret.exists() and secret.stat().st_size == SECRET_BYTES:  # or else nothing was ever made with it
                parts[_SECRET] = secret
            partial.unlink(missing_ok=True)
            make_private(partial)
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for name, part in parts.items():
                    archive.write(part, name)
                archive.writestr(_MANIFEST, json.dumps(_manifest(copy, parts, made_at=database.now())))
            _flush(partial)
        partial.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputError(f"The backup {file} cannot be written. Choose another place, or free some space.") from error
    with database.writing() as connection:
        database.log(Event.BACKED_UP, kept=schema.counts(connection))


def restore_backup(file: Path, path: Path, *, clock: Callable[[], datetime] = local_now) -> Restored:
    """Put the store of a backup in the place of the present one, which is kept aside.

    Raises:
        StoreBusyError: Another program has the present store open.
        StoreError: The file is no backup, is damaged or from a newer version; or the store cannot be written. Then the
            present store is as it was.
    """
    aside = beside(path, "replaced", clock())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(file) as archive, in_the_making(path) as made:
            manifest = _checked_manifest(archive, file)
            with made.open("wb") as target:
                _extract(archive, manifest, _STORE, target, file)
            secret = _secret(archive, manifest, file)
            _check_store(made, manifest, file)
            with alone_with(path):
                existed = path.exists()
                if existed:
                    _close_for_others(path)
                with _secret_in_place(secret, path.parent, clock()):
                    put_in_place(made, path, aside)
    except OSError as error:
        raise StoreError(UNUSABLE) from error
    with closing(Database(path, clock=clock)) as database, database.writing() as connection:
        counts = schema.counts(connection)
        database.log(Event.RESTORED, kept=counts)
    return Restored(results=counts["results"], verdicts=counts["verdicts"], aside=aside if existed else None)


def _manifest(copy: Path, parts: dict[str, Path], *, made_at: str) -> dict[str, Any]:
    with spoken(), closing(sqlite3.connect(copy)) as connection:
        last = connection.execute("SELECT entry_id, hash FROM audit_log ORDER BY entry_id DESC LIMIT 1").fetchone()
    number, entry_hash = (0, bytes(32)) if last is None else last
    return {
        "format": _FORMAT,
        "version": _VERSION,
        "schema_version": schema.VERSION,
        "app_version": __version__,
        "made_at": made_at,
        "log": {"entries": number, "hash": entry_hash.hex()},
        "files": {name: {"sha256": _sha256(part), "size": part.stat().st_size} for name, part in parts.items()},
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def _no_backup(file: Path) -> StoreError:
    return StoreError(f"{file.name} is no backup of Mapafu's. Nothing was changed; choose another file.")


def _damaged(file: Path) -> StoreError:
    return StoreError(f"The backup {file.name} is damaged. Nothing was changed; use another backup.")


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError as error:
        raise StoreError(f"There is no file {file}. Name the backup to restore.") from error
    except (OSError, *_NOT_UNPACKED) as error:
        raise _no_backup(file) from error
    if any(part.compress_type != zipfile.ZIP_DEFLATED for part in archive.infolist()):
        archive.close()
        raise _no_backup(file)
    return archive


def _manifest_of(file: Path) -> dict[str, Any] | None:
    """The manifest of a backup; None where the file is none."""
    try:
        with _opened(file) as archive:
            return _read_manifest(archive)
    except StoreError:
        return None


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any] | None:
    try:
        if archive.getinfo(_MANIFEST).file_size > _MOST_MANIFEST:
            return None
        manifest = json.loads(archive.read(_MANIFEST))
        is_ours = isinstance(manifest, dict) and manifest.get("format") == _FORMAT
    except (KeyError, OSError, *_NOT_UNPACKED):
        return None
    return manifest if is_ours else None


def _checked_manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    manifest = _read_manifest(archive)
    if manifest is None:
        raise _no_backup(file)
    versions = manifest.get("version"), manifest.get("schema_version")
    if not all(isinstance(version, int) for version in versions):
        raise _damaged(file)
    if versions[0] > _VERSION or versions[1] > schema.VERSION:  # type: ignore[operator]
        raise StoreError(f"{file.name} was made by a newer version of Mapafu. Install that version, or a newer one.")
    return manifest


def _extract(archive: zipfile.ZipFile, manifest: dict[str, Any], name: str, target: Any, file: Path) -> None:
    """Unpack one part, no more of it than its manifest states, and see that it is whole."""
    digest, left = hashlib.sha256(), 0
    try:
        part = manifest["files"][name]
        left = part["size"]
        with archive.open(name) as source:
            while block := source.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise _damaged(file)
                digest.update(block)
                target.write(block)
        is_whole = left == 0 and digest.hexdigest() == part["sha256"]
    except (KeyError, TypeError, *_NOT_UNPACKED) as error:
        raise _damaged(file) from error
    if not is_whole:
        raise _damaged(file)


def _secret(archive: zipfile.ZipFile, manifest: dict[str, Any], file: Path) -> bytes | None:
    if _SECRET not in manifest["files"]:
        return None
    with tempfile.TemporaryFile() as target:
        _extract(archive, manifest, _SECRET, target, file)
        target.seek(0)
        secret = target.read()
    if len(secret) != SECRET_BYTES:
        raise _damaged(file)
    return secret


def _check_store(made: Path, manifest: dict[str, Any], file: Path) -> None:
    """See that what was unpacked is a sound store, whose log holds up to where it ended when it was backed up."""
    try:
        anchor = Anchor(manifest["log"]["entries"], bytes.fromhex(manifest["log"]["hash"]))
        with spoken(), closing(sqlite3.connect(made)) as connection:
            version = schema.check(connection)
            is_sound = connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            is_sound = is_sound and schema.has_every_column(connection)
            rows = connection.execute("SELECT entry_id, entry, hash FROM audit_log ORDER BY entry_id").fetchall()
    except (KeyError, TypeError, ValueError, StoreDamagedError, sqlite3.Error) as error:  # such as: no such table
        raise _damaged(file) from error
    if not is_sound or version != manifest["schema_version"] or check_entries(rows, anchor).fault is not None:
        raise _damaged(file)


def _close_for_others(path: Path) -> None:
    """Bring the present store into one file, which only works while nobody else has it open."""
    try:
        with spoken(), closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except StoreBusyError as error:
        raise StoreBusyError("Another Mapafu has the results open. Close it and try again.") from error
    except StoreDamagedError:
        pass  # all the more reason to restore; it is kept aside as it is


@contextmanager
def _secret_in_place(secret: bytes | None, folder: Path, moment: datetime) -> Iterator[None]:
    """Put the secret in place that the restored patients' keys were made with; the present one is kept aside.

    Where the block fails, the present one is back.
    """
    path = secret_path(folder)
    if secret is None or (path.exists() and path.read_bytes() == secret):
        yield
        return
    with in_the_making(path) as made, contextlib.ExitStack() as undoing:
        made.write_bytes(secret)
        if path.exists():
            aside = beside(path, "replaced", moment)
            path.replace(aside)
            undoing.callback(aside.replace, path)
        else:
            undoing.callback(path.unlink)
        made.replace(path)
        yield
        undoing.pop_all()

"""Looking after the store from the command line: its log, its backups."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from engine.errors import StoreDamagedError, StoreError
from engine.results.anchor import anchor_of
from engine.results.backup import restore_backup
from engine.results.store import Store, own_store
from engine.tasks.status import ExitStatus
from engine.tasks.terminal import plain


def verify_log(console: Console) -> ExitStatus:
    """Say whether all entries of the audit log hold, or which is the first that does not. Raises MapafuError."""
    path = own_store()
    try:
        is_there, was_there = path.exists(), anchor_of(path).exists()
    except OSError as error:
        raise StoreError("The kept results cannot be read. Check that you may read Mapafu's data folder.") from error
    if not is_there:
        if was_there:
            console.print("The kept results are gone, and their log with them.")
            return ExitStatus.CHECK_FAILED
        console.print("Nothing is kept yet, so there is no log.")
        return ExitStatus.OK
    try:
        with Store(path) as store:
            found = store.log.check()
    except StoreDamagedError as error:
        console.print(error.sentence)
        return ExitStatus.CHECK_FAILED
    console.print(found.sentence)
    return ExitStatus.OK if found.fault is None else ExitStatus.CHECK_FAILED


def back_up(file: Path, console: Console) -> ExitStatus:
    """Write the whole store to one file. Raises MapafuError."""
    with Store() as store:
        store.back_up(file)
    console.print(f"Backup: {plain(str(file))}. It is not encrypted: keep it where only you can reach it.")
    return ExitStatus.OK


def restore(file: Path, console: Console) -> ExitStatus:
    """Put a backup in the place of the store. Raises MapafuError."""
    console.print(restore_backup(file, own_store()).sentence)
    return ExitStatus.OK

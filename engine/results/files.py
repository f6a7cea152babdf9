"""The store's files: copied whole, and moved aside with what belongs to them."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from engine.results.anchor import anchor_of


def beside(path: Path, word: str, moment: datetime) -> Path:
    """A name that nothing has yet, such as `results.damaged-2024-03-01-080000.sqlite`."""
    stem = f"{path.stem}.{word}-{moment:%Y-%m-%d-%H%M%S}"
    names = (path.with_name(f"{stem}{number}{path.suffix}") for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if not os.path.lexists(name))


def file_number(path: Path) -> tuple[int, int] | None:
    """What tells a file from another one that took its name; None where there is none, or it cannot be told."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def write_ahead_files(path: Path) -> tuple[Path, Path]:
    """Where SQLite keeps what is not in the file itself yet."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def copy_store(path: Path, copy: Path) -> None:
    """Write all that the store holds now into one new file of mode 0600. Raises sqlite3.Error or OSError."""
    make_private(copy)
    try:
        # A connection of its own, since one that is writing cannot be copied from.
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # so that it is one file, with none beside it
    except BaseException:  # whatever it was, half a copy is none
        copy.unlink(missing_ok=True)
        raise


def make_private(path: Path) -> None:
    """Make an empty file that nobody else may read. Raises OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def in_the_making(path: Path) -> Iterator[Path]:
    """An empty file of mode 0600 beside another one, to take its place; gone with its own afterwards, unless it did.

    Raises:
        OSError: It cannot be made.
    """
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        make_private(made)
        yield made
    finally:
        for file in (made, *write_ahead_files(made)):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)


def put_in_place(made: Path, path: Path, aside: Path) -> None:
    """Put a finished store, one file, in the place of another one, which is kept aside with its own.

    At no moment is there none; what is not in the old file itself is moved first, so that SQLite never takes it for
    a part of the new one.

    Raises:
        OSError: That cannot be done; all is as it was.
    """
    with contextlib.ExitStack() as undoing:
        if path.exists():
            try:
                os.link(path, aside)
                undoing.callback(aside.unlink)
            except OSError:  # the drive knows no links, as memory sticks do
                path.replace(aside)
                undoing.callback(aside.replace, path)
        own, own_aside = (*write_ahead_files(path), anchor_of(path)), (*write_ahead_files(aside), anchor_of(aside))
        for old, new in zip(own, own_aside, strict=True):
            with contextlib.suppress(FileNotFoundError):
                old.replace(new)
                undoing.callback(new.replace, old)
        made.replace(path)
        undoing.pop_all()

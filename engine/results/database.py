"""The store's file: opened, written in transactions, and its errors as sentences."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import StoreBusyError, StoreDamagedError, StoreError
from engine.paths import put_first
from engine.results import schema

BUSY_SECONDS = 5.0

_BUSY = (StoreBusyError, "Another Mapafu is busy with the results. Wait a moment and try again.")
_DAMAGED = (StoreDamagedError, "The kept results are damaged. Move the file away and start with a new one.")
_FULL = (StoreError, "The results cannot be kept, because the disk is full. Free some space and try again.")
_UNUSABLE = (StoreError, "The results cannot be kept. Check that you may write to Mapafu's data folder.")
_PROBLEMS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _UNUSABLE,
    sqlite3.SQLITE_READONLY: _UNUSABLE,
    sqlite3.SQLITE_CANTOPEN: _UNUSABLE,
    sqlite3.SQLITE_PERM: _UNUSABLE,
}


def local_now() -> datetime:
    """The time of this PC, with its offset."""
    return datetime.now().astimezone()


class Database:
    """One connection to the store's file. It belongs to the thread that opened it.

    What is committed survives a power cut: `synchronous = FULL` waits until the disk has it
    (docs/decisions/0010). Readers never wait; writers wait up to five seconds for each other.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = local_now) -> None:
        """Open the file, made (mode 0600) the first time. Raises StoreError."""
        self._clock = clock
        try:
            if not path.exists():
                _make(path)
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
        except OSError as error:
            raise StoreError(_UNUSABLE[1]) from error
        with spoken():
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                schema.check(self._connection)
                for setting in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON"):
                    self._connection.execute(f"PRAGMA {setting}")
            except BaseException:  # whatever it was, an open connection would keep its locks
                self._connection.close()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def now(self) -> str:
        """The time to write beside what is kept, ISO 8601."""
        return self._clock().isoformat()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Everything a query finds. Raises StoreError."""
        with spoken():
            return self._connection.execute(query, parameters).fetchall()

    def row(self, query: str, parameters: Sequence[object] = ()) -> Any:
        """The first row a query finds, or None. Raises StoreError."""
        with spoken():
            return self._connection.execute(query, parameters).fetchone()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on the disk once the block is left, or nothing is. Raises StoreError."""
        with spoken():
            # Asking for the right to write at once, not at the first change: only then does SQLite wait its turn.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:  # also what the caller's block raises, and Ctrl-C: nothing half done may stay
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _make(path: Path) -> None:
    """Make an empty store aside and put it in place: nobody ever sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite's other files get the same mode
        with spoken(), closing(sqlite3.connect(aside, isolation_level=None)) as connection:
            schema.create(connection)
        put_first(aside, path)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def spoken() -> Iterator[None]:
    """Turn what may go wrong with the file into a StoreError; faults of the program itself pass."""
    try:
        yield
    except sqlite3.Error as error:
        problem = _PROBLEMS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if problem is None:
            raise
        kind, sentence = problem
        raise kind(sentence) from error

"""The store's file: opened, written in transactions, and its errors as sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import StoreBusyError, StoreDamagedError, StoreError
from engine.file_lock import take
from engine.paths import put_first
from engine.results import schema
from engine.results.anchor import Anchor, write_anchor
from engine.results.audit_log import Event, Facts, append
from engine.results.files import beside, copy_store, file_number, in_the_making

BUSY_SECONDS = 5.0

_BUSY = (StoreBusyError, "Another Mapafu is busy with the results. Wait a moment and try again.")
_DAMAGED = (StoreDamagedError, "The kept results are damaged. Start Mapafu again, which saves what can be read.")
DELETED = "This was deleted meanwhile, so nothing more is kept of it. Start a new list."
_DELETED = (StoreError, DELETED)
_FULL = (StoreError, "The results cannot be kept, because the disk is full. Free some space and try again.")
SAVED_ELSEWHERE = (
    "The kept results were damaged, and another Mapafu saved what could be read of them. Check your last verdicts."
)
UNUSABLE = "The results cannot be kept. Check that you may write to Mapafu's data folder."
_UNUSABLE = (StoreError, UNUSABLE)
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

    Attributes:
        path: The file.
        file: Which file that was when it was opened.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = local_now) -> None:
        """Open the file, made (mode 0600) the first time and brought to this version. Raises StoreError."""
        self.path = path
        self._clock = clock
        self._last_entry: Anchor | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(UNUSABLE) from error
        with alone_with(path):
            self._open()

    def _open(self) -> None:
        path = self.path
        try:
            if not path.exists():
                _make(path)
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
            self.file = file_number(path)
        except OSError as error:
            raise StoreError(UNUSABLE) from error
        with spoken():
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                version = schema.check(self._connection)
                # What is deleted is written over: no patient stays readable in the file's free places.
                for setting in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON", "secure_delete = ON"):
                    self._connection.execute(f"PRAGMA {setting}")
                self._connection.execute("PRAGMA journal_mode = WAL").fetchall()  # a restored store comes without
                if version < schema.VERSION:
                    self._go_forward()
            except BaseException:  # whatever it was, an open connection would keep its locks
                self._connection.close()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def moment(self) -> datetime:
        """The time of the store's clock."""
        return self._clock()

    def now(self) -> str:
        """The time to write beside what is kept, ISO 8601."""
        return self.moment().isoformat()

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Everything a query finds. Raises StoreError."""
        with spoken(self._connection):
            return self._connection.execute(query, parameters).fetchall()

    def row(self, query: str, parameters: Sequence[object] = ()) -> Any:
        """The first row a query finds, or None. Raises StoreError."""
        with spoken(self._connection):
            return self._connection.execute(query, parameters).fetchone()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on the disk once the block is left, or nothing is. Raises StoreError."""
        with spoken(self._connection):
            # Asking for the right to write at once, not at the first change: only then does SQLite wait its turn.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._see_that_it_is_in_place()
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:  # also what the caller's block raises, and Ctrl-C: nothing half done may stay
                self._last_entry = None
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        if self._last_entry is not None:
            write_anchor(self.path, self._last_entry)
            self._last_entry = None

    def log(self, event: Event, **facts: Facts) -> None:
        """Add an entry to the audit log, within `writing`: what it tells of and the entry are kept, or neither is."""
        self._last_entry = append(self._connection, at=self.now(), event=event, facts=facts)

    def clear_journal(self) -> None:
        """Bring all that was written into the file itself, so that nothing deleted stays beside it. Raises StoreError.

        Where another program has the store open, that is done once the last one lets go of it.
        """
        with spoken(self._connection):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _see_that_it_is_in_place(self) -> None:
        """Nothing is added to a file that another program found damaged, and put aside, since it was opened here."""
        file = file_number(self.path)
        if file is None:
            raise StoreError(UNUSABLE)
        if file != self.file:
            raise StoreDamagedError(SAVED_ELSEWHERE)

    def _go_forward(self) -> None:
        """Bring a store of an older version to this one, once a copy of it lies beside it."""
        with self.writing() as connection:
            version = schema.check(connection)
            if version == schema.VERSION:
                return  # another program was first
            try:
                copy_store(self.path, beside(self.path, f"v{version}", self.moment()))
            except OSError as error:
                raise StoreError(UNUSABLE) from error
            schema.make_version_2(connection)
            self.log(Event.LOG_BEGUN, from_version=version, kept=schema.counts(connection))


def _make(path: Path) -> None:
    """Make an empty store aside and put it in place: nobody ever sees half of one."""
    with in_the_making(path) as made:  # SQLite's other files get the same mode
        with spoken(), closing(sqlite3.connect(made, isolation_level=None)) as connection:
            schema.create(connection)
        put_first(made, path)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Within the block nobody else opens the store of this path, or puts another one in its place.

    Raises:
        StoreBusyError: Somebody else is at that for too long.
        StoreError: The store's folder cannot be written.
    """
    try:
        held = take(path.with_suffix(".lock"), seconds=BUSY_SECONDS)
    except OSError as error:
        raise StoreError(UNUSABLE) from error
    if held is None:
        kind, sentence = _BUSY
        raise kind(sentence)
    try:
        yield
    finally:
        held.remove()


@contextmanager
def spoken(connection: sqlite3.Connection | None = None) -> Iterator[None]:
    """Turn what may go wrong with the file into a StoreError; faults of the program itself pass.

    With its connection, an error that nobody foresaw is a damaged file's where the file is not sound.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        problem = _DELETED if code == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY else _PROBLEMS.get(code & 0xFF)
        if problem is None and not code and "decode" in str(error):  # a text that is none
            problem = _DAMAGED
        if problem is None and connection is not None and not _is_sound(connection):
            problem = _DAMAGED
        if problem is None:
            raise
        kind, sentence = problem
        raise kind(sentence) from error


@contextmanager
def as_kept() -> Iterator[None]:
    """Turn what a value that nobody kept leads to into a StoreDamagedError."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise StoreDamagedError(_DAMAGED[1]) from error


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",) and schema.has_every_column(connection)
    except sqlite3.Error:
        return False

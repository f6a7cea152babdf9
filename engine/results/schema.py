"""The tables of the store, and which version of them a file has."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from engine.errors import StoreDamagedError, StoreError

VERSION = 2
_OURS = frozenset({"sessions", "films", "results", "documents", "verdicts"})
_APPLICATION_ID = 0x4D504655  # "MPFU", so that no other program's file is taken for a store

# Paths and file names may hold bytes that are no text, so they are kept as bytes. Films outlive sessions: what a
# reader said of a film holds wherever the same file turns up again. `supersedes` has no foreign key, since deleting
# one session must not change entries of another; ids are never used twice.
_AUDIT_LOG = (
    """
    CREATE TABLE audit_log (
        entry_id INTEGER PRIMARY KEY,
        entry TEXT NOT NULL,
        hash BLOB NOT NULL
    )
    """,
    """
    CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END
    """,
    """
    CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END
    """,
)
_FOR_DELETION = (
    "CREATE INDEX documents_by_point ON documents (point_id) WHERE point_id IS NOT NULL",
    "CREATE INDEX reference_by_film ON reference (film_id)",
)
_STATEMENTS = (
    """
    CREATE TABLE sessions (
        session_id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL UNIQUE,
        model_id TEXT NOT NULL,
        model_version TEXT NOT NULL,
        model_sha256 TEXT NOT NULL,
        app_version TEXT NOT NULL,
        default_age_years REAL,
        dropped TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT
    )
    """,
    """
    CREATE TABLE films (
        film_id INTEGER PRIMARY KEY AUTOINCREMENT,
        sha256 TEXT UNIQUE,
        path BLOB UNIQUE,
        CHECK ((sha256 IS NULL) <> (path IS NULL))
    )
    """,
    """
    CREATE TABLE operating_points (
        point_id INTEGER PRIMARY KEY,
        document TEXT NOT NULL UNIQUE
    )
    """,
    """
    CREATE TABLE results (
        result_id INTEGER PRIMARY KEY,
        session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        film_id INTEGER NOT NULL REFERENCES films ON DELETE CASCADE,
        position INTEGER NOT NULL,
        file BLOB NOT NULL,
        status TEXT NOT NULL,
        reason TEXT,
        band TEXT,
        probability REAL,
        unlike_training INTEGER NOT NULL,
        age_years REAL,
        scored_age_years REAL,
        view_position TEXT,
        acquired_at REAL,
        patient_key TEXT,
        study_instance_uid TEXT,
        UNIQUE (session_id, position)
    )
    """,
    "CREATE INDEX results_by_film ON results (film_id)",
    "CREATE INDEX results_by_patient ON results (patient_key) WHERE patient_key IS NOT NULL",
    """
    CREATE TABLE documents (
        result_id INTEGER PRIMARY KEY REFERENCES results ON DELETE CASCADE,
        point_id INTEGER REFERENCES operating_points,
        document TEXT NOT NULL,
        heat BLOB,
        lungs BLOB
    )
    """,
    """
    CREATE TABLE readers (
        reader_id INTEGER PRIMARY KEY AUTOINCREMENT,
        initials TEXT NOT NULL UNIQUE COLLATE NOCASE,
        added_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE marks (
        mark_id INTEGER PRIMARY KEY AUTOINCREMENT,
        film_id INTEGER NOT NULL REFERENCES films ON DELETE CASCADE,
        reader_id INTEGER REFERENCES readers,
        kind TEXT NOT NULL CHECK (kind IN ('read', 'flag')),
        is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
        at TEXT NOT NULL
    )
    """,
    "CREATE INDEX marks_by_film ON marks (kind, film_id, mark_id, reader_id, is_on)",
    """
    CREATE TABLE verdicts (
        verdict_id INTEGER PRIMARY KEY AUTOINCREMENT,
        film_id INTEGER NOT NULL REFERENCES films ON DELETE CASCADE,
        session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        reader_id INTEGER NOT NULL REFERENCES readers,
        verdict TEXT,
        note TEXT NOT NULL,
        mode TEXT NOT NULL CHECK (mode IN ('open', 'blind')),
        at TEXT NOT NULL,
        supersedes INTEGER,
        undoes INTEGER UNIQUE,
        CHECK ((verdict IS NULL) = (undoes IS NOT NULL))
    )
    """,
    "CREATE INDEX verdicts_by_film ON verdicts (film_id, reader_id)",
    "CREATE INDEX verdicts_by_session ON verdicts (session_id)",
    """
    CREATE VIEW standing_verdicts AS
        SELECT * FROM verdicts
        WHERE verdict IS NOT NULL
        AND verdict_id NOT IN (SELECT undoes FROM verdicts WHERE undoes IS NOT NULL)
    """,
    """
    CREATE TABLE reference (
        session_id INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
        film_id INTEGER NOT NULL REFERENCES films ON DELETE CASCADE,
        has_pneumonia INTEGER NOT NULL CHECK (has_pneumonia IN (0, 1)),
        PRIMARY KEY (session_id, film_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE filters (
        name TEXT PRIMARY KEY,
        document TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TRIGGER marks_are_history BEFORE UPDATE ON marks
    BEGIN SELECT RAISE(ABORT, 'marks are only added'); END
    """,
    """
    CREATE TRIGGER verdicts_are_history BEFORE UPDATE ON verdicts
    BEGIN SELECT RAISE(ABORT, 'verdicts are only added'); END
    """,
    *_FOR_DELETION,
    *_AUDIT_LOG,
)


def check(connection: sqlite3.Connection) -> int:
    """See that the file is a store that this program can use, and return its version.

    Raises:
        StoreDamagedError: It holds nothing, not even empty tables, or has them and says that it is no store.
        StoreError: It is another program's, or a store made by a newer version of this one.
    """
    application_id, version = _number(connection, "application_id"), _number(connection, "user_version")
    if application_id == _APPLICATION_ID and 1 <= version <= VERSION:
        return version
    if application_id == _APPLICATION_ID and version > VERSION:
        raise StoreError("These results were kept by a newer version of Mapafu. Install that version, or a newer one.")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not (application_id or version or tables) or tables >= _OURS:
        raise StoreDamagedError("The file of the kept results is damaged. Start Mapafu again, which saves what it can.")
    raise StoreError("The file in the place of the kept results is none of Mapafu's. Move it elsewhere.")


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty file."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN")
    for statement in _STATEMENTS:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows the tables have that a person would miss."""
    tables = ("sessions", "results", "readers", "verdicts", "marks")
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def has_every_column(connection: sqlite3.Connection) -> bool:
    """Whether the tables have the columns that they should have; those of an older version are not looked at."""
    if _number(connection, "user_version") != VERSION:
        return True
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        create(new)
        return _columns_of(new) <= _columns_of(connection)


def _columns_of(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    query = "SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns"
    return set(connection.execute(query))


def make_version_2(connection: sqlite3.Connection) -> None:
    """Take the tables from version 1 to 2, within the caller's transaction.

    Version 1 did not keep lungs, nor the age that a film was scored at: that was the film's own, or else the session's
    default age.
    """
    # A store that was made while version 2 was under way has some of the columns.
    if not _has_column(connection, "documents", "lungs"):
        connection.execute("ALTER TABLE documents ADD COLUMN lungs BLOB")
    if not _has_column(connection, "results", "scored_age_years"):
        connection.execute("ALTER TABLE results ADD COLUMN scored_age_years REAL")
        connection.execute(
            "UPDATE results SET scored_age_years = coalesce(age_years, (SELECT default_age_years FROM sessions"
            " WHERE sessions.session_id = results.session_id)) WHERE probability IS NOT NULL"
        )
        connection.create_function("as_version_2", 2, as_version_2, deterministic=True)
        connection.execute(
            "UPDATE documents SET document = as_version_2(document, scored_age_years) FROM results"
            " WHERE results.result_id = documents.result_id AND heat IS NOT NULL AND lungs IS NULL"
        )
    for statement in (*_FOR_DELETION, *_AUDIT_LOG):
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 2")


def as_version_2(document: str, scored_age_years: float | None) -> str:
    """The document of a scored result of version 1, whose lungs were not kept, as version 2 has it."""
    plain = json.loads(document)
    plain["score"] |= {"age_years": scored_age_years, "lungs": None}
    return json.dumps(plain, separators=(",", ":"))


def _has_column(connection: sqlite3.Connection, table: str, column: str) -> bool:
    return any(row[1] == column for row in connection.execute(f"PRAGMA table_info({table})"))


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (value,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)

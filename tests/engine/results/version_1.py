"""A store as version 1 made it: its statements, word for word, and rows as it wrote them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from engine.results.records import key_row, to_bytes, to_record
from engine.screening.case import CaseResult
from tests.engine.results.made_up import make_run

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
        heat BLOB
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
)
_STARTED, _ENDED = "2024-03-01T08:00:01+00:00", "2024-03-01T08:09:00+00:00"
_LEFT_OUT = {"scored_age_years"}


def write_version_1(path: Path, results: Sequence[CaseResult], *, default_age: float | None = None) -> None:
    """Make a store of version 1 with one session that ended, a reader, and a verdict and a flag on each film."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        for statement in _STATEMENTS:
            connection.execute(statement)
        connection.execute("PRAGMA application_id = 0x4D504655")
        connection.execute("PRAGMA user_version = 1")
        run = make_run("old")
        connection.execute(
            "INSERT INTO sessions VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run.run_id,
                run.model_id,
                run.model_version,
                run.model_sha256,
                run.app_version,
                default_age,
                '["/films"]',
                _STARTED,
                _ENDED,
            ),
        )
        connection.execute("INSERT INTO readers VALUES (1, 'AB', ?)", (_STARTED,))
        for number, result in enumerate(results, start=1):
            _write(connection, number, result)
        connection.execute("COMMIT")


def _write(connection: sqlite3.Connection, number: int, result: CaseResult) -> None:
    name, value = ("sha256", result.sha256) if result.sha256 else ("path", to_bytes(str(result.path)))
    connection.execute(f"INSERT INTO films (film_id, {name}) VALUES (?, ?)", (number, value))
    keys = {name: value for name, value in key_row(result)._asdict().items() if name not in _LEFT_OUT}
    keys |= {"file": to_bytes(result.file), "result_id": number, "session_id": 1, "film_id": number}
    connection.execute(
        f"INSERT INTO results ({', '.join(keys)}) VALUES ({', '.join('?' * len(keys))})", tuple(keys.values())
    )
    record = to_record(result)
    document = json.loads(record.document)
    if document["score"] is not None:
        del document["score"]["age_years"]  # which version 1 did not know
    if record.point is not None:
        connection.execute("INSERT INTO operating_points VALUES (1, ?) ON CONFLICT DO NOTHING", (record.point,))
    connection.execute(
        "INSERT INTO documents (result_id, point_id, document, heat) VALUES (?, ?, ?, ?)",
        (number, record.point and 1, json.dumps(document, separators=(",", ":")), record.heat),
    )
    connection.execute(
        "INSERT INTO verdicts (film_id, session_id, reader_id, verdict, note, mode, at)"
        " VALUES (?, 1, 1, 'pneumonia', 'left base', 'open', ?)",
        (number, _STARTED),
    )
    connection.execute(
        "INSERT INTO marks (film_id, reader_id, kind, is_on, at) VALUES (?, NULL, 'flag', 1, ?)", (number, _STARTED)
    )

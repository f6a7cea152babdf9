"""The results of sessions, kept the moment they exist, and films found again by their content."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import StoreError
from engine.results.audit_log import Event
from engine.results.columns import KeyColumns
from engine.results.database import Database, as_kept
from engine.results.marks import MarkKind, Marks
from engine.results.records import KeyRow, Record, by_column, from_record, key_row, to_bytes, to_record, to_text
from engine.screening.case import CaseResult, RunInfo

_KEYS = ", ".join(KeyRow._fields)
_SELECT = """
    SELECT results.position, results.session_id, results.film_id, documents.document, operating_points.document,
        documents.heat, documents.lungs
    FROM results JOIN documents USING (result_id) LEFT JOIN operating_points USING (point_id)
"""
_PAGE = 500
_TAKEN = "Another Mapafu has gone on with this screening, so nothing more of it is kept here."


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result with the film it is about.

    Attributes:
        film_id: The store's number of the film. Files of the same content are one film, in all sessions.
    """

    session_id: int
    film_id: int
    result: CaseResult


class Results:
    """The results of a store. Every method raises StoreError."""

    def __init__(self, database: Database, marks: Marks) -> None:
        self._database = database
        self._marks = marks

    def add(self, session_id: int, results: Sequence[CaseResult]) -> list[int]:
        """Keep results, all of them or none, and return the number of the film of each.

        They are on the disk when this returns. A film without a readable content is known by its path.
        """
        try:
            with self._database.writing() as connection:
                films = [_insert(connection, session_id, result) for result in results]
                if films:
                    self._database.log(Event.SCORED, session=session_id, films=films)
                return films
        except sqlite3.IntegrityError as error:  # of a sound store
            if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_UNIQUE:
                raise StoreError(_TAKEN) from error
            raise

    def of_session(self, session_id: int) -> Iterator[StoredResult]:
        """The results of a session in discovery order."""
        last = -1
        while True:  # page by page, so that nothing stays open while the caller thinks
            page = self._database.rows(
                f"{_SELECT} WHERE session_id = ? AND position > ? ORDER BY position LIMIT {_PAGE}", (session_id, last)
            )
            for row in page:
                last = row[0]
                yield _stored(row)
            if len(page) < _PAGE:
                return

    def at(self, session_id: int, position: int) -> StoredResult | None:
        """The result at a place in discovery order."""
        row = self._database.row(f"{_SELECT} WHERE session_id = ? AND position = ?", (session_id, position))
        return row and _stored(row)

    def columns(self, session_id: int, reader_id: int | None = None) -> KeyColumns:
        """What a session's list sorts, filters and searches by, in discovery order.

        Args:
            session_id: Whose results.
            reader_id: Whose read marks; None for those of anybody.
        """
        rows = self._database.rows(
            f"SELECT {_KEYS}, film_id FROM results WHERE session_id = ? ORDER BY position", (session_id,)
        )
        read, flagged = self._marks.films(MarkKind.READ, reader_id), self._marks.films(MarkKind.FLAG)
        with as_kept():
            film_ids = np.array([row[-1] for row in rows], dtype=np.int64)
            column = by_column([row[:-1] for row in rows])
            return KeyColumns.of_keys(
                column | {"file": [to_text(file) for file in column["file"]]},
                film_ids,
                read=np.isin(film_ids, read),
                flagged=np.isin(film_ids, flagged),
            )

    def known(self, sha256: str, *, run: RunInfo, default_age: float | None = None) -> StoredResult | None:
        """The newest result of a film of this content by this run's model and program, which would say it again.

        A reading that failed is none: it is tried again.
        """
        row = self._database.row(
            f"""{_SELECT} JOIN films USING (film_id) JOIN sessions USING (session_id)
            WHERE films.sha256 = ? AND model_sha256 = ? AND app_version = ? AND default_age_years IS ?
            AND status <> 'failed' ORDER BY result_id DESC LIMIT 1""",
            (sha256, run.model_sha256, run.app_version, default_age),
        )
        return row and _stored(row)

    def earlier(self, film_id: int) -> list[StoredResult]:
        """Earlier films of the same patient, each with its newest result; the newest film first.

        A film without a date may be earlier, so it is among them, at the end; so are all films of the patient where
        the film itself has no date.
        """
        rows = self._database.rows(
            f"""{_SELECT} WHERE results.result_id IN (
                SELECT max(other.result_id) FROM results AS this JOIN results AS other USING (patient_key)
                WHERE this.film_id = ? AND other.film_id <> this.film_id
                AND (other.acquired_at IS NULL OR this.acquired_at IS NULL OR other.acquired_at < this.acquired_at)
                GROUP BY other.film_id
            ) ORDER BY acquired_at DESC NULLS LAST, results.film_id DESC""",
            (film_id,),
        )
        return [_stored(row) for row in rows]


def _insert(connection: sqlite3.Connection, session_id: int, result: CaseResult) -> int:
    film_id = _film_id(connection, result)
    keys = [to_bytes(key) if name == "file" else key for name, key in key_row(result)._asdict().items()]
    places = ", ".join("?" * (2 + len(keys)))
    cursor = connection.execute(
        f"INSERT INTO results (session_id, film_id, {', '.join(KeyRow._fields)}) VALUES ({places})",
        (session_id, film_id, *keys),
    )
    record = to_record(result)
    connection.execute(
        "INSERT INTO documents (result_id, point_id, document, heat, lungs) VALUES (?, ?, ?, ?, ?)",
        (cursor.lastrowid, _point_id(connection, record.point), record.document, record.heat, record.lungs),
    )
    return film_id


def _film_id(connection: sqlite3.Connection, result: CaseResult) -> int:
    sha256 = result.sha256
    column, value = ("path", to_bytes(str(result.path))) if sha256 is None else ("sha256", sha256)
    return _number_of(connection, "films", "film_id", column, value)


def _point_id(connection: sqlite3.Connection, point: str | None) -> int | None:
    return None if point is None else _number_of(connection, "operating_points", "point_id", "document", point)


def _number_of(connection: sqlite3.Connection, table: str, number: str, column: str, value: str | bytes) -> int:
    """The number of the row that has this value, added where there is none."""
    query = f"SELECT {number} FROM {table} WHERE {column} = ?"
    row = connection.execute(query, (value,)).fetchone()
    if row is None:
        row = (connection.execute(f"INSERT INTO {table} ({column}) VALUES (?)", (value,)).lastrowid,)
    return int(row[0])


def _stored(row: Sequence[Any]) -> StoredResult:
    _, session_id, film_id, *record = row
    return StoredResult(session_id, film_id, from_record(Record(*record)))

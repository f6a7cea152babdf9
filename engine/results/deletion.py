"""Deleting sessions, patients and films for good, with all that was said of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.results.audit_log import Event
from engine.results.database import Database, as_kept
from engine.results.sessions import paths_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """How much was deleted.

    Attributes:
        sessions: 1 where a session was, else 0.
        films: Films that are in no session any more, with their marks.
        results: Results, of any session.
        verdicts: Verdicts, also superseded ones.
    """

    sessions: int
    films: int
    results: int
    verdicts: int


class Deletion:
    """Deletes from a store; its log keeps the numbers, and nothing of a patient. Every method raises StoreError.

    What is deleted is written over in the store's file. Copies of the store that lie elsewhere keep it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def session(self, session_id: int, *, reader_id: int | None = None) -> Deleted:
        """Delete a session with its results, verdicts and labels, and the films that are in no other session."""
        with self._database.writing() as connection:
            before = _counts(connection)
            films = _numbers(connection, "SELECT DISTINCT film_id FROM results WHERE session_id = ?", session_id)
            connection.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))
            orphans = [film_id for film_id in films if not _is_in_a_session(connection, film_id)]
            deleted = self._end(connection, orphans, before, session=session_id, reader=reader_id)
        self._database.clear_journal()
        return deleted

    def film(self, film_id: int, *, reader_id: int | None = None) -> Deleted:
        """Delete a film from every session, with its results, verdicts, marks and labels."""
        return self._films("film", "SELECT film_id FROM films WHERE film_id = ?", film_id, reader_id)

    def patient(self, patient_key: str, *, reader_id: int | None = None) -> Deleted:
        """Delete every film of a patient, as `film` does."""
        query = "SELECT DISTINCT film_id FROM results WHERE patient_key = ?"
        return self._films("patient", query, patient_key, reader_id)

    def _films(self, what: str, query: str, key: int | str, reader_id: int | None) -> Deleted:
        with self._database.writing() as connection:
            before = _counts(connection)
            films = _numbers(connection, query, key)
            for film_id in films:
                _forget_paths(connection, film_id)
            deleted = self._end(connection, films, before, what=what, reader=reader_id)
        self._database.clear_journal()
        return deleted

    def _end(
        self, connection: sqlite3.Connection, films: Sequence[int], before: Deleted, **facts: int | str | None
    ) -> Deleted:
        """Delete films and what only they needed, and log it."""
        connection.executemany("DELETE FROM films WHERE film_id = ?", [(film_id,) for film_id in films])
        connection.execute(
            "DELETE FROM operating_points WHERE NOT EXISTS"
            " (SELECT 1 FROM documents WHERE documents.point_id = operating_points.point_id)"
        )
        after = _counts(connection)
        deleted = Deleted(
            sessions=before.sessions - after.sessions,
            films=before.films - after.films,
            results=before.results - after.results,
            verdicts=before.verdicts - after.verdicts,
        )
        if deleted != Deleted(sessions=0, films=0, results=0, verdicts=0):
            counts = {"results": deleted.results, "verdicts": deleted.verdicts}
            self._database.log(Event.DELETED, films=list(films), counts=counts, **facts)
        return deleted


def _counts(connection: sqlite3.Connection) -> Deleted:
    tables = ("sessions", "films", "results", "verdicts")
    return Deleted(**{table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables})


def _numbers(connection: sqlite3.Connection, query: str, key: int | str) -> list[int]:
    return [number for (number,) in connection.execute(query, (key,))]


def _is_in_a_session(connection: sqlite3.Connection, film_id: int) -> bool:
    return connection.execute("SELECT 1 FROM results WHERE film_id = ? LIMIT 1", (film_id,)).fetchone() is not None


def _forget_paths(connection: sqlite3.Connection, film_id: int) -> None:
    """Take a film's own paths from what was dropped on its sessions; a folder that was dropped stays."""
    rows = connection.execute(
        "SELECT session_id, dropped, document FROM results JOIN sessions USING (session_id)"
        " JOIN documents USING (result_id) WHERE film_id = ?",
        (film_id,),
    ).fetchall()
    for session_id, dropped, document in rows:
        with as_kept():
            before, path = json.loads(dropped), json.loads(document)["path"]
        if path in before:
            after = paths_json([Path(other) for other in before if other != path])
            connection.execute("UPDATE sessions SET dropped = ? WHERE session_id = ?", (after, session_id))

"""Labels known to be true, kept with the session they were loaded for."""

from __future__ import annotations

from collections.abc import Mapping

from engine.results.audit_log import Event
from engine.results.database import Database
from engine.results.labels import match_labels
from engine.results.records import to_text


class References:
    """The labels of a store's sessions. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, session_id: int, labels: Mapping[str, bool]) -> int:
        """Keep labels for a session, in place of those it had, and return how many of its films have one.

        Args:
            session_id: The session whose files the labels are about.
            labels: Whether there is pneumonia, by file; see `engine.results.labels`.
        """
        with self._database.writing() as connection:
            rows = connection.execute("SELECT film_id, file FROM results WHERE session_id = ?", (session_id,))
            matched = match_labels(labels, ((film_id, to_text(file)) for film_id, file in rows))
            connection.execute("DELETE FROM reference WHERE session_id = ?", (session_id,))
            connection.executemany(
                "INSERT INTO reference (session_id, film_id, has_pneumonia) VALUES (?, ?, ?)",
                [(session_id, film_id, label) for film_id, label in matched.items()],
            )
            self._database.log(Event.LABELS_LOADED, session=session_id, films=len(matched))
        return len(matched)

    def of_session(self, session_id: int) -> dict[int, bool]:
        """Whether there is pneumonia, by film; empty where no labels were loaded."""
        rows = self._database.rows("SELECT film_id, has_pneumonia FROM reference WHERE session_id = ?", (session_id,))
        return {film_id: bool(label) for film_id, label in rows}

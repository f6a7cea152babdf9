"""The audit log for those who use the store: what only they know of is noted here, and all of it is checked."""

from __future__ import annotations

from engine.results.anchor import read_anchor
from engine.results.audit_log import Event, LogCheck, check_entries
from engine.results.database import Database


class Logbook:
    """The audit log of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def opened(self, film_id: int, *, session_id: int, reader_id: int | None = None) -> None:
        """Note that a film was shown to somebody."""
        with self._database.writing():
            self._database.log(Event.OPENED, film=film_id, session=session_id, reader=reader_id)

    def exported(self, what: str, *, session_id: int, films: int, reader_id: int | None = None) -> None:
        """Note that something of a session left the store.

        Args:
            what: The kind of thing, such as `table`; no name of a file.
            session_id: Of which session.
            films: How many films it speaks of.
            reader_id: Who wanted it, where that is known.
        """
        with self._database.writing():
            self._database.log(Event.EXPORTED, what=what, session=session_id, films=films, reader=reader_id)

    def model_installed(self, model_id: str, version: str, sha256: str, *, signed: bool) -> None:
        """Note that another model is in use from now on."""
        with self._database.writing():
            self._database.log(
                Event.MODEL_INSTALLED, model=model_id, version=version, sha256=sha256, signed=int(signed)
            )

    def check(self) -> LogCheck:
        """Whether any entry was altered or removed."""
        # The anchor is read first: entries that are added meanwhile then only put it behind.
        anchor = read_anchor(self._database.path)
        return check_entries(
            self._database.rows("SELECT entry_id, entry, hash FROM audit_log ORDER BY entry_id"), anchor
        )

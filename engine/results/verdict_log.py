"""Readers and the history of their verdicts: entries are added, and none is changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.results.audit_log import Event
from engine.results.database import Database, as_kept
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict

MAX_INITIALS = 8
_COLUMNS = """
    verdict_id, film_id, session_id, reader_id, initials, verdict, note, mode, at, supersedes, undoes
"""


def clean_initials(text: str) -> str:
    """Initials without the spaces around them.

    Raises:
        ValueError: Not 1 to 8 printable characters.
    """
    initials = text.strip()
    if not 1 <= len(initials) <= MAX_INITIALS or not initials.isprintable():
        raise ValueError(f"initials are 1 to {MAX_INITIALS} printable characters")
    return initials


class VerdictLog:
    """The readers and verdicts of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def readers(self) -> list[Reader]:
        """Everyone who ever read here, by initials."""
        rows = self._database.rows("SELECT reader_id, initials FROM readers ORDER BY initials")
        return [Reader(*row) for row in rows]

    def reader(self, initials: str) -> Reader:
        """The reader with these initials, whatever their case; a new one the first time.

        Raises:
            ValueError: Not 1 to 8 printable characters.
        """
        initials = clean_initials(initials)
        with self._database.writing() as connection:
            query = "SELECT reader_id, initials FROM readers WHERE initials = ?"
            row = connection.execute(query, (initials,)).fetchone()
            if row is None:
                connection.execute(
                    "INSERT INTO readers (initials, added_at) VALUES (?, ?)", (initials, self._database.now())
                )
                row = connection.execute(query, (initials,)).fetchone()
                self._database.log(Event.READER_ADDED, reader=row[0], initials=row[1])
        return Reader(*row)

    def give(
        self,
        verdict: Verdict,
        *,
        film_id: int,
        session_id: int,
        reader: Reader,
        note: str = "",
        mode: ReadingMode = ReadingMode.OPEN,
    ) -> ReaderVerdict:
        """Keep a verdict. It supersedes the one of the same reader on the same film that stood before."""
        with self._database.writing() as connection:
            (supersedes,) = connection.execute(
                "SELECT max(verdict_id) FROM standing_verdicts WHERE film_id = ? AND reader_id = ?",
                (film_id, reader.reader_id),
            ).fetchone()
            cursor = connection.execute(
                "INSERT INTO verdicts (film_id, session_id, reader_id, verdict, note, mode, at, supersedes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (film_id, session_id, reader.reader_id, verdict, note, mode, self._database.now(), supersedes),
            )
            self._database.log(
                Event.VERDICT,
                entry=cursor.lastrowid,
                film=film_id,
                session=session_id,
                reader=reader.reader_id,
                verdict=verdict,
                mode=mode,
            )
        return self._entries("verdict_id = ?", (cursor.lastrowid,))[0]

    def take_back(self, verdict_id: int) -> None:
        """Undo a verdict, so that the one it superseded stands again. Both entries stay in the history."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT film_id, session_id, reader_id FROM standing_verdicts WHERE verdict_id = ?", (verdict_id,)
            ).fetchone()
            if row is None:
                return  # it was taken back before, or deleted
            cursor = connection.execute(
                "INSERT INTO verdicts (film_id, session_id, reader_id, note, mode, at, undoes)"
                " SELECT film_id, session_id, reader_id, '', mode, ?, verdict_id FROM standing_verdicts"
                " WHERE verdict_id = ?",
                (self._database.now(), verdict_id),
            )
            film_id, session_id, reader_id = row
            self._database.log(
                Event.TAKEN_BACK,
                entry=cursor.lastrowid,
                undoes=verdict_id,
                film=film_id,
                session=session_id,
                reader=reader_id,
            )

    def of_film(self, film_id: int) -> list[ReaderVerdict]:
        """Every entry about a film, in the order they were made, also those superseded or taken back."""
        return self._entries("film_id = ?", (film_id,))

    def standing_on(self, film_id: int) -> list[ReaderVerdict]:
        """What each reader says now of a film, in the order it was said, in whichever session."""
        return self._entries(
            "verdict_id IN (SELECT max(verdict_id) FROM standing_verdicts WHERE film_id = ? GROUP BY reader_id)",
            (film_id,),
        )

    def films(self, reader: Reader, *, standing: bool = True) -> frozenset[int]:
        """The films of which a reader says something now; or ever said something, where it need not be standing."""
        table = "standing_verdicts" if standing else "verdicts"
        rows = self._database.rows(f"SELECT DISTINCT film_id FROM {table} WHERE reader_id = ?", (reader.reader_id,))
        return frozenset(film_id for (film_id,) in rows)

    def standing(self, session_id: int, mode: ReadingMode | None = None) -> list[ReaderVerdict]:
        """What each reader says now of each film of a session, in the order it was said.

        Args:
            session_id: The session whose films are meant.
            mode: None for the last verdict, in whichever session it was given. With a mode, the last one given in
                that mode for it, also where it was changed in the other mode since: so a verdict given
                blind is still there after the reader has seen the model's answer.
        """
        if mode is None:
            chosen, parameters = "film_id IN (SELECT film_id FROM results WHERE session_id = ?)", (session_id,)
        else:
            chosen, parameters = "session_id = ? AND mode = ?", (session_id, mode)  # type: ignore[assignment]
        return self._entries(
            f"verdict_id IN (SELECT max(verdict_id) FROM standing_verdicts WHERE {chosen} GROUP BY film_id, reader_id)",
            parameters,
        )

    def _entries(self, which: str, parameters: Sequence[object]) -> list[ReaderVerdict]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM verdicts JOIN readers USING (reader_id) WHERE {which} ORDER BY verdict_id",
            parameters,
        )
        return [_entry(row) for row in rows]


@as_kept()
def _entry(row: Sequence[Any]) -> ReaderVerdict:
    verdict_id, film_id, session_id, reader_id, initials, verdict, note, mode, at, supersedes, undoes = row
    return ReaderVerdict(
        verdict_id=verdict_id,
        film_id=film_id,
        session_id=session_id,
        reader=Reader(reader_id, initials),
        verdict=verdict and Verdict(verdict),
        note=note,
        mode=ReadingMode(mode),
        at=datetime.fromisoformat(at),
        supersedes=supersedes,
        undoes=undoes,
    )

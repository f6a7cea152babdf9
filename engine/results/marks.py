"""Which films were read, by whom, and which are flagged. Every change is an entry; the last one holds."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.results.audit_log import Event
from engine.results.database import Database


class MarkKind(StrEnum):
    """What a mark says: `read` is each reader's own, `flag` is everybody's."""

    READ = "read"
    FLAG = "flag"


class Marks:
    """The marks of a store. Every method raises StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, kind: MarkKind, film_ids: Iterable[int], *, on: bool = True, reader_id: int | None = None) -> None:
        """Mark films, or take marks away with `on=False`, which is an entry of its own.

        Args:
            kind: Which mark.
            film_ids: Those that are so already are left alone.
            on: Whether the mark is put or taken away.
            reader_id: Who does it; None where nobody gave initials.
        """
        with self._database.writing() as connection:
            changed = []
            for film_id in film_ids:
                if self._is_on(kind, film_id, reader_id) is not on:
                    connection.execute(
                        "INSERT INTO marks (film_id, reader_id, kind, is_on, at) VALUES (?, ?, ?, ?, ?)",
                        (film_id, reader_id, kind, on, self._database.now()),
                    )
                    changed.append(int(film_id))
            if changed:
                self._database.log(Event.MARK, kind=kind, on=int(on), films=changed, reader=reader_id)

    def films(self, kind: MarkKind, reader_id: int | None = None) -> NDArray[np.int64]:
        """The films that have a mark.

        Args:
            kind: Which mark.
            reader_id: Whose read marks; None for those of anybody. Flags are everybody's.
        """
        whose, parameters = _whose(kind, reader_id)
        rows = self._database.rows(
            f"""SELECT film_id FROM (
                SELECT film_id, is_on, max(mark_id) FROM marks WHERE kind = ? {whose} GROUP BY film_id
            ) WHERE is_on""",
            (kind, *parameters),
        )
        return np.fromiter((film_id for (film_id,) in rows), dtype=np.int64, count=len(rows))

    def _is_on(self, kind: MarkKind, film_id: int, reader_id: int | None) -> bool:
        whose, parameters = _whose(kind, reader_id)
        row = self._database.row(
            f"SELECT is_on FROM marks WHERE kind = ? AND film_id = ? {whose} ORDER BY mark_id DESC LIMIT 1",
            (kind, film_id, *parameters),
        )
        return row is not None and bool(row[0])


def _whose(kind: MarkKind, reader_id: int | None) -> tuple[str, tuple[int, ...]]:
    if kind is MarkKind.FLAG or reader_id is None:
        return "", ()
    return "AND reader_id = ?", (reader_id,)

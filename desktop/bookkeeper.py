"""What the keeping thread does with the store. Knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.results.columns import KeyColumns, RowFilter
from engine.results.marks import MarkKind
from engine.results.sessions import Session
from engine.results.store import Store, open_store
from engine.screening.case import CaseResult, RunInfo

Page = tuple[list[CaseResult], KeyColumns]

_PAGE = 500


class Bookkeeper:
    """Keeps one session at a time, and goes on without a store where there is none.

    Films that the store does not know have numbers of their own, below zero. Every method but `close`, and `keep`
    where no session is kept, raises StoreError.
    """

    def __init__(self, path: Path | None = None, tell: Callable[[str], None] = lambda _: None) -> None:
        """`tell` is told in one sentence what could be saved of a damaged store."""
        self._path = path
        self._tell = tell
        self._store: Store | None = None
        self._session_id: int | None = None
        self._marked: dict[MarkKind, set[int]] = {kind: set() for kind in MarkKind}

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()

    def salvage(self) -> None:
        """Where the store turned out to be damaged: go on in a new one, with what can be saved."""
        if self._store is not None:
            self._store = self._store.salvaged(self._tell)

    def last_session(self) -> Session | None:
        """The last session that has results."""
        return next((session for session in self._opened().sessions.newest(20) if session.results), None)

    def start_session(self, run: RunInfo, dropped: Sequence[Path], default_age: float | None = None) -> int:
        """Keep what comes from now on as a new session, and return its number."""
        self._session_id = None
        self._session_id = self._opened().sessions.start(run, dropped, default_age=default_age).session_id
        return self._session_id

    def forget_session(self) -> None:
        """Keep no results from now on."""
        self._session_id = None

    def add_dropped(self, dropped: Sequence[Path]) -> None:
        """Note that more was dropped on the session."""
        if self._session_id is not None:
            self._opened().sessions.add_dropped(self._session_id, dropped)

    def end_session(self) -> None:
        """Note that the session is complete."""
        if self._session_id is not None:
            self._opened().sessions.end(self._session_id)

    def keep(self, results: Sequence[CaseResult]) -> KeyColumns:
        """Keep results, and return what a list sorts them by, with the marks that their films have."""
        if self._session_id is None:
            return self._marked_columns(results, [-1 - result.index for result in results])
        return self._marked_columns(results, self._opened().results.add(self._session_id, results))

    def read(self, session_id: int) -> Iterator[Page]:
        """The results of a kept session, in pages."""
        stored = self._opened().results.of_session(session_id)
        while page := list(islice(stored, _PAGE)):
            results = [entry.result for entry in page]
            yield results, self._marked_columns(results, [entry.film_id for entry in page])

    def put_mark(self, kind: MarkKind, film_id: int, *, on: bool) -> None:
        """Mark a film, or take the mark away."""
        if film_id >= 0:
            self._opened().marks.put(kind, [film_id], on=on)
        (self._marked[kind].add if on else self._marked[kind].discard)(film_id)

    def filters(self) -> dict[str, RowFilter]:
        """The saved filters, by name."""
        return self._opened().filters.all()

    def save_filter(self, name: str, row_filter: RowFilter) -> None:
        """Keep a filter under a name."""
        self._opened().filters.save(name, row_filter)

    def delete_filter(self, name: str) -> None:
        """Forget a filter."""
        self._opened().filters.delete(name)

    def _opened(self) -> Store:
        if self._store is None:
            self._store = open_store(self._path, tell=self._tell)
            for kind, films in self._marked.items():
                films.update(self._store.marks.films(kind).tolist())
        return self._store

    def _marked_columns(self, results: Sequence[CaseResult], film_ids: Sequence[int]) -> KeyColumns:
        columns = KeyColumns.of_results(results, film_ids)
        return replace(columns, read=self._has(MarkKind.READ, film_ids), flagged=self._has(MarkKind.FLAG, film_ids))

    def _has(self, kind: MarkKind, film_ids: Sequence[int]) -> NDArray[np.bool_]:
        return np.array([film_id in self._marked[kind] for film_id in film_ids], dtype=np.bool_)

"""What the keeping thread does with the store. Knows nothing of Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.model.card import PointsByAge
from engine.results.backup import Restored, restore_backup
from engine.results.columns import KeyColumns, RowFilter
from engine.results.deletion import Deleted
from engine.results.marks import MarkKind
from engine.results.reading_score import ReadingScore, score_reading
from engine.results.results import StoredResult
from engine.results.sessions import Session
from engine.results.store import Store, open_store, own_store
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict
from engine.screening.case import CaseResult, RunInfo

Page = tuple[list[CaseResult], KeyColumns]

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderFilms:
    """A reader, and what is known of them and the films of the store.

    Attributes:
        judged: Films on which a verdict of theirs stands.
        known: Films whose answer they have seen on an earlier day: those they ever gave a verdict on or read.
        read: Films that carry their read mark.
    """

    reader: Reader
    judged: frozenset[int]
    known: frozenset[int]
    read: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    """A verdict as a reader gives it, or a note to the one that stands.

    Attributes:
        ticket: A number of its own in this run, by which it can be taken back.
        verdict: None leaves it as it stands, for another note.
        note: None leaves it as it stands, for another verdict.
    """

    ticket: int
    reader: Reader
    verdict: Verdict | None
    film_id: int
    session_id: int
    note: str | None
    mode: ReadingMode


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
        self._reader: Reader | None = None
        self._read_by_nobody: set[int] = set()
        self._verdict_ids: dict[int, tuple[int, int]] = {}

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
        self.forget_session()
        self._session_id = self._opened().sessions.start(run, dropped, default_age=default_age).session_id
        return self._session_id

    def go_on_with(self, session_id: int) -> None:
        """Keep what comes from now on as more of a kept list, by its number in the store."""
        self.forget_session()
        self._opened().sessions.go_on(session_id)
        self._session_id = session_id

    def forget_session(self) -> None:
        """Keep no results from now on; whoever wants to can go on with the session."""
        if self._store is not None and self._session_id is not None:
            self._store.sessions.leave(self._session_id)
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
        """Mark a film, or take the mark away. A read mark is the reader's own, once it is known who reads."""
        reader_id = self._reader_id if kind is MarkKind.READ else None
        if film_id >= 0:
            self._opened().marks.put(kind, [film_id], on=on, reader_id=reader_id)
            if kind is MarkKind.READ and reader_id is None:
                (self._read_by_nobody.add if on else self._read_by_nobody.discard)(film_id)
        (self._marked[kind].add if on else self._marked[kind].discard)(film_id)

    def keep_labels(self, session_id: int, labels: Mapping[str, bool]) -> int:
        """Keep labels known to be true for a session, and return how many of its films have one."""
        return self._opened().references.keep(session_id, labels)

    def score_reading(self, session_id: int, points: PointsByAge | None, mode: ReadingMode | None) -> ReadingScore:
        """How readers, model and labels of a session compare."""
        return score_reading(self._opened(), session_id, points, mode=mode)

    def readers(self) -> list[Reader]:
        """Everyone who ever read here, by initials."""
        return self._opened().verdicts.readers()

    def choose_reader(self, initials: str) -> ReaderFilms:
        """Let this reader read from now on; films read in this run before anyone gave initials were theirs."""
        store = self._opened()
        reader = store.verdicts.reader(initials)
        known = store.verdicts.films(reader, standing=False) | _films(store, reader)
        if self._reader is None:
            store.marks.put(MarkKind.READ, sorted(self._read_by_nobody), reader_id=reader.reader_id)
            self._read_by_nobody.clear()
        self._reader = reader
        unkept = {film_id for film_id in self._marked[MarkKind.READ] if film_id < 0}
        read = _films(store, reader) | unkept
        self._marked[MarkKind.READ] = set(read)
        return ReaderFilms(reader=reader, judged=store.verdicts.films(reader), known=known, read=read)

    def give(self, given: GivenVerdict) -> list[ReaderVerdict]:
        """Keep a verdict, and return what each reader says of its film now. A note to no verdict is not kept."""
        entries = self.verdicts_on(given.film_id)
        stands = next((entry for entry in entries if entry.reader == given.reader), None)
        verdict, note = given.verdict, given.note
        if stands is not None:
            verdict = stands.verdict if verdict is None else verdict
            note = stands.note if note is None else note
        if verdict is None:
            return entries
        entry = self._opened().verdicts.give(
            verdict,
            film_id=given.film_id,
            session_id=given.session_id,
            reader=given.reader,
            note=note or "",
            mode=given.mode,
        )
        self._verdict_ids[given.ticket] = entry.film_id, entry.verdict_id
        return self.verdicts_on(entry.film_id)

    def take_back(self, ticket: int) -> tuple[int, list[ReaderVerdict]] | None:
        """Take back a verdict that was given in this run; its film and what each reader says of it now.

        None where it was never kept, so that there is nothing to take back.
        """
        if ticket not in self._verdict_ids:
            return None
        film_id, verdict_id = self._verdict_ids[ticket]
        self._opened().verdicts.take_back(verdict_id)
        del self._verdict_ids[ticket]
        return film_id, self.verdicts_on(film_id)

    def verdicts_on(self, film_id: int) -> list[ReaderVerdict]:
        """What each reader says of a film now."""
        return self._opened().verdicts.standing_on(film_id)

    def note_opened(self, film_id: int, session_id: int) -> None:
        """Note in the audit log that a film of a session was shown, to the reader if one is known."""
        self._opened().log.opened(film_id, session_id=session_id, reader_id=self._reader_id)

    def delete_film(self, film_id: int) -> Deleted:
        """Delete a film from every session."""
        return self._opened().deletion.film(film_id, reader_id=self._reader_id)

    def delete_patient(self, patient_key: str) -> Deleted:
        """Delete every film of a patient."""
        return self._opened().deletion.patient(patient_key, reader_id=self._reader_id)

    def delete_session(self, session_id: int) -> Deleted:
        """Delete a session, and keep nothing more as part of it."""
        deleted = self._opened().deletion.session(session_id, reader_id=self._reader_id)
        if session_id == self._session_id:
            self.forget_session()
        return deleted

    def back_up(self, file: Path) -> None:
        """Write the whole store to one file. Raises OutputError too."""
        self._opened().back_up(file)

    def restore(self, file: Path) -> Restored:
        """Put the store of a backup in the place of this one; nobody reads, and no session is kept, from then on."""
        if self._store is not None:
            self._store.close()
            self._store = None
        restored = restore_backup(file, self._path or own_store())
        self._marked = {kind: set() for kind in MarkKind}
        self._session_id, self._reader = None, None
        self._read_by_nobody.clear()
        self._verdict_ids.clear()
        return restored

    def earlier(self, film_id: int) -> list[StoredResult]:
        """Earlier films of the same patient, the newest first."""
        return self._opened().results.earlier(film_id)

    def filters(self) -> dict[str, RowFilter]:
        """The saved filters, by name."""
        return self._opened().filters.all()

    def save_filter(self, name: str, row_filter: RowFilter) -> None:
        """Keep a filter under a name."""
        self._opened().filters.save(name, row_filter)

    def delete_filter(self, name: str) -> None:
        """Forget a filter."""
        self._opened().filters.delete(name)

    @property
    def _reader_id(self) -> int | None:
        return None if self._reader is None else self._reader.reader_id

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


def _films(store: Store, reader: Reader) -> frozenset[int]:
    """The films that carry a reader's own read mark."""
    return frozenset(store.marks.films(MarkKind.READ, reader.reader_id).tolist())

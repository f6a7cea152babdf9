"""Keeps results and marks in the store from a thread of its own, so that the window never waits for the disk.

What the window shows of them is what was handed back: it is on the disk by then. Where the store cannot be opened or
written, one sentence says so, and the list goes on without it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.bookkeeper import Bookkeeper, GivenVerdict, Page, ReaderFilms
from desktop.crash.guard import report_in_thread
from engine.errors import MapafuError, StoreDamagedError, StoreError
from engine.model.card import PointsByAge
from engine.results.backup import Restored
from engine.results.columns import KeyColumns, RowFilter
from engine.results.deletion import Deleted
from engine.results.marks import MarkKind
from engine.results.reading_score import ReadingScore
from engine.results.sessions import Session
from engine.results.verdicts import ReadingMode
from engine.screening.case import CaseResult, RunInfo

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome")


class Keeper(QObject):
    """Does what it is asked in the order it is asked, and says when it is done, or in a sentence that it is not.

    Signals:
        session_changed: The number of the session that is kept from now on, or None where none is.
        session_found: The last session, when the keeper was opened.
        results_kept: Results, and what a list sorts them by, in the order they were added.
        results_read: The number of a reopened session, and some of its results; then `session_read`.
        mark_put: Kind, film and whether the mark is there now.
        readers_changed: Everyone who ever read here, by initials.
        reader_chosen: Who reads from now on, and their films (`ReaderFilms`).
        verdicts_told: A film, and what each reader says of it now (`ReaderVerdict`).
        earlier_found: A film, and earlier ones of the same patient (`StoredResult`).
        filters_changed: The saved filters, by name.
        labels_kept: A session, and how many of its films have a label now.
        reading_scored: A session, and how its readers, its model and its labels compare.
        film_deleted, patient_deleted, session_deleted: What was deleted, by number or key, and how much that was.
        backed_up: The file that the whole store was written to.
        restored: What a backup brought back (`Restored`); no session is kept then.
        failed: A sentence for the reader.
    """

    session_changed = Signal(object)
    session_found = Signal(Session)
    results_kept = Signal(list, KeyColumns)
    results_read = Signal(object, list, KeyColumns)
    session_read = Signal(object)
    mark_put = Signal(object, object, bool)
    readers_changed = Signal(object)
    reader_chosen = Signal(ReaderFilms)
    verdicts_told = Signal(object, object)
    earlier_found = Signal(object, object)
    filters_changed = Signal(object)
    labels_kept = Signal(object, int)
    reading_scored = Signal(object, ReadingScore)
    film_deleted = Signal(object, Deleted)
    patient_deleted = Signal(str, Deleted)
    session_deleted = Signal(object, Deleted)
    backed_up = Signal(Path)
    restored = Signal(Restored)
    failed = Signal(str)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        """`path` is the store's file, by default the user's own."""
        super().__init__(parent)
        self.path = path
        self._book = Bookkeeper(path, self.failed.emit)
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._unkept: SimpleQueue[CaseResult] = SimpleQueue()
        self._reopened: int | None = None
        self._thread = threading.Thread(target=self._run, name="mapafu-keeper", daemon=True)
        self._thread.start()

    def open(self) -> None:
        """Find the last session and the saved filters. A store that cannot be opened is told when it is needed."""
        self._work.put(self._find_last)

    def start_session(self, run: RunInfo, dropped: Sequence[Path], default_age: float | None = None) -> None:
        """Keep what is added from now on as a new session, whose films without an age are scored at this one."""
        self._reopened = None
        self._work.put(lambda: self._start_session(run, dropped, default_age))

    def add_dropped(self, dropped: Sequence[Path]) -> None:
        """Note that more was dropped on the session."""
        self._work.put(lambda: self._book.add_dropped(dropped))

    def end_session(self) -> None:
        """Note that the session is complete."""
        self._work.put(self._book.end_session)

    def forget_session(self) -> None:
        """Keep no more results of the session, which can be gone on with."""
        self._work.put(self._book.forget_session)

    def add(self, results: Sequence[CaseResult]) -> None:
        """Keep results; all that wait are written in one go, also those that it could not hand on before."""
        for result in results:
            self._unkept.put(result)
        self._work.put(self._keep_waiting)

    def reopen(self, session_id: int) -> None:
        """Read the results of a kept session, whose films can then be marked as if it were new."""
        self._reopened = session_id
        self._work.put(lambda: self._reopen(session_id))

    def go_on_with(self, session_id: int) -> None:
        """Keep what is added from now on as more of a session that was cut off."""
        self._work.put(lambda: self._go_on_with(session_id))

    def put_mark(self, kind: MarkKind, film_id: int, *, on: bool) -> None:
        """Mark a film, or take the mark away."""
        self._work.put(lambda: self._put_mark(kind, film_id, on))

    def choose_reader(self, initials: str) -> None:
        """Let the reader with these initials read from now on. They are 1 to 8 printable characters."""
        self._work.put(lambda: self._choose_reader(initials))

    def give_verdict(self, given: GivenVerdict) -> None:
        """Keep a verdict."""
        self._work.put(lambda: self.verdicts_told.emit(given.film_id, self._book.give(given)))

    def take_back_verdict(self, ticket: int) -> None:
        """Take back the verdict that was given with this ticket, where it was kept."""
        self._work.put(lambda: self._take_back(ticket))

    def tell_verdicts(self, film_id: int) -> None:
        """Ask what readers say of a film."""
        self._work.put(lambda: self.verdicts_told.emit(film_id, self._book.verdicts_on(film_id)))

    def note_opened(self, film_id: int, session_id: int) -> None:
        """Note in the audit log that a film of a session was shown."""
        self._work.put(lambda: self._book.note_opened(film_id, session_id))

    def find_earlier(self, film_id: int) -> None:
        """Ask for earlier films of the same patient."""
        self._work.put(lambda: self.earlier_found.emit(film_id, self._book.earlier(film_id)))

    def save_filter(self, name: str, row_filter: RowFilter) -> None:
        """Keep a filter under a name."""
        self._work.put(lambda: self._book.save_filter(name, row_filter))
        self._work.put(self._tell_filters)

    def delete_filter(self, name: str) -> None:
        """Forget a filter."""
        self._work.put(lambda: self._book.delete_filter(name))
        self._work.put(self._tell_filters)

    def keep_labels(self, session_id: int, labels: Mapping[str, bool]) -> None:
        """Keep labels known to be true for a session, by file, in place of those it had."""
        self._work.put(lambda: self.labels_kept.emit(session_id, self._book.keep_labels(session_id, labels)))

    def score_reading(self, session_id: int, points: PointsByAge | None, mode: ReadingMode | None) -> None:
        """Compare readers, model and labels of a session; `points` and `mode` as for `compare_session`."""
        self._work.put(lambda: self.reading_scored.emit(session_id, self._book.score_reading(session_id, points, mode)))

    def delete_film(self, film_id: int) -> None:
        """Delete a film from every session."""
        self._work.put(lambda: self.film_deleted.emit(film_id, self._book.delete_film(film_id)))

    def delete_patient(self, patient_key: str) -> None:
        """Delete every film of a patient."""
        self._work.put(lambda: self.patient_deleted.emit(patient_key, self._book.delete_patient(patient_key)))

    def delete_session(self, session_id: int) -> None:
        """Delete a session, which is read no further."""
        self._reopened = None
        self._work.put(lambda: self._delete_session(session_id))

    def back_up(self, file: Path) -> None:
        """Write the whole store to one file."""
        self._work.put(lambda: self._back_up(file))

    def restore(self, file: Path) -> None:
        """Go back to the store of a backup, and find its last session; where that fails, the present one's."""
        self._reopened = None
        self._work.put(lambda: self._restore(file))

    @property
    def working(self) -> bool:
        """Whether its thread is alive."""
        return self._thread.is_alive()

    def end(self) -> None:
        """Take no more work, and end the thread after what was asked."""
        self._reopened = None
        self._work.put(None)

    def close(self) -> None:
        """Wait, however long it takes, until all that was asked is done, and the thread has ended."""
        self.end()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (work := self._work.get()) is not None:
                try:
                    self._undamaged(work)
                except Exception as error:  # noqa: BLE001 -- one piece of work must not cost the next one its keeping
                    words = self.tr("Something you did just now was not kept. Look at it, and do it again.")
                    self._tell_failure(error, words)
        finally:
            self._book.close()

    def _tell_failure(self, error: Exception, unforeseen: str) -> None:
        """Say what an error has to say; of one that nobody foresaw, these words."""
        if isinstance(error, MapafuError):
            self.failed.emit(error.sentence)
        else:
            report_in_thread(error)
            self.failed.emit(unforeseen)

    def _undamaged(self, work: Callable[[], _Outcome]) -> _Outcome:
        """What comes of it, a second time where the store turned out to be damaged. Raises StoreError."""
        try:
            return work()
        except StoreDamagedError:
            self._book.salvage()
            return work()

    def _find_last(self) -> None:
        try:
            last = self._book.last_session()
        except StoreError:
            return  # nothing is lost yet: the first list that cannot be kept says why
        if last is not None:
            self.session_found.emit(last)
        self._tell_filters()
        self.readers_changed.emit(self._book.readers())

    def _start_session(self, run: RunInfo, dropped: Sequence[Path], default_age: float | None) -> None:
        self.session_changed.emit(None)
        self.session_changed.emit(self._book.start_session(run, dropped, default_age))

    def _go_on_with(self, session_id: int) -> None:
        try:
            self._undamaged(lambda: self._book.go_on_with(session_id))
        except StoreError:
            self.session_changed.emit(None)
            raise

    def _keep_waiting(self) -> None:
        results = take_all(self._unkept)
        if not results:
            return
        try:
            columns = self._undamaged(lambda: self._book.keep(results))
        except Exception as error:  # noqa: BLE001 -- whatever it was, the list is to have its films
            words = self.tr("The list is not kept from here on. Start Mapafu again, and go on with the last list.")
            self._tell_failure(error, words)
            columns = self._without_store(results)
        self.results_kept.emit(results, columns)

    def _without_store(self, results: Sequence[CaseResult]) -> KeyColumns:
        self._book.forget_session()
        self.session_changed.emit(None)
        try:
            return self._book.keep(results)
        except BaseException:  # whatever it was, they come with those that are added next
            for result in results:
                self._unkept.put(result)
            raise

    def _reopen(self, session_id: int) -> None:
        self.session_changed.emit(session_id)
        self._read_page(session_id, self._book.read(session_id))

    def _read_page(self, session_id: int, pages: Iterator[Page]) -> None:
        """Hand on a page and queue for the next one, so that a long list lets other work pass."""
        if self._reopened != session_id:
            return
        page = next(pages, None)
        if page is None:
            self.session_read.emit(session_id)
            return
        self.results_read.emit(session_id, *page)
        self._work.put(lambda: self._read_page(session_id, pages))

    def _put_mark(self, kind: MarkKind, film_id: int, on: bool) -> None:
        self._book.put_mark(kind, film_id, on=on)
        self.mark_put.emit(kind, film_id, on)

    def _choose_reader(self, initials: str) -> None:
        self.reader_chosen.emit(self._book.choose_reader(initials))
        self.readers_changed.emit(self._book.readers())

    def _take_back(self, ticket: int) -> None:
        taken_back = self._book.take_back(ticket)
        if taken_back is not None:
            self.verdicts_told.emit(*taken_back)

    def _delete_session(self, session_id: int) -> None:
        self.session_deleted.emit(session_id, self._book.delete_session(session_id))
        self.session_changed.emit(None)

    def _back_up(self, file: Path) -> None:
        self._book.back_up(file)
        self.backed_up.emit(file)

    def _restore(self, file: Path) -> None:
        self._work.put(self._find_last)
        restored = self._book.restore(file)
        self.session_changed.emit(None)
        self.restored.emit(restored)

    def _tell_filters(self) -> None:
        self.filters_changed.emit(self._book.filters())


def take_all(queue: SimpleQueue[_Item]) -> list[_Item]:
    """What waits in a queue, the first first."""
    taken = []
    try:
        while True:
            taken.append(queue.get_nowait())
    except Empty:
        return taken

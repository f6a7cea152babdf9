"""Joins the page of the classroom to the list: what it shows comes from the keeper's thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.actions import Actions
from desktop.classroom.label_reading import LabelReading
from desktop.classroom.page import ClassroomPage
from desktop.export import CsvExport
from desktop.keeper import Keeper
from desktop.list_session import ListSession
from desktop.verdicts.desk import VerdictDesk
from desktop.worklist.worklist import Worklist
from engine.results.reading_score import ReadingScore


class Classroom(QObject):
    """Opens the page, loads labels for the list, has it scored, and goes to the films that went wrong.

    A blind reading has no score before its reader's last verdict, whoever had one before and however late a score
    comes; then the page opens by itself. A film that is listed as gone wrong counts as seen by who reads.
    """

    def __init__(
        self,
        actions: Actions,
        worklist: Worklist,
        session: ListSession,
        keeper: Keeper,
        verdicts: VerdictDesk,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._verdicts = verdicts
        self._window = window
        self._page: ClassroomPage | None = None
        self._worklist, self._session, self._keeper = worklist, session, keeper
        self._labels_for: int | None = None
        self._reading = LabelReading(self)
        self._export = CsvExport(self)
        actions.classroom.triggered.connect(lambda _on: self.open())
        self._reading.labels_read.connect(self._keep_labels)
        self._reading.failed.connect(self._say)
        self._export.exported.connect(lambda path: self._say(self.tr("The figures are in {path}.").format(path=path)))
        self._export.failed.connect(self._say)
        keeper.labels_kept.connect(self._tell_labels)
        keeper.reading_scored.connect(self._show_score)
        keeper.failed.connect(self._say)
        keeper.session_changed.connect(self.refresh)
        keeper.session_read.connect(self.refresh)
        session.point_changed.connect(self.refresh)
        keeper.verdicts_told.connect(lambda _film, _entries: self.refresh())
        if session.screening is not None:
            session.screening.finished.connect(self.refresh)
        verdicts.blind.changed.connect(lambda _on: self.refresh())
        verdicts.reader_changed.connect(self.refresh)
        verdicts.blind_reading_completed.connect(lambda _reader: self.open())

    @property
    def page(self) -> ClassroomPage:
        """The page, which is made when one first looks at it."""
        if self._page is None:
            self._page = ClassroomPage(self._window)
            self._page.labels_chosen.connect(self._read_labels)
            self._page.score_wanted.connect(self.refresh)
            self._page.film_chosen.connect(self._go_to)
            self._page.table_wanted.connect(self._export.start_reading)
        return self._page

    def open(self) -> None:
        """Open the page, or bring it to the front, with the score as it is now."""
        self.page.say("")
        self.page.show()
        self.page.activateWindow()
        self.refresh()

    def refresh(self) -> None:
        """Score the list anew, where the page is open."""
        if self._page is None or not self._page.isVisible():
            return
        session_id = self._session.session_id
        if not self._may_show:
            self.page.show_nothing(
                self._what_is_left() + " " + self.tr("The score comes with your last verdict of this blind reading.")
            )
        elif session_id is None:
            self.page.show_nothing(
                self.tr("No list is kept here yet. Screen a folder of films, read them, and come back.")
            )
        else:
            self.page.set_reader(self._verdicts.reader.initials if self._verdicts.reader is not None else "")
            self._keeper.score_reading(session_id, self._session.points, self.page.mode)

    def close(self) -> None:
        """Close the page."""
        if self._page is not None:
            self._page.close()

    @property
    def _may_show(self) -> bool:
        """Whether a score gives nothing away now. While films come in, nobody knows how many are left."""
        return not self._verdicts.blind.on or not (self._session.busy or self._verdicts.blind_films_left)

    def _what_is_left(self) -> str:
        if self._session.busy:
            return self.tr("Films are still coming in.")
        left = self._verdicts.blind_films_left
        words = self.tr("1 film is left.") if left == 1 else self.tr("{count} films are left.")
        return words.format(count=left)

    def _read_labels(self, path: Path) -> None:
        self._labels_for = self._session.session_id
        if self._labels_for is not None:
            self.page.say(self.tr("Reading the labels…"))
            self._reading.read(path)

    def _keep_labels(self, labels: Mapping[str, bool]) -> None:
        if self._labels_for is not None and self._labels_for == self._session.session_id:
            self._keeper.keep_labels(self._labels_for, labels)

    def _tell_labels(self, session_id: int, films: int) -> None:
        if session_id != self._session.session_id:
            return
        if films:
            words = self.tr("1 film has a label now.") if films == 1 else self.tr("{count} films have a label now.")
            self.page.say(words.format(count=films))
        else:
            self.page.say(self.tr("None of these labels is about a film of this list. Choose those of its files."))
        self.refresh()

    def _show_score(self, session_id: int, score: ReadingScore) -> None:
        wanted = session_id == self._session.session_id and score.mode is self.page.mode
        if wanted and self._may_show and self.page.isVisible():
            self.page.show_score(score)
            self._verdicts.note_answers_seen([mistake.film_id for mistake in score.mistakes])

    def _say(self, sentence: str) -> None:
        if self._page is not None:
            self._page.say(sentence)

    def _go_to(self, case_index: int) -> None:
        """Choose a film in the list, and let go of a filter that hides it."""
        if self._worklist.model.row_of(case_index) is None:
            self._worklist.filter.clear()
        self._worklist.view.choose_case(case_index)

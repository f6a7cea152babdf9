"""Flags and read marks: put and taken away by a key, kept at once, and undone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop.actions import Actions
from desktop.bookkeeper import ReaderFilms
from desktop.keeper import Keeper
from desktop.worklist.worklist import Worklist
from engine.results.marks import MarkKind
from engine.screening.case import CaseResult, CaseStatus


class Marking(QObject):
    """Turns the keys of the list into marks of the chosen film, which are shown once they are kept.

    Attributes:
        history: What can be undone.
    """

    said = Signal(str)

    def __init__(self, actions: Actions, worklist: Worklist, keeper: Keeper, history: QUndoStack) -> None:
        super().__init__(worklist)
        self._actions, self._worklist, self._keeper, self.history = actions, worklist, keeper, history
        actions.next_unread.triggered.connect(lambda _on: self.go_to_next_unread())
        actions.flag.triggered.connect(lambda _on: self.turn(MarkKind.FLAG))
        actions.read.triggered.connect(lambda _on: self.turn(MarkKind.READ))
        keeper.mark_put.connect(self._show_mark)
        keeper.reader_chosen.connect(self._show_marks_of)
        worklist.case_chosen.connect(self._show_actions)
        # A button that has the focus is pressed by the space bar, as everywhere.
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._leave_space_to_buttons)
        self._show_actions(None)

    def turn(self, kind: MarkKind) -> None:
        """Put a mark on the chosen film, or take it away."""
        row = self._row()
        if row >= 0:
            self._put(kind, row, on=not self._worklist.model.has_mark(row, kind))

    def mark_read(self) -> None:
        """Mark the chosen film read."""
        row = self._row()
        if row >= 0 and not self._worklist.model.has_mark(row, MarkKind.READ):
            self._put(MarkKind.READ, row, on=True)

    def go_to_next_unread(self) -> None:
        """Mark the chosen film read, and choose the next one that is not.

        A film whose answer is hidden is not read before its reader gave a verdict.
        """
        model, row = self._worklist.model, self._row()
        result = model.result_at(row)
        if result is not None and result.status is not CaseStatus.PENDING:
            self.mark_read()
        following = model.next_unread(row)
        if following is None:
            self.said.emit(self.tr("Every film of this list is read."))
        else:
            self._worklist.view.choose_row(following)

    def _put(self, kind: MarkKind, row: int, *, on: bool) -> None:
        result = self._worklist.model.result_at(row)
        assert result is not None
        film_id = self._worklist.model.film_id_at(row)
        self.history.push(_MarkChange(self._keeper, self._worklist, kind, film_id, result.index, on))

    def _row(self) -> int:
        return self._worklist.view.currentIndex().row()

    def _show_mark(self, kind: MarkKind, film_id: int, on: bool) -> None:
        self._worklist.model.put_mark(kind, film_id, on=on)
        self._show_actions(self._worklist.view.chosen())

    def _show_marks_of(self, films: ReaderFilms) -> None:
        """Show what another reader has read."""
        self._worklist.model.put_read_marks(films.read)
        self._show_actions(self._worklist.view.chosen())

    def _show_actions(self, result: CaseResult | None) -> None:
        """Show in the menu whether the chosen film has the marks."""
        row = self._row()
        for action, kind in ((self._actions.flag, MarkKind.FLAG), (self._actions.read, MarkKind.READ)):
            action.setEnabled(result is not None)
            action.setChecked(result is not None and row >= 0 and self._worklist.model.has_mark(row, kind))

    def _leave_space_to_buttons(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._actions.next_unread.setEnabled(not isinstance(now, QAbstractButton))


class _MarkChange(QUndoCommand):
    """One mark put or taken away. Undoing it also goes back to its film."""

    def __init__(
        self, keeper: Keeper, worklist: Worklist, kind: MarkKind, film_id: int, case_index: int, on: bool
    ) -> None:
        super().__init__()
        self._keeper, self._worklist = keeper, worklist
        self._kind, self._film_id, self._case_index, self._on = kind, film_id, case_index, on

    def redo(self) -> None:
        """Put the mark, also for the first time."""
        self._keeper.put_mark(self._kind, self._film_id, on=self._on)

    def undo(self) -> None:
        """Take it back."""
        self._keeper.put_mark(self._kind, self._film_id, on=not self._on)
        self._worklist.view.choose_case(self._case_index)

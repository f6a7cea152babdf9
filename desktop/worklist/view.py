"""The table on screen. It never jumps under the hand: the row one is at stays where it is as others come."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.worklist.columns import ANSWERS, Column, usual_band_words
from desktop.worklist.delegate import ROW_HEIGHT, RowDelegate
from desktop.worklist.header import WorklistHeader
from desktop.worklist.model import WorklistModel
from engine.screening.case import CaseResult

_ROOM_FOR = {Column.AGE: 300, Column.VIEW: 360, Column.ACQUIRED: 480, Column.REASON: 720}
_WIDEST = {
    Column.PROBABILITY: ">0.99",
    Column.VIEW: "View",
    Column.AGE: "18 mo",
    Column.ACQUIRED: "88/88/8888",
}
_PADDING = {Column.BAND: 44, Column.PROBABILITY: 16, Column.VIEW: 16, Column.AGE: 16, Column.ACQUIRED: 16}
_MARKS_WIDTH = 34


class WorklistView(QTableView):
    """Shows the model, one chosen row at a time."""

    case_chosen = Signal(object)

    def __init__(self, model: WorklistModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: int | None = None
        self._told: CaseResult | None = None
        self._anchor: tuple[int, int] | None = None
        self._blind = False
        self.setObjectName("worklist")
        self.setAccessibleName(self.tr("Work list"))
        self.setModel(model)
        self.setItemDelegate(RowDelegate(model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self._set_up_headers()
        self.sortByColumn(Column.BAND, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        model.layoutAboutToBeChanged.connect(self._remember_place)
        model.layoutChanged.connect(self._restore_place)
        model.modelAboutToBeReset.connect(self._remember_place)
        model.modelReset.connect(self._restore_choice)
        self.selectionModel().currentRowChanged.connect(self._tell)

    def choose_row(self, row: int) -> None:
        """Choose a row and bring it into sight; nothing happens beyond the ends."""
        if 0 <= row < self._model.rowCount():
            index = self._model.index(row, Column.FILE)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(index, flags)
            self.scrollTo(index)

    def choose_next(self) -> None:
        """Choose the row below, or the first where none is chosen."""
        self.choose_row(self.currentIndex().row() + 1)

    def choose_previous(self) -> None:
        """Choose the row above."""
        self.choose_row(self.currentIndex().row() - 1)

    def chosen(self) -> CaseResult | None:
        """The chosen row's result."""
        return self._model.result_at(self.currentIndex().row())

    def neighbours(self) -> list[CaseResult]:
        """The results one may go to next: the one below the chosen, and the one above."""
        row = self.currentIndex().row()
        beside = (self._model.result_at(row + 1), self._model.result_at(row - 1))
        return [result for result in beside if result is not None]

    def forget_choice(self) -> None:
        """Choose nothing, for a new list."""
        self._chosen = None
        self.selectionModel().clear()

    def choose_case(self, case_index: int) -> None:
        """Choose the row of a film; nothing happens where the filter hides it."""
        row = self._model.row_of(case_index)
        if row is not None:
            self.choose_row(row)

    def set_blind(self, on: bool) -> None:
        """Take away the columns that give answers, or bring them back, with the rows in their first order."""
        self._blind = on
        self._show_columns()
        self.sortByColumn(Column.BAND, Qt.SortOrder.AscendingOrder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave letters to the window: they are keys of the reading room, not a search by first letter."""
        if event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Leave letters to the window."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the names: other columns show where there is room for them too."""
        super().resizeEvent(event)
        self._show_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or say that the filter hides them all."""
        super().paintEvent(event)
        if self._model.total and not self._model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            area = self.viewport().rect().adjusted(16, 24, -16, 0)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            words = self.tr("No film is like that. “Show all films” in the menu beside the search brings them back.")
            painter.drawText(area, int(flags), words)
            painter.end()

    def _show_columns(self) -> None:
        for column in Column:
            hidden = self._blind and column in ANSWERS
            self.setColumnHidden(column, hidden or self.viewport().width() < _ROOM_FOR.get(column, 0))

    def _set_up_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = WorklistHeader(self)
        self.setHorizontalHeader(header)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(Column.FILE, QHeaderView.ResizeMode.Stretch)
        widest = {Column.BAND: max(usual_band_words(), key=self.fontMetrics().horizontalAdvance), **_WIDEST}
        for column, sample in widest.items():
            self.setColumnWidth(column, self.fontMetrics().horizontalAdvance(sample) + _PADDING[column])
        self.setColumnWidth(Column.MARKS, _MARKS_WIDTH)
        self.setColumnWidth(Column.REASON, 280)

    def _tell(self, current: QModelIndex) -> None:
        result = self._model.result_at(current.row())
        if result is not None:
            self._chosen = result.index
        if result is not self._told:
            self._told = result
            self.case_chosen.emit(result)

    def _remember_place(self) -> None:
        """Note a film and how high its row stands: the chosen one if it is in sight, else the topmost."""
        self._anchor = None
        current = self.currentIndex()
        in_sight = current.isValid() and self.viewport().rect().intersects(self.visualRect(current))
        if not in_sight:
            if self.verticalScrollBar().value() == 0:
                return
            current = self.indexAt(self.viewport().rect().topLeft())
        result = self._model.result_at(current.row())
        if result is not None:
            self._anchor = result.index, self.visualRect(current).top()

    def _restore_place(self) -> None:
        anchor, self._anchor = self._anchor, None
        row = self._model.row_of(anchor[0]) if anchor is not None else None
        if anchor is not None and row is not None:
            self.executeDelayedItemsLayout()  # the scroll bar's range grows with the rows
            self.verticalScrollBar().setValue(row * ROW_HEIGHT - anchor[1])
        self._tell(self.currentIndex())

    def _restore_choice(self) -> None:
        anchored = self._anchor is not None and self._model.row_of(self._anchor[0]) is not None
        row = self._model.row_of(self._chosen) if self._chosen is not None else None
        if row is None:
            self._tell(QModelIndex())
        elif anchored:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().setCurrentIndex(self._model.index(row, Column.FILE), flags)
        else:
            self.choose_row(row)
        self._restore_place()

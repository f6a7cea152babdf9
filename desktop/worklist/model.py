"""The results of a list as a table that Qt can show: filled while films come in, sorted and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from desktop.marks import Mark
from desktop.plain import plain_tip
from desktop.worklist.columns import Column, long_name, short_name, shown_text, sort_key, title
from engine.model.card import OperatingPoint
from engine.screening.case import CaseResult

SORT_ROLE = Qt.ItemDataRole.UserRole + 1
RESULT_ROLE = Qt.ItemDataRole.UserRole + 2

# Sorting in here, rather than by a proxy that asks for two cells per comparison, keeps a list of ten thousand
# films quick; new rows wait at the end for the next sorting, at most two a second.
_SORT_MS = 500
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NUMBERS = (Column.PROBABILITY, Column.AGE)

_Index = QModelIndex | QPersistentModelIndex


class WorklistModel(QAbstractTableModel):
    """Holds the results in discovery order, and shows those that pass the filter in the order asked for."""

    counts_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._results: list[CaseResult] = []
        self._shown: list[int] = []
        self._counts: Counter[Mark] = Counter()
        self._names: Counter[str] = Counter()
        self._column = Column.BAND
        self._descending = False
        self._search = ""
        self._mark: Mark | None = None
        self._sort_timer = QTimer(self)
        self._sort_timer.setSingleShot(True)
        self._sort_timer.setInterval(_SORT_MS)
        self._sort_timer.timeout.connect(self.sort_now)

    @property
    def results(self) -> Sequence[CaseResult]:
        """Every result, in discovery order, whatever is filtered."""
        return self._results

    @property
    def counts(self) -> Counter[Mark]:
        """How many results have each mark, whatever is filtered."""
        return self._counts

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many results pass the filter."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """The number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows, sorts by or says aloud."""
        if not index.isValid():
            return None
        result, column = self._results[self._shown[index.row()]], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole if column is Column.FILE and self._names[short_name(result.file)] > 1:
                return long_name(result.file)
            case Qt.ItemDataRole.DisplayRole:
                return shown_text(result, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in _NUMBERS else None
            case Qt.ItemDataRole.ToolTipRole:
                tips = {Column.FILE: result.file, Column.BAND: shown_text(result, Column.REASON)}
                return plain_tip(tips.get(column, ""))
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title(column)}: {shown_text(result, column)}"
        if role == SORT_ROLE:
            return sort_key(result, column)
        return result if role == RESULT_ROLE else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' headings."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return title(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole and Column(section) in _NUMBERS:
            return _RIGHT
        return None

    def result_at(self, row: int) -> CaseResult | None:
        """The result shown in a row."""
        return self._results[self._shown[row]] if 0 <= row < len(self._shown) else None

    def row_of(self, case_index: int) -> int | None:
        """The row that shows the result with this index, or None where the filter hides it."""
        rows = (row for row, place in enumerate(self._shown) if self._results[place].index == case_index)
        return next(rows, None)

    def clear(self) -> None:
        """Empty the list."""
        self.beginResetModel()
        self._results, self._shown, self._counts, self._names = [], [], Counter(), Counter()
        self.endResetModel()
        self.counts_changed.emit()

    def add(self, results: Sequence[CaseResult]) -> None:
        """Add results; they are put in order within half a second."""
        first = len(self._results)
        fitting = [first + place for place, result in enumerate(results) if self._fits(result)]
        if fitting:
            row = len(self._shown)
            self.beginInsertRows(QModelIndex(), row, row + len(fitting) - 1)
        self._results.extend(results)
        self._shown.extend(fitting)
        if fitting:
            self.endInsertRows()
        self._counts.update(Mark.of(result) for result in results)
        self._names.update(short_name(result.file) for result in results)
        self.counts_changed.emit()
        if fitting and not self._sort_timer.isActive():
            self._sort_timer.start()

    def judge_at(self, point: OperatingPoint) -> None:
        """Give every scored film the band it has at another operating point."""
        self._results = [result.judged_at(point) for result in self._results]
        self._counts = Counter(Mark.of(result) for result in self._results)
        self._filter()
        self.counts_changed.emit()

    def set_search(self, words: str) -> None:
        """Show only files whose name holds these words."""
        self._search = words.strip().casefold()
        self._filter()

    def set_mark(self, mark: Mark | None) -> None:
        """Show only films with this mark; None shows all."""
        self._mark = mark
        self._filter()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now."""
        self._column = Column(column) if 0 <= column < len(Column) else Column.BAND
        self._descending = order is Qt.SortOrder.DescendingOrder
        self.sort_now()

    def sort_now(self) -> None:
        """Put the rows in order; what is selected stays selected."""
        self._sort_timer.stop()
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [self._shown[index.row()] for index in before]
        self._shown = self._ordered(self._shown)
        row_of = {place: row for row, place in enumerate(self._shown)}
        after = [self.index(row_of[place], index.column()) for place, index in zip(places, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _filter(self) -> None:
        self._sort_timer.stop()
        self.beginResetModel()
        fitting = [place for place, result in enumerate(self._results) if self._fits(result)]
        self._shown = self._ordered(fitting)
        self.endResetModel()

    def _fits(self, result: CaseResult) -> bool:
        if self._mark is not None and Mark.of(result) is not self._mark:
            return False
        return self._search in result.file.casefold()

    def _ordered(self, places: Sequence[int]) -> list[int]:
        keys = {place: sort_key(self._results[place], self._column) for place in places}
        known = [place for place in places if keys[place] is not None]
        unknown = sorted(place for place in places if keys[place] is None)
        known.sort()

        def key_of(place: int) -> Any:
            return keys[place]

        known.sort(key=key_of, reverse=self._descending)
        return known + unknown

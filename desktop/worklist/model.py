"""The results of a list as a table that Qt can show: filled while films come in, sorted and filtered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
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
from desktop.worklist.columns import ANSWERS, NUMBERS, Column, marks_text, shown_text, sorted_by, title
from desktop.worklist.rows import ListRows
from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.results.columns import KeyColumns, RowFilter, SortBy
from engine.results.marks import MarkKind
from engine.screening.case import Band, CaseResult, CaseStatus

_REFRESH_MS = 500  # the list is put in order at most twice a second while films come in
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_HIGHEST_FIRST = (Column.PROBABILITY, Column.ACQUIRED)
_HIDDEN = -1
_NO_ROWS: NDArray[np.intp] = np.empty(0, dtype=np.intp)
_REASONS = tuple(Reason)

_Index = QModelIndex | QPersistentModelIndex


class WorklistModel(QAbstractTableModel):
    """Holds the results in discovery order, and shows those that pass the filter in the order asked for.

    What rows are sorted and filtered by lies in arrays (`KeyColumns`), so that a hundred thousand rows are put in
    order before one notices; a proxy that asks Python about two cells at a time would take minutes.

    Where answers are hidden, everyone who asks for a row's result gets it without its answer, so that there is nothing
    to show; and what would be sorted by an answer is in the order of discovery.
    """

    counts_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._column = Column.BAND
        self._descending = False
        self._by_study = False
        self._filter = RowFilter()
        self._answered: Collection[int] | None = None
        self._answers_shown: set[int] = set()
        self._rows = ListRows(None)
        self._shown: NDArray[np.intp] = _NO_ROWS  # the place of each row
        self._row_of: NDArray[np.intp] = _NO_ROWS  # the row of each place
        self._held: int | None = None
        self._needs_refresh = False
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh_if_needed)

    @property
    def results(self) -> Sequence[CaseResult]:
        """Every result, in discovery order, whatever is filtered and whatever is hidden."""
        return [self._rows.whole(place) for place in range(len(self._rows))]

    @property
    def total(self) -> int:
        """How many results there are, whatever is filtered."""
        return len(self._rows)

    @property
    def counts(self) -> Mapping[Mark, int]:
        """How many results have each mark, whatever is filtered."""
        counted = self._rows.columns.counts()
        scored = {Mark.of_band(band): counted[band] for band in Band}
        return scored | {Mark.NOT_SCORED: counted[CaseStatus.REJECTED] + counted[CaseStatus.FAILED]}

    @property
    def reasons(self) -> Mapping[Reason, int]:
        """How many results have each reason, the most frequent one first."""
        reason = self._rows.columns.reason
        codes, counts = np.unique(reason[reason >= 0], return_counts=True)
        return {_REASONS[codes[place]]: int(counts[place]) for place in np.argsort(-counts, kind="stable")}

    @property
    def readable_films(self) -> frozenset[int]:
        """The films that a reader can look at, by their number in the store."""
        columns = self._rows.columns
        return frozenset(columns.film_id[~columns.has_status(CaseStatus.FAILED)].tolist())

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many results pass the filter."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """The number of columns."""
        return 0 if parent.isValid() else len(Column)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows or says aloud."""
        if not index.isValid():
            return None
        row, place = index.row(), self._shown[index.row()]
        result, column = self._rows.result(place), Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in NUMBERS else None
            case Qt.ItemDataRole.ToolTipRole:
                tips = {
                    Column.FILE: result.file,
                    Column.BAND: shown_text(result, Column.REASON) or shown_text(result, Column.BAND),
                    Column.MARKS: self._marks_text(place),
                }
                return plain_tip(tips.get(column, ""))
            case Qt.ItemDataRole.AccessibleTextRole if column is Column.MARKS:
                return f"{title(column)}: {self._marks_text(place)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title(column)}: {shown_text(result, column)}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' headings, and which way each is sorted first."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title(column)
            case Qt.ItemDataRole.ToolTipRole if column is Column.MARKS:
                return plain_tip(title(column))
            case Qt.ItemDataRole.TextAlignmentRole if column in NUMBERS:
                return _RIGHT
            case Qt.ItemDataRole.InitialSortOrderRole if column in _HIGHEST_FIRST:
                return Qt.SortOrder.DescendingOrder
        return None

    def result_at(self, row: int) -> CaseResult | None:
        """The result shown in a row."""
        return self._rows.result(self._shown[row]) if 0 <= row < len(self._shown) else None

    def text(self, row: int, column: Column) -> str:
        """What a cell shows."""
        place = self._shown[row]
        return self._rows.name(place) if column is Column.FILE else shown_text(self._rows.result(place), column)

    def continues_study(self, row: int) -> bool:
        """Whether films of one study stand together, and the film of this row is of the study of the one above."""
        if not self._by_study or not 0 < row < len(self._shown):
            return False
        studies = self._rows.columns.studies
        study = studies[self._shown[row]]
        return study is not None and studies[self._shown[row - 1]] == study

    def row_of(self, case_index: int) -> int | None:
        """The row that shows the result with this index, or None where the filter hides it."""
        place = self._rows.place_of(case_index)
        if place is None or place >= len(self._row_of) or self._row_of[place] == _HIDDEN:
            return None
        return int(self._row_of[place])

    def file_of(self, film_id: int) -> str:
        """The name in tables of a film, by its number in the store; empty where the list does not have it."""
        places = np.flatnonzero(self._rows.columns.film_id == film_id)
        return self._rows.columns.files[places[0]] if len(places) else ""

    def films_of_patient(self, patient_key: str) -> set[int]:
        """The films of a patient in the list, by their number in the store."""
        keys = self._rows.columns.patient_keys
        places = [place for place, key in enumerate(keys) if key == patient_key]
        return set(self._rows.columns.film_id[places].tolist())

    def film_id_at(self, row: int) -> int:
        """The store's number of the film shown in a row; below zero for one that it does not know."""
        return int(self._rows.columns.film_id[self._shown[row]])

    def has_mark(self, row: int, kind: MarkKind) -> bool:
        """Whether the film shown in a row has a mark."""
        columns, place = self._rows.columns, self._shown[row]
        return bool((columns.read if kind is MarkKind.READ else columns.flagged)[place])

    def note_answer_shown(self, row: int) -> None:
        """Remember that the answer of the film in a row was on the screen."""
        if self._answered is None or self.film_id_at(row) in self._answered:
            self._answers_shown.add(self.film_id_at(row))

    def take_answers_shown(self) -> set[int]:
        """The films whose answers were on the screen since this was last asked."""
        taken, self._answers_shown = self._answers_shown, set()
        return taken

    def next_unread(self, row: int) -> int | None:
        """The next row below whose film is unread, or else the first one above; None where there is no other."""
        unread = np.flatnonzero(~self._rows.columns.read[self._shown])
        unread = unread[unread != row]
        below = unread[unread > row]
        return int(below[0]) if len(below) else int(unread[0]) if len(unread) else None

    def clear(self, points: PointsByAge | None = None) -> None:
        """Empty the list. The bands of the next one are those at `points`, or as its films were scored."""
        self.beginResetModel()
        self._rows = ListRows(points, self._answered)
        self._shown = self._row_of = _NO_ROWS
        self._held = None
        self.endResetModel()
        self.counts_changed.emit()

    def add(self, results: Sequence[CaseResult], columns: KeyColumns | None = None) -> None:
        """Add results; they appear in their order within half a second.

        Args:
            results: With indices that no result of the list has.
            columns: What these results are sorted by, as the store knows them. By default they are unread, without
                a flag and of films that no store knows.
        """
        if columns is None:
            columns = KeyColumns.of_results(results, [-1 - result.index for result in results])
        self._rows.add(results, columns)
        self._refresh_soon()

    def remove(self, film_ids: Collection[int]) -> None:
        """Take every row of these films out of the list, now."""
        self.beginResetModel()
        self._held = None
        self._rows.remove(film_ids)
        self._needs_refresh = False
        self._shown = self._chosen_places()
        self._row_of = self._rows_of(self._shown)
        self.endResetModel()
        self.counts_changed.emit()

    def judge_at(self, points: PointsByAge) -> None:
        """Give every scored film, also those to come, the band it has at an operating point."""
        self._rows.judge_at(points)
        self.refresh()

    def put_mark(self, kind: MarkKind, film_id: int, *, on: bool) -> None:
        """Show a mark on every row of a film, or show it no more."""
        self._rows.put_mark(kind, film_id, on=on)
        rows = self._row_of[np.flatnonzero(self._rows.columns.film_id[: len(self._row_of)] == film_id)]
        for row in rows[rows != _HIDDEN].tolist():
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))
        if self._marks_matter:
            self._refresh_soon()

    def put_read_marks(self, film_ids: Collection[int]) -> None:
        """Show these films as read, and no others, for another reader."""
        self._rows.put_read_marks(film_ids)
        self._refresh_all()

    def hide_answers(self, shown: Collection[int] | None) -> None:
        """Show the answers only of these films, by their number in the store; with None of all."""
        self._answered = shown
        self._rows.hide_answers(shown)
        self._refresh_all()

    def hold(self, case_index: int) -> None:
        """Keep the row of this film where it is seen: a mark that one puts on it does not make it go."""
        self._held = self._rows.place_of(case_index)
        if self._marks_matter:
            self._refresh_soon()

    def set_filter(self, row_filter: RowFilter) -> None:
        """Show only rows that pass; the film held on to, too, goes where it does not."""
        held, self._held = self._held, None
        self._filter = row_filter
        self.refresh()
        if held is not None and self._row_of[held] != _HIDDEN:
            self._held = held

    def group_by_study(self, on: bool) -> None:
        """Show the films of one study one after another."""
        self._by_study = on
        self.refresh()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, now."""
        wished = Column(column) if 0 <= column < len(Column) else Column.BAND
        descending = order is Qt.SortOrder.DescendingOrder
        if (wished, descending) != (self._column, self._descending):  # the view asks twice for each click
            self._column, self._descending = wished, descending
            self.refresh()

    def refresh(self) -> None:
        """Take in the results that came, and put the rows in order, now; what is selected stays selected."""
        self._needs_refresh = False
        self._rows.take_in()
        chosen = self._chosen_places()
        row_of = self._rows_of(chosen)
        if (row_of[self._shown] == _HIDDEN).any():
            self.beginResetModel()
            self._shown, self._row_of = chosen, row_of
            self.endResetModel()
        else:
            self._insert(chosen)
            self._put_in_order(chosen, row_of)
        self.counts_changed.emit()

    def _refresh_all(self) -> None:
        self.refresh()
        if len(self._shown):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(Column) - 1))

    def _refresh_soon(self) -> None:
        """Refresh, at once where the last time is long ago."""
        self._needs_refresh = True
        if not self._refresh_timer.isActive():
            self._refresh_if_needed()

    def _refresh_if_needed(self) -> None:
        if self._needs_refresh:
            self.refresh()
            self._refresh_timer.start()

    def _chosen_places(self) -> NDArray[np.intp]:
        """The place of each row to be shown, in order."""
        columns, held = self._rows.columns, self._held
        passes = columns.passing(self._filter)
        if held is not None and held < len(self._row_of) and self._row_of[held] != _HIDDEN and not passes[held]:
            passes[held] = columns.passing(replace(self._filter, read=None, flagged=None))[held]
        hidden = self._answered is not None and self._column in ANSWERS
        order = columns.order(SortBy.FOUND if hidden else sorted_by(self._column), descending=self._descending)
        chosen: NDArray[np.intp] = order[passes[order]]
        return columns.by_study(chosen) if self._by_study else chosen

    def _rows_of(self, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
        """The row of each place, where these places are shown."""
        row_of = np.full(len(self._rows.columns), _HIDDEN, dtype=np.intp)
        row_of[chosen] = np.arange(len(chosen))
        return row_of

    def _insert(self, chosen: NDArray[np.intp]) -> None:
        """Put those that are not shown yet at the end."""
        known = np.zeros(len(self._rows.columns), dtype=np.bool_)
        known[self._shown] = True
        new = chosen[~known[chosen]]
        if len(new):
            self.beginInsertRows(QModelIndex(), len(self._shown), len(chosen) - 1)
            self._shown = np.concatenate((self._shown, new))
            self.endInsertRows()

    def _put_in_order(self, chosen: NDArray[np.intp], row_of: NDArray[np.intp]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        after = [self.index(int(row_of[self._shown[index.row()]]), index.column()) for index in before]
        self._shown, self._row_of = chosen, row_of
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    @property
    def _marks_matter(self) -> bool:
        filtered = self._filter.read is not None or self._filter.flagged is not None
        return filtered or self._column is Column.MARKS

    def _marks_text(self, place: int) -> str:
        columns = self._rows.columns
        return marks_text(read=bool(columns.read[place]), flagged=bool(columns.flagged[place]))

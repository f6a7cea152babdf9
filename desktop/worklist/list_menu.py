"""The menu of the list: what to show of it, in which order, and filters that were saved under a name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QInputDialog, QMenu

from desktop.actions import Actions
from desktop.keeper import Keeper
from desktop.plain import without_key
from desktop.words import short_reason
from desktop.worklist.columns import ANSWERS, Column, title
from desktop.worklist.filter_words import filter_words
from desktop.worklist.worklist import Worklist
from engine.reasons import Reason
from engine.results.columns import RowFilter


class ListMenu(QObject):
    """Joins the items of the menu with the list and its filter."""

    def __init__(self, actions: Actions, worklist: Worklist, keeper: Keeper) -> None:
        super().__init__(worklist)
        self._actions, self._worklist, self._keeper = actions, worklist, keeper
        self._filter = worklist.filter
        self._orders: dict[Column, QAction] = {}
        actions.unread_only.triggered.connect(lambda on: self._filter.change(read=False if on else None))
        actions.read_only.triggered.connect(lambda on: self._filter.change(read=True if on else None))
        actions.flagged_only.triggered.connect(lambda on: self._filter.change(flagged=True if on else None))
        actions.show_all.triggered.connect(lambda _on: self._filter.clear())
        actions.group_by_study.toggled.connect(worklist.model.group_by_study)
        actions.save_filter.triggered.connect(lambda _on: self._ask_name())
        actions.reasons_menu.aboutToShow.connect(self._fill_reasons)
        self._add_orders()
        self._filter.changed.connect(self._show_filter)
        keeper.filters_changed.connect(self._show_saved)
        self._show_filter(self._filter.rows)
        self._show_saved({})
        worklist.set_menu(actions.list_menu)

    def set_blind(self, on: bool) -> None:
        """Offer nothing that sorts or filters by an answer."""
        for column in ANSWERS - {Column.BAND}:
            self._orders[column].setVisible(not on)
        self._orders[Column.BAND].setText(self.tr("As found") if on else title(Column.BAND))
        self._actions.reasons_menu.menuAction().setVisible(not on)

    def _show_filter(self, rows: RowFilter) -> None:
        self._actions.unread_only.setChecked(rows.read is False)
        self._actions.read_only.setChecked(rows.read is True)
        self._actions.flagged_only.setChecked(rows.flagged is True)
        for action in (self._actions.show_all, self._actions.save_filter):
            action.setEnabled(rows != RowFilter())

    def _add_orders(self) -> None:
        group = QActionGroup(self)
        header = self._worklist.view.horizontalHeader()
        for column in Column:
            name = f"order_{column.name.lower()}"
            action = self._actions.make(self._actions.order_menu, name, title(column), checkable=True)
            action.triggered.connect(lambda _on=False, column=column: self._sort_by(column))
            group.addAction(action)
            self._orders[column] = action
        header.sortIndicatorChanged.connect(lambda column, _order: self._orders[Column(column)].setChecked(True))
        self._orders[Column(header.sortIndicatorSection())].setChecked(True)

    def _sort_by(self, column: Column) -> None:
        """Sort by a column, or the other way round where it is that one already."""
        header = self._worklist.view.horizontalHeader()
        first = self._worklist.model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.InitialSortOrderRole)
        order = first or Qt.SortOrder.AscendingOrder
        if header.sortIndicatorSection() == column:
            falling = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            order = Qt.SortOrder.AscendingOrder if falling else Qt.SortOrder.DescendingOrder
        self._worklist.view.sortByColumn(column, order)

    def _fill_reasons(self) -> None:
        menu, chosen = self._actions.reasons_menu, self._filter.rows.reasons
        menu.clear()
        for reason, count in self._worklist.model.reasons.items():
            action = menu.addAction(f"{short_reason(reason)}  ({count})")
            action.setCheckable(True)
            action.setChecked(reason in chosen)
            action.triggered.connect(lambda on, reason=reason: self._choose_reason(reason, on))
        _say_if_empty(menu, self.tr("Every film has a score"))

    def _choose_reason(self, reason: Reason, on: bool) -> None:
        reasons = self._filter.rows.reasons
        self._filter.change(reasons=reasons | {reason} if on else reasons - {reason})

    def _show_saved(self, saved: Mapping[str, RowFilter]) -> None:
        saved_menu, forget_menu = self._actions.saved_menu, self._actions.forget_menu
        saved_menu.clear()
        forget_menu.clear()
        for name, rows in saved.items():
            words = without_key(name)
            use, forget = saved_menu.addAction(words), forget_menu.addAction(words)
            use.triggered.connect(lambda _on=False, rows=rows: self._filter.set_rows(rows))
            forget.triggered.connect(lambda _on=False, name=name: self._keeper.delete_filter(name))
        _say_if_empty(saved_menu, self.tr("None yet"))
        forget_menu.setEnabled(bool(saved))

    def _ask_name(self) -> None:
        rows = self._filter.rows
        name, chosen = QInputDialog.getText(
            self._worklist.window(), self.tr("Save the filter"), self.tr("Name"), text=filter_words(rows)
        )
        if chosen and name.strip():
            self._keeper.save_filter(name.strip(), rows)


def _say_if_empty(menu: QMenu, words: str) -> None:
    if menu.isEmpty():
        menu.addAction(words).setEnabled(False)

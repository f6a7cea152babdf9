"""The left side of the reading room: counts, search, and the list."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop.plain import plain_tip
from desktop.worklist.counts import BandCounts
from desktop.worklist.filter_words import menu_words
from desktop.worklist.list_filter import ListFilter
from desktop.worklist.model import WorklistModel
from desktop.worklist.view import WorklistView
from engine.model.card import PointsByAge
from engine.results.columns import KeyColumns, RowFilter
from engine.screening.case import CaseResult

_MENU_SHARE = 0.42


class Worklist(QWidget):
    """The work list with what one narrows it by."""

    case_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("worklistPanel")
        self.model = WorklistModel(self)
        self.view = WorklistView(self.model)
        self._blind = False
        self.filter = ListFilter(self)
        self.counts = BandCounts(self.filter)
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setAccessibleName(self.tr("Search by file or patient key"))
        self.search.setPlaceholderText(self.tr("File or patient key…"))
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)  # films dropped here are for the window
        self._menu_button = QToolButton()
        self._menu_button.setObjectName("filterButton")
        self._menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu_button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self._connect()
        self._show_filter(self.filter.rows)

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu beside the search."""
        self._menu_button.setMenu(menu)

    def start_new(self, points: PointsByAge | None = None) -> None:
        """Empty the list and show everything that will come, with its bands at `points` or as it was scored."""
        self.view.forget_choice()
        self.filter.clear()
        self.model.clear(points)

    def add(self, results: Sequence[CaseResult], columns: KeyColumns | None = None) -> None:
        """Add results as they come, with what they are sorted by where the store knows it."""
        self.model.add(results, columns)

    def settle(self) -> None:
        """Put the list in order, and choose its head where nothing is chosen yet."""
        self.model.refresh()
        if self.view.chosen() is None:
            self.view.choose_row(0)

    def judge_at(self, points: PointsByAge) -> None:
        """Show every film's band at another operating point."""
        self.model.judge_at(points)

    def set_blind(self, on: bool, shown: Collection[int] = ()) -> None:
        """Hide the answers of all films but those in `shown`, and whatever counts, sorts or filters by answers."""
        self._blind = on
        self.filter.set_blind(on)
        self.counts.setVisible(not on)
        self.model.hide_answers(shown if on else None)
        self.view.set_blind(on)

    def start_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.setFocus()
        self.search.selectAll()

    def _lay_out(self) -> None:
        search_row = QHBoxLayout()
        search_row.setContentsMargins(8, 8, 8, 8)
        search_row.setSpacing(4)
        search_row.addWidget(self.search, 1)
        search_row.addWidget(self._menu_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.counts)
        layout.addLayout(search_row)
        layout.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda words: self.filter.change(search=words))
        self.search.returnPressed.connect(self._leave_search)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._cancel_search)
        self.filter.changed.connect(self._show_filter)
        self.filter.changed.connect(self.model.set_filter)
        self.model.counts_changed.connect(lambda: self.counts.show_counts({} if self._blind else self.model.counts))
        self.view.case_chosen.connect(self._hold)
        self.view.case_chosen.connect(self.case_chosen)

    def _show_filter(self, rows: RowFilter) -> None:
        if self.search.text() != rows.search:
            self.search.setText(rows.search)
        words = menu_words(rows)
        self._menu_button.setProperty("lit", words != menu_words(RowFilter()))
        self._menu_button.style().polish(self._menu_button)
        self._menu_button.setToolTip(plain_tip(words))
        self._menu_button.setAccessibleName(self.tr("Filter: {words}").format(words=words))
        room = int(self.view.width() * _MENU_SHARE)
        self._menu_button.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(96, room)))

    def _hold(self, result: CaseResult | None) -> None:
        if result is not None:
            self.model.hold(result.index)

    def _leave_search(self) -> None:
        self.view.setFocus()
        if self.view.chosen() is None:
            self.view.choose_row(0)

    def _cancel_search(self) -> None:
        self.search.clear()
        self.view.setFocus()

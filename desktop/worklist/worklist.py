"""The left side of the reading room: counts, search, and the list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.worklist.counts import BandCounts
from desktop.worklist.model import WorklistModel
from desktop.worklist.view import WorklistView
from engine.model.card import OperatingPoint
from engine.screening.case import CaseResult


class Worklist(QWidget):
    """The work list with what one narrows it by."""

    case_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("worklistPanel")
        self.model = WorklistModel(self)
        self.view = WorklistView(self.model)
        self.counts = BandCounts()
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setAccessibleName(self.tr("Search by file name"))
        self.search.setPlaceholderText(self.tr("Search by file name"))
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)  # films dropped here are for the window
        search_row = QHBoxLayout()
        search_row.setContentsMargins(8, 8, 8, 8)
        search_row.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.counts)
        layout.addLayout(search_row)
        layout.addWidget(self.view, 1)
        self.search.textChanged.connect(self.model.set_search)
        self.search.returnPressed.connect(self.view.setFocus)
        self.counts.mark_chosen.connect(self.model.set_mark)
        self.model.counts_changed.connect(lambda: self.counts.show_counts(self.model.counts))
        self.view.case_chosen.connect(self.case_chosen)

    def start_new(self) -> None:
        """Empty the list and show everything that will come."""
        self.view.forget_choice()
        self.search.clear()
        self.counts.clear()
        self.model.clear()

    def add(self, results: Sequence[CaseResult]) -> None:
        """Add results as they come."""
        self.model.add(results)

    def settle(self) -> None:
        """Put the list in order, and choose its head where nothing is chosen yet."""
        self.model.sort_now()
        if self.view.chosen() is None:
            self.view.choose_row(0)

    def judge_at(self, point: OperatingPoint) -> None:
        """Show every film's band at another operating point."""
        self.model.judge_at(point)

    def start_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.setFocus()
        self.search.selectAll()

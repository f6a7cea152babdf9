"""The reading room: work list, film and case panel side by side, all about one chosen result."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from desktop.case_panel.case_panel import CasePanel
from desktop.film_loader import FilmLoader
from desktop.tags.tag_window import TagWindow
from desktop.viewer.viewer import Viewer
from desktop.worklist.worklist import Worklist
from engine.screening.case import CaseResult

# Of the work list and of the case panel: what they want, what they need, and the share they may have.
_WISHED = (416, 304)
_LEAST = (280, 248)
_SHARES = (0.29, 0.207)


class ReadingRoom(QWidget):
    """Joins the three panels. The film has at least half the width; either side panel folds away."""

    case_chosen = Signal(object)

    def __init__(self, *, prevalence: float | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readingRoom")
        self._prevalence = prevalence
        self._wished = _WISHED
        self.loader = FilmLoader(self)
        self.worklist = Worklist()
        self.viewer = Viewer(self.loader)
        self.case_panel = CasePanel()
        self.tag_window = TagWindow(self.loader, self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("panels")
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for panel in (self.worklist, self.viewer, self.case_panel):
            self._splitter.addWidget(panel)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.splitterMoved.connect(self._remember_wish)
        self.worklist.setMinimumWidth(_LEAST[0])
        self.case_panel.setMinimumWidth(_LEAST[1])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        self.worklist.case_chosen.connect(self._show)
        self.case_panel.tags_asked.connect(self.tag_window.open_for_reading)

    def set_panels(self, *, list_shown: bool, case_shown: bool) -> None:
        """Fold the side panels away, or bring them back."""
        self.worklist.setVisible(list_shown)
        self.case_panel.setVisible(case_shown)

    def set_calibration(self, prevalence: float | None) -> None:
        """At which share of pneumonia the scores of the list are calibrated; None where that is not known."""
        self._prevalence = prevalence

    def open_reader(self) -> None:
        """Start what reads films, so that the first film need not wait for it."""
        self.loader.warm_up()

    def close_reader(self) -> None:
        """End what reads films, before the window goes."""
        self.tag_window.close()
        self.loader.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep half of the width for the film, and the side panels as wide as they were wished where they can."""
        super().resizeEvent(event)
        self._share_width(event.size().width())

    def _share_width(self, width: int) -> None:
        most = [max(least, int(width * share)) for least, share in zip(_LEAST, _SHARES, strict=True)]
        self.worklist.setMaximumWidth(most[0])
        self.case_panel.setMaximumWidth(most[1])
        left, right = (min(wish, limit) for wish, limit in zip(self._wished, most, strict=True))
        self._splitter.setSizes([left, width - left - right - 2 * self._splitter.handleWidth(), right])

    def _remember_wish(self) -> None:
        """A panel was dragged to another width: that is what it wants from now on."""
        left, _, right = self._splitter.sizes()
        self._wished = (left or self._wished[0], right or self._wished[1])

    def _show(self, result: CaseResult | None) -> None:
        self.viewer.show_result(result, ahead=self.worklist.view.neighbours())
        self.tag_window.show_file(result.path if result is not None else None)
        self.case_panel.show_result(result, prevalence=self._prevalence)
        self.case_chosen.emit(result)

"""How many films have each mark, on top of the list; a click shows only those."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from desktop.marks import Mark, paint_mark
from desktop.theme import colours
from desktop.words import mark_words
from desktop.worklist.list_filter import ListFilter
from engine.results.columns import RowFilter
from engine.screening.case import Band, CaseStatus

_MARK_SIDE = 12
_HEIGHT = 32
_ROWS_OF = {Mark.of_band(band): RowFilter(bands=frozenset({band})) for band in Band} | {
    Mark.NOT_SCORED: RowFilter(statuses=frozenset({CaseStatus.REJECTED, CaseStatus.FAILED}))
}


class CountButton(QAbstractButton):
    """One mark and its number."""

    def __init__(self, mark: Mark, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = mark
        self.setObjectName(f"count_{mark.value}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Change the number."""
        self.setText(str(count))
        words = f"{mark_words(self.mark)}: {count}"
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The mark, a gap and the number."""
        return QSize(_MARK_SIDE + 32 + self.fontMetrics().horizontalAdvance(self.text()), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The mark and the number, underlined by the accent while it filters."""
        painter = QPainter(self)
        area = QRectF(self.rect())
        if self.underMouse() or self.isChecked():
            painter.fillRect(area, QColor(colours().raised))
        width = self.fontMetrics().horizontalAdvance(self.text())
        start = (area.width() - _MARK_SIDE - 8 - width) / 2
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        mark_left = area.width() - start - _MARK_SIDE if mirrored else start
        text_left = start if mirrored else start + _MARK_SIDE + 8
        paint_mark(painter, self.mark, QRectF(mark_left, (area.height() - _MARK_SIDE) / 2, _MARK_SIDE, _MARK_SIDE))
        painter.setPen(QColor(colours().text if self.text() != "0" else colours().muted))
        painter.drawText(
            QRectF(text_left, 0, width + 2, area.height()), int(Qt.AlignmentFlag.AlignVCenter), self.text()
        )
        if self.isChecked() or self.hasFocus():
            painter.fillRect(QRectF(0, area.height() - 2, area.width(), 2), QColor(colours().accent))
        painter.end()


class BandCounts(QWidget):
    """A button for each mark. Pressing one shows only its films, and pressing it again lets it go."""

    def __init__(self, list_filter: ListFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bandCounts")
        self._filter = list_filter
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._buttons = {mark: CountButton(mark) for mark in Mark}
        for button in self._buttons.values():
            layout.addWidget(button, 1)
            button.clicked.connect(self._choose)
        list_filter.changed.connect(self._show_filter)

    def show_counts(self, counts: Mapping[Mark, int]) -> None:
        """Change the numbers."""
        for mark, button in self._buttons.items():
            button.set_count(counts.get(mark, 0))

    def _choose(self) -> None:
        pressed = self.sender()
        assert isinstance(pressed, CountButton)
        rows = _ROWS_OF[pressed.mark] if pressed.isChecked() else RowFilter()
        self._filter.change(bands=rows.bands, statuses=rows.statuses)

    def _show_filter(self, rows: RowFilter) -> None:
        for mark, button in self._buttons.items():
            button.setChecked((rows.bands, rows.statuses) == (_ROWS_OF[mark].bands, _ROWS_OF[mark].statuses))

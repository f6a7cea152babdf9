"""The headings of the work list: the one it is sorted by is lit and underlined."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.theme import colours
from desktop.worklist.columns import Column
from desktop.worklist.signs import paint_flag

_PADDING = 8
_FIRST_PADDING = 12
_SIGN_SIDE = 12


class WorklistHeader(QHeaderView):
    """Paints plain words; a line below the sorted one, at its top where the order is turned round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("worklistHeader")
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(32)
        self.setFixedHeight(32)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's name
        """Paint one heading."""
        model = self.model()
        if model is None:
            return
        sorted_by = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        painter.save()
        painter.fillRect(rect, QColor(colours().panel))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours().line))
        painter.setPen(QColor(colours().text if sorted_by else colours().muted))
        start = _FIRST_PADDING if logicalIndex == 0 else _PADDING
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        inner = rect.adjusted(_PADDING, 0, -start, 0) if mirrored else rect.adjusted(start, 0, -_PADDING, 0)
        to_the_end = model.headerData(logicalIndex, self.orientation(), Qt.ItemDataRole.TextAlignmentRole) is not None
        right = to_the_end is not mirrored
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        words = str(model.headerData(logicalIndex, self.orientation()))
        width = self.fontMetrics().horizontalAdvance(words)
        if logicalIndex == Column.MARKS:
            width = _SIGN_SIDE
            place = QRectF(0, 0, width, width)
            place.moveCenter(QRectF(rect).center())
            inner = place.toRect()
            paint_flag(painter, place, painter.pen().color())
        else:
            painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter), words)
        if sorted_by:
            left = inner.right() - width + 1 if right else inner.left()
            falling = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            painter.fillRect(
                QRect(left, rect.top() + 4 if falling else rect.bottom() - 1, width, 2), QColor(colours().accent)
            )
        painter.restore()

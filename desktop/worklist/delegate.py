"""How a row of the work list is painted: the mark with its word, and a bar of the accent beside the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.marks import Mark, paint_mark
from desktop.theme import DARK
from desktop.worklist.columns import Column
from desktop.worklist.model import RESULT_ROLE
from engine.screening.case import CaseResult

ROW_HEIGHT = 32
_MARK_SIDE = 12
_GAP = 8
_BAR = 3


class RowDelegate(QStyledItemDelegate):
    """Paints every cell, so that rows look the same on every system."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as its text, as high as every row."""
        width = option.fontMetrics.horizontalAdvance(index.data() or "") + 2 * _GAP
        if index.column() == Column.BAND:
            width += _MARK_SIDE + _GAP + 2 * _BAR
        return QSize(width, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        result: CaseResult = index.data(RESULT_ROLE)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        area = QRectF(option.rect)
        column = Column(index.column())
        painter.save()
        if selected or hovered:
            painter.fillRect(area, QColor(DARK.selection if selected else DARK.raised))
        text_area = area.adjusted(_GAP, 0, -_GAP, 0)
        if column is Column.BAND:
            text_area = self._paint_mark(painter, option, area, Mark.of(result), selected)
        quiet = column in (Column.VIEW, Column.AGE, Column.REASON) or result.score is None
        painter.setPen(QColor(DARK.text if selected or not quiet else DARK.muted))
        painter.setFont(option.font)
        elide = Qt.TextElideMode.ElideMiddle if column is Column.FILE else Qt.TextElideMode.ElideRight
        text = option.fontMetrics.elidedText(index.data() or "", elide, int(text_area.width()))
        if column in (Column.PROBABILITY, Column.FILE):
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # `>0.99` and names are not mirrored
        stored = index.data(Qt.ItemDataRole.TextAlignmentRole)
        sideways = Qt.AlignmentFlag.AlignRight if stored else Qt.AlignmentFlag.AlignLeft
        sideways = QStyle.visualAlignment(option.direction, sideways)
        painter.drawText(text_area, int(sideways | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def _paint_mark(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF, mark: Mark, selected: bool
    ) -> QRectF:
        """Paint the mark and the accent; what remains for the word."""
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        start = _BAR + _GAP
        left = area.right() - start - _MARK_SIDE if mirrored else area.left() + start
        if selected:
            edge = area.right() - _BAR + 1 if mirrored else area.left()
            painter.fillRect(QRectF(edge, area.top(), _BAR, area.height()), QColor(DARK.accent))
        middle = area.center().y()
        paint_mark(painter, mark, QRectF(left, middle - _MARK_SIDE / 2, _MARK_SIDE, _MARK_SIDE))
        room = start + _MARK_SIDE + _GAP
        return area.adjusted(0, 0, -room, 0) if mirrored else area.adjusted(room, 0, 0, 0)

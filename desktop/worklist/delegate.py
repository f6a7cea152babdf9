"""How a row of the work list is painted: the mark with its word, a bar of the accent beside the chosen one, the signs
of what was read and flagged, and a line from each film of a study to the one above."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.marks import Mark, paint_mark
from desktop.theme import colours
from desktop.worklist.columns import NUMBERS, Column, band_lines
from desktop.worklist.model import WorklistModel
from desktop.worklist.signs import paint_flag, paint_unread
from engine.results.marks import MarkKind

ROW_HEIGHT = 32
_MARK_SIDE = 12
_GAP = 8
_BAR = 3
_INDENT = 12
_FLAG_SIDE = 12


class RowDelegate(QStyledItemDelegate):
    """Paints every cell, so that rows look the same on every system.

    It asks the model itself rather than an index for data by role, which takes longer for each of many cells.
    """

    def __init__(self, model: WorklistModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as its text, as high as every row."""
        lines: tuple[str, ...] = (index.data() or "",)
        beside = 2 * _GAP
        if index.column() == Column.BAND and (result := self._model.result_at(index.row())) is not None:
            lines = band_lines(result)
            beside += _BAR + _MARK_SIDE + _GAP
        return QSize(max(map(option.fontMetrics.horizontalAdvance, lines)) + beside, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        row, column = index.row(), Column(index.column())
        result = self._model.result_at(row)
        if result is None:
            return
        read = self._model.has_mark(row, MarkKind.READ)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        area, worn = QRectF(option.rect), colours()
        painter.save()
        if selected or hovered:
            painter.fillRect(area, QColor(worn.selection if selected else worn.raised))
        text_area = area.adjusted(_GAP, 0, -_GAP, 0)
        if column is Column.BAND:
            self._model.note_answer_shown(row)
            text_area = self._paint_mark(painter, option, area, Mark.of(result), selected)
        if column is Column.MARKS:
            self._paint_signs(painter, option, area, read=read, flagged=self._model.has_mark(row, MarkKind.FLAG))
        if column is Column.FILE and self._model.continues_study(row):
            text_area = self._paint_study(painter, option, area, goes_on=self._model.continues_study(row + 1))
        quiet = column not in (Column.BAND, Column.PROBABILITY, Column.FILE) or result.reason is not None
        painter.setPen(QColor(worn.text if selected or not (quiet or read) else worn.muted))
        painter.setFont(option.font)
        text, caution = band_lines(result) if column is Column.BAND else (self._model.text(row, column), "")
        if caution:
            text_area = self._paint_caution(painter, option, text_area, caution)
        elide = Qt.TextElideMode.ElideMiddle if column is Column.FILE else Qt.TextElideMode.ElideRight
        text = option.fontMetrics.elidedText(text, elide, int(text_area.width()))
        if column in (Column.PROBABILITY, Column.FILE):
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # `>0.99` and names are not mirrored
        sideways = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
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
            painter.fillRect(QRectF(edge, area.top(), _BAR, area.height()), QColor(colours().accent))
        middle = area.center().y()
        paint_mark(painter, mark, QRectF(left, middle - _MARK_SIDE / 2, _MARK_SIDE, _MARK_SIDE))
        room = start + _MARK_SIDE + _GAP
        return area.adjusted(0, 0, -room, 0) if mirrored else area.adjusted(room, 0, 0, 0)

    def _paint_caution(self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF, caution: str) -> QRectF:
        """Paint what has to stand below the band; what remains for the band."""
        middle = area.center().y()
        side = QStyle.visualAlignment(option.direction, Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignTop
        words = option.fontMetrics.elidedText(caution, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.save()
        painter.setPen(QColor(colours().caution))
        painter.drawText(area.adjusted(0, middle - area.top(), 0, 0), int(side), words)
        painter.restore()
        return area.adjusted(0, 0, 0, middle - area.bottom() + 1)

    def _paint_signs(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF, *, read: bool, flagged: bool
    ) -> None:
        """Paint the flag and, after it, the dot of an unread film."""
        first = QRectF(area.left(), area.top(), area.width() / 2, area.height())
        second = first.translated(area.width() / 2, 0)
        if option.direction is Qt.LayoutDirection.RightToLeft:
            first, second = second, first
        if flagged:
            place = QRectF(0, 0, _FLAG_SIDE, _FLAG_SIDE)
            place.moveCenter(first.center())
            paint_flag(painter, place, QColor(colours().text))
        if not read:
            paint_unread(painter, second)

    def _paint_study(self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF, *, goes_on: bool) -> QRectF:
        """Paint the line to the films of the same study above and below; what remains for the name."""
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        start = area.right() - _GAP - 1 if mirrored else area.left() + _GAP + 1
        end = start - 7 if mirrored else start + 7
        painter.setPen(QColor(colours().disabled))
        painter.drawLine(QPointF(start, area.top()), QPointF(start, area.bottom() if goes_on else area.center().y()))
        painter.drawLine(QPointF(start, area.center().y()), QPointF(end, area.center().y()))
        inner = area.adjusted(_GAP, 0, -_GAP, 0)
        return inner.adjusted(0, 0, -_INDENT, 0) if mirrored else inner.adjusted(_INDENT, 0, 0, 0)

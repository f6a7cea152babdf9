"""The signs of a row's marks: a dot for a film that nobody read, a flag for a flagged one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from desktop.theme import colours

_DOT = 3.5


def paint_unread(painter: QPainter, place: QRectF) -> None:
    """A dot in the middle of `place`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours().accent))
    painter.drawEllipse(place.center(), _DOT, _DOT)
    painter.restore()


def paint_flag(painter: QPainter, place: QRectF, colour: QColor) -> None:
    """A flag on its pole, as large as `place`."""
    pole, top, bottom = place.left() + place.width() * 0.2, place.top(), place.bottom()
    tip, half = place.right(), place.top() + place.height() * 0.28
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRect(QRectF(pole, top, 1.5, bottom - top))
    cloth = [QPointF(pole, top), QPointF(tip, half), QPointF(pole, top + place.height() * 0.56)]
    painter.drawPolygon(QPolygonF(cloth))
    painter.restore()

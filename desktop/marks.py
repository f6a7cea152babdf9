"""The four marks of the work list: a shape and a colour for each band, and one for films without a score."""

from __future__ import annotations

import math
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.theme import colours
from engine.screening.case import Band, CaseResult


class Mark(StrEnum):
    """What a row is marked with, in triage order."""

    POSITIVE = "positive"
    UNCERTAIN = "uncertain"
    NEGATIVE = "negative"
    NOT_SCORED = "not_scored"

    @classmethod
    def of(cls, result: CaseResult) -> Mark:
        """The mark of a result."""
        return cls.NOT_SCORED if result.score is None else cls.of_band(result.score.band)

    @classmethod
    def of_band(cls, band: Band) -> Mark:
        """The mark of a band."""
        return cls(band.value)


def mark_colour(mark: Mark) -> QColor:
    """The colour of a mark."""
    return QColor(getattr(colours(), mark.value))


def paint_mark(painter: QPainter, mark: Mark, place: QRectF) -> None:
    """Paint a mark as large as fits into `place`. Shapes are drawn, not typed: no font need have them."""
    side = min(place.width(), place.height())
    centre, radius = place.center(), side / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark is Mark.NOT_SCORED:
        pen = QPen(mark_colour(mark), max(1.5, side * 0.13))
        inner = radius - pen.widthF() / 2
        reach = inner * math.sqrt(0.5)
        painter.setPen(pen)
        painter.drawEllipse(centre, inner, inner)
        painter.drawLine(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach))
    else:
        painter.setPen(QPen(QColor(colours().mark_edge), 1))
        painter.setBrush(mark_colour(mark))
        painter.drawPath(_shape(mark, centre, radius))
    painter.restore()


def _shape(mark: Mark, centre: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    if mark is Mark.NEGATIVE:
        path.addEllipse(centre, radius * 0.86, radius * 0.86)
    elif mark is Mark.UNCERTAIN:
        corners = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]
        path.addPolygon(QPolygonF([centre + QPointF(x, y) * radius for x, y in corners]))
    else:
        corners = [(0.0, -0.92), (1.0, 0.82), (-1.0, 0.82)]
        path.addPolygon(QPolygonF([centre + QPointF(x, y) * radius for x, y in corners]))
    path.closeSubpath()
    return path


class MarkSign(QWidget):
    """A mark as a widget."""

    def __init__(self, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._mark = Mark.NOT_SCORED
        self.setFixedSize(side, side)

    def show_mark(self, mark: Mark) -> None:
        """Change the mark."""
        self._mark = mark
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        paint_mark(painter, self._mark, QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

"""Draws rulers and angles over a film, their words upright whichever way the film is turned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from desktop.theme import MEASURE
from desktop.viewer.measures import Measure
from desktop.viewer.placement import Placement
from engine.films.film import FilmFacts

_TICK = 4.0
_GAP = 8.0
_ROOM = 4.0


def paint_measures(painter: QPainter, measures: Sequence[Measure], placement: Placement, facts: FilmFacts) -> None:
    """Paint on the view, in its logical pixels."""
    to_view = placement.transform()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for measure in measures:
        points = [to_view.map(point) for point in measure.points]
        for ink, width in ((QColor(0, 0, 0), 3.6), (QColor(MEASURE), 1.6)):
            painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(points)
            for point in points:
                painter.drawEllipse(point, _TICK, _TICK)
        _write(painter, points[1] if len(points) > 2 else points[-1], measure.words(facts), placement)
    painter.restore()


def _write(painter: QPainter, at: QPointF, words: str, placement: Placement) -> None:
    """Beside a point, inside the view."""
    size = painter.fontMetrics().size(0, words)
    width, height = size.width() + 2 * _ROOM, size.height() + _ROOM
    x = at.x() + _GAP if at.x() + _GAP + width <= placement.view.width() else at.x() - _GAP - width
    y = min(max(0.0, at.y() + _GAP), placement.view.height() - height)
    place = QRectF(max(0.0, x), y, width, height)
    painter.fillRect(place, QColor(0, 0, 0, 170))
    painter.setPen(QColor(MEASURE))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

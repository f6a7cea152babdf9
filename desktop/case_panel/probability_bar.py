"""The probability on a bar from 0 to 1, with both thresholds of the band and the main one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.marks import Mark, mark_colour, paint_mark
from desktop.theme import colours
from desktop.words import two_digits
from engine.screening.case import Score

_MARK_SIDE = 14
_TRACK_TOP = 22
_TRACK_HEIGHT = 6
_TICK = 6
_ZONE_STRENGTH = 110


class ProbabilityBar(QWidget):
    """Draws one score. The zones of the three bands are tinted, and the mark stands where the film lies."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probabilityBar")
        self._score: Score | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: Score) -> None:
        """Change the score."""
        self._score = score
        point = score.operating_point
        self.setAccessibleName(
            self.tr("Probability {probability}; uncertain from {low} to {high}, divided at {main}").format(
                probability=two_digits(score.probability),
                low=f"{point.threshold_low:.2f}",
                high=f"{point.threshold_high:.2f}",
                main=f"{point.threshold:.2f}",
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room; the track with a row of numbers below it."""
        return QSize(200, _TRACK_TOP + _TRACK_HEIGHT + _TICK + 2 * self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the zones, the thresholds and the mark."""
        if self._score is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        point = self._score.operating_point
        edges = [0.0, point.threshold_low, point.threshold_high, 1.0]
        for mark, start, end in zip((Mark.NEGATIVE, Mark.UNCERTAIN, Mark.POSITIVE), edges[:-1], edges[1:], strict=True):
            colour = mark_colour(mark)
            colour.setAlpha(_ZONE_STRENGTH)
            left, right = sorted((self._x(start), self._x(end)))
            painter.fillRect(QRectF(left, _TRACK_TOP, right - left, _TRACK_HEIGHT), colour)
        self._paint_thresholds(painter, point.threshold_low, point.threshold, point.threshold_high)
        x = self._x(self._score.probability)
        painter.setPen(QPen(QColor(colours().text), 2))
        painter.drawLine(QPointF(x, _TRACK_TOP - 3), QPointF(x, _TRACK_TOP + _TRACK_HEIGHT + 3))
        place = QRectF(x - _MARK_SIDE / 2, _TRACK_TOP - 5 - _MARK_SIDE, _MARK_SIDE, _MARK_SIDE)
        paint_mark(painter, Mark.of_band(self._score.band), place)
        painter.end()

    def _x(self, probability: float) -> float:
        """Where a probability lies; the margin keeps the mark whole at both ends."""
        margin = _MARK_SIDE / 2
        along = margin + probability * (self.width() - 2 * margin)
        return self.width() - along if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else along

    def _paint_thresholds(self, painter: QPainter, low: float, main: float, high: float) -> None:
        """The ends of the uncertain zone in one row of numbers, the main threshold in the row below."""
        bottom = _TRACK_TOP + _TRACK_HEIGHT
        for value in (low, main, high):
            colour = QColor(colours().text if value == main else colours().muted)
            painter.fillRect(QRectF(self._x(value) - 0.5, bottom, 1, _TICK - 2), colour)
        first, second = sorted((low, high), key=self._x)
        place = self._label(first, bottom + _TICK)
        next_place = self._label(second, bottom + _TICK)
        next_place.moveLeft(max(next_place.left(), place.right() + 2))
        next_place.moveLeft(min(next_place.left(), self.width() - next_place.width()))
        place.moveLeft(min(place.left(), next_place.left() - place.width() - 2))
        painter.setPen(QColor(colours().muted))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"{first:.2f}")
        painter.drawText(next_place, int(Qt.AlignmentFlag.AlignCenter), f"{second:.2f}")
        painter.setPen(QColor(colours().text))
        label = self._label(main, bottom + _TICK + self.fontMetrics().height())
        painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), f"{main:.2f}")

    def _label(self, value: float, top: float) -> QRectF:
        """Room for a number below its place on the track, kept inside the widget."""
        width = self.fontMetrics().horizontalAdvance("0.00") + 4
        left = min(max(0.0, self._x(value) - width / 2), self.width() - width)
        return QRectF(left, top, width, self.fontMetrics().height())

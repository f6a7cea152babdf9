"""What the model found, laid over a film: heat in colours or as contours, and the outline of the lungs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from desktop.theme import LUNG_OUTLINE
from desktop.viewer.heat_style import HeatStyle
from desktop.viewer.placement import Placement
from engine.model.contours import outline
from engine.model.heatmap import Heat, Ramp, colour_heat, heat_colours, spread_heat
from engine.model.lungs import LUNG, Lungs

_SIDE = 512
# The model's scale is fixed: 0.5 is what 99 of 100 cells of normal films stay below.
_LEVELS = (0.5, 0.75)
_LINE, _EDGE = 1.6, 3.6


class HeatLayer:
    """The heat, and the lungs where the model finds them, of one film of so many pixels.

    What is drawn is made when it is first asked for: most films are looked at in one way only.
    """

    def __init__(self, heat: Heat, lungs: Lungs | None, *, rows: int, columns: int) -> None:
        self._heat, self._lungs = heat, lungs
        self._rows, self._columns = rows, columns
        self._coloured: tuple[Ramp, QImage] | None = None

    def paint(self, painter: QPainter, placement: Placement, style: HeatStyle) -> None:
        """Paint over a film that lies there. `painter` is on the view, in its logical pixels."""
        painter.save()
        painter.setTransform(placement.transform(), combine=True)
        if style.shown and style.contours:
            for level, path in zip(_LEVELS, self._contours, strict=True):
                colour = QColor(*(int(part) for part in heat_colours(style.ramp)[round(level * 255)]))
                _draw(painter, path, colour.lighter(130), opacity=0.4 + 0.6 * style.opacity)
        elif style.shown:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(style.opacity)
            painter.drawImage(QRectF(0, 0, self._columns, self._rows), self._image(style.ramp))
        if style.lungs_shown and self._lung_outline is not None:
            _draw(painter, self._lung_outline, QColor(LUNG_OUTLINE), opacity=0.9)
        painter.restore()

    @cached_property
    def _contours(self) -> list[QPainterPath]:
        return [self._path(outline(self._heat.grid, self._heat.box, level=level)) for level in _LEVELS]

    @cached_property
    def _lung_outline(self) -> QPainterPath | None:
        if self._lungs is None:
            return None
        return self._path(outline(self._lungs.probability(), self._lungs.box, level=LUNG))

    def _image(self, ramp: Ramp) -> QImage:
        if self._coloured is None or self._coloured[0] is not ramp:
            self._coloured = (ramp, heat_image(self._heat, rows=self._rows, columns=self._columns, ramp=ramp))
        return self._coloured[1]

    def _path(self, rings: Sequence[NDArray[np.float64]]) -> QPainterPath:
        """In film pixels. One path, so that nothing is painted twice where rings come close."""
        path = QPainterPath()
        for ring in rings:
            path.addPolygon([QPointF(x * self._columns, y * self._rows) for x, y in ring])
            path.closeSubpath()
        return path


def heat_image(heat: Heat, *, rows: int, columns: int, ramp: Ramp = Ramp.EMBER) -> QImage:
    """The heat as a see-through picture in the film's proportions, at most 512 pixels a side."""
    shrink = min(1.0, _SIDE / max(rows, columns))
    height, width = max(1, round(rows * shrink)), max(1, round(columns * shrink))
    colours = colour_heat(spread_heat(heat, height=height, width=width), ramp=ramp)
    image = QImage(colours.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _draw(painter: QPainter, path: QPainterPath, colour: QColor, *, opacity: float) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(opacity)
    for ink, width in ((QColor(0, 0, 0), _EDGE), (colour, _LINE)):
        pen = QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPath(path)

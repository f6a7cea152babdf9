"""The film itself: zoom, drag, turn, window, heat over it, rulers on it, and a magnifier."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import DARK
from desktop.viewer.film_painter import FilmPainter
from desktop.viewer.hand import Hand, Tool
from desktop.viewer.heat_layer import HeatLayer
from desktop.viewer.heat_style import HeatStyle
from desktop.viewer.look import Look, Preset, preset_window
from desktop.viewer.measure_painter import paint_measures
from desktop.viewer.measures import Measure
from desktop.viewer.picture import FilmPicture
from desktop.viewer.placement import Placement

_ZOOM_STEP = 1.2
_LENS_RADIUS = 120.0
_LENS_POWER = 2.5


class FilmView(QWidget):
    """Paints one film on black.

    `changed` says that something about the film, its look or its place is different; `pointed`, what lies under the
    pointer. `placed` and `looked` say that a person changed the place or the look, for a film beside this one.
    """

    changed = Signal()
    pointed = Signal()
    placed = Signal()
    looked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmView")
        self.setAccessibleName(self.tr("Film"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(240, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self._painter, self._lens_painter = FilmPainter(), FilmPainter()
        self._picture: FilmPicture | None = None
        self._heat: HeatLayer | None = None
        self._style = HeatStyle()
        self._bare = False
        self._look = Look()
        self._placement = Placement(film=QSizeF(1, 1), view=QSizeF(1, 1))
        self._hand = Hand(self)
        self._measures: tuple[Measure, ...] = ()
        self._message = self._title = ""

    @property
    def picture(self) -> FilmPicture | None:
        """The film shown, or None."""
        return self._picture

    @property
    def has_film(self) -> bool:
        """Whether a film is shown."""
        return self._picture is not None

    @property
    def message(self) -> str:
        """The words in place of a film; empty where there are none."""
        return self._message

    @property
    def placement(self) -> Placement:
        """Where the film lies now."""
        return self._placement

    @property
    def look(self) -> Look:
        """How its values are shown now."""
        return self._look

    @property
    def tool(self) -> Tool:
        """What the left button does now."""
        return self._hand.tool

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The rulers and angles on the film."""
        return self._measures

    @property
    def film_under_pointer(self) -> QPointF | None:
        """The spot of the film under the pointer, in film pixels; None beside the film."""
        if self._picture is None or self._hand.pointer is None:
            return None
        spot = self._placement.film_point(self._hand.pointer)
        return spot if QRectF(QPointF(0, 0), self._placement.film).contains(spot) else None

    def show_film(self, picture: FilmPicture, heat: HeatLayer | None) -> None:
        """Show a film at fit, upright and as its file states it, with its heat where it has one."""
        self._picture, self._heat = picture, heat
        self._look, self._measures, self._hand.sketch, self._message = Look(), (), None, ""
        film = QSizeF(picture.columns, picture.rows)
        self._placement = Placement(film=film, view=QSizeF(self.size())).fit()
        self._refresh()

    def show_heat(self, heat: HeatLayer | None) -> None:
        """Lay other heat over the film that is shown, or none."""
        self._heat = heat
        self.update()

    def show_message(self, message: str) -> None:
        """Show words in place of a film."""
        self._picture = self._heat = self._hand.sketch = None
        self._measures = ()
        self._message = message
        self._refresh()

    def show_title(self, title: str) -> None:
        """Say over the film which one it is; empty says nothing."""
        self._title = title
        self.update()

    def set_heat(self, style: HeatStyle) -> None:
        """Draw heat and lungs in this way."""
        self._style = style
        self.update()

    def set_bare(self, bare: bool) -> None:
        """Show the film without heat and lungs for as long as this is on."""
        self._bare = bare
        self.update()

    def set_look(self, look: Look) -> None:
        """Show the film's values in another way."""
        if self.has_film and look != self._look:
            self._look = look
            self._refresh()
            self.looked.emit()

    def set_window(self, *, center: float, width: float) -> None:
        """Show the values of a window."""
        self.set_look(self._look.with_window(center=center, width=width))

    def set_preset(self, preset: Preset) -> None:
        """Show the film in a window that fits itself to it."""
        if self._picture is not None:
            window = preset_window(self._picture, preset)
            self.set_look(Look(window=window, inverted=self._look.inverted))

    def brighten(self, steps: int) -> None:
        """A step brighter, or darker."""
        if self._picture is not None:
            self.set_look(self._look.brighter(self._picture.scale, steps))

    def flatten(self, steps: int) -> None:
        """A step less contrast, or more."""
        if self._picture is not None:
            self.set_look(self._look.flatter(self._picture.scale, steps))

    def invert(self) -> None:
        """Swap black and white."""
        self.set_look(self._look.swapped())

    def drag_window(self, *, right: float, down: float) -> None:
        """Change the window as for a drag over so many screen pixels."""
        if self._picture is not None:
            self.set_look(self._look.dragged(self._picture.scale, right=right, down=down))

    def pan(self, by: QPointF) -> None:
        """Move the film by so many screen pixels."""
        self._place(self._placement.panned(by))

    def turn(self) -> None:
        """Turn the film by a quarter, clockwise."""
        self._place(self._placement.turned())

    def mirror(self) -> None:
        """Swap left and right."""
        self._place(self._placement.flipped())

    def fit(self) -> None:
        """Show the whole film."""
        self._place(self._placement.fit())

    def reset(self) -> None:
        """As it was at first: whole, upright, as its file states it, and with nothing measured."""
        self.clear_measures()
        self.set_look(Look())
        self._place(self._placement.upright())

    def show_actual_size(self) -> None:
        """One pixel of the film on one of the screen."""
        wanted = 1.0 / self.devicePixelRatioF()
        self._zoom(wanted / self._placement.scale, self._middle())

    def zoom_in(self) -> None:
        """Enlarge around the middle."""
        self._zoom(_ZOOM_STEP, self._middle())

    def zoom_out(self) -> None:
        """Shrink around the middle."""
        self._zoom(1.0 / _ZOOM_STEP, self._middle())

    def follow(self, placement: Placement) -> None:
        """Lie as another film does. Nobody is told, as it is the other film that was moved."""
        if self.has_film:
            self._placement = self._placement.like(placement)
            self._refresh()

    def follow_look(self, look: Look, picture: FilmPicture) -> None:
        """Look as another film does."""
        if self._picture is not None:
            self._look = self._look.like(look, scale=self._picture.scale, other_scale=picture.scale)
            self._refresh()

    def set_tool(self, tool: Tool) -> None:
        """Choose what the left button does."""
        self._hand.take(tool)
        self.setCursor(self._hand.cursor)
        self._refresh()

    def add_measure(self, measure: Measure) -> None:
        """Keep a ruler or an angle on the film."""
        self._measures = (*self._measures, measure)
        self._refresh()

    def clear_measures(self) -> None:
        """Take every ruler and angle away, also one that is not finished."""
        self._measures, self._hand.sketch = (), None
        self._refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Black, the film, what lies over it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.film_edge))
        if self._picture is None:
            self._paint_message(painter)
        else:
            self._paint_film(painter, self._painter, self._picture, self._placement, QRectF(self.rect()))
            drawn = () if self._hand.sketch is None else (self._hand.sketch.measure,)
            paint_measures(painter, (*self._measures, *drawn), self._placement, self._picture.facts)
            if self._hand.tool is Tool.MAGNIFIER and self._hand.pointer is not None:
                self._paint_lens(painter, self._picture, self._hand.pointer)
        self._paint_title(painter)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted film fitted."""
        super().resizeEvent(event)
        self._placement = self._placement.resized(QSizeF(event.size()))
        self._refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the cursor."""
        steps = event.angleDelta().y() / 120.0
        if self.has_film and steps:
            self._zoom(_ZOOM_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the film, of its window or of a point to measure from."""
        if self.has_film:
            self._hand.press(event.button(), event.position())
            self.setCursor(self._hand.cursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was taken hold of, and say what lies under the pointer."""
        if self.has_film:
            self._hand.move(event.position())
            if self._hand.sketch is not None or self._hand.tool is Tool.MAGNIFIER:
                self.update()
            self.pointed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._hand.release(event.button())
        self.setCursor(self._hand.cursor)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the whole film; a tool takes it for two clicks."""
        if self._hand.tool is Tool.MOVE and event.button() is Qt.MouseButton.LeftButton:
            self.fit()
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing lies under the pointer any more."""
        self._hand.pointer = None
        self.update()
        self.pointed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up a measure that is not finished."""
        if event.key() == Qt.Key.Key_Escape and self._hand.sketch is not None:
            self._hand.sketch = None
            self.update()
        else:
            super().keyPressEvent(event)

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _zoom(self, factor: float, at: QPointF) -> None:
        self._place(self._placement.zoomed(factor, at))

    def _place(self, placement: Placement) -> None:
        if self.has_film:
            self._placement = placement
            self._refresh()
            self.placed.emit()

    def _refresh(self) -> None:
        self.changed.emit()
        self.pointed.emit()
        self.update()

    def _paint_film(
        self, painter: QPainter, film: FilmPainter, picture: FilmPicture, placement: Placement, part: QRectF
    ) -> None:
        film.paint(painter, picture, self._look, placement, part=part, density=self.devicePixelRatioF())
        if self._heat is not None and not self._bare:
            self._heat.paint(painter, placement, self._style)

    def _paint_lens(self, painter: QPainter, picture: FilmPicture, at: QPointF) -> None:
        glass = QPainterPath()
        glass.addEllipse(at, _LENS_RADIUS, _LENS_RADIUS)
        painter.save()
        painter.setClipPath(glass)
        painter.fillRect(glass.boundingRect(), QColor(DARK.film_edge))
        enlarged = self._placement.enlarged(_LENS_POWER, at)
        self._paint_film(painter, self._lens_painter, picture, enlarged, glass.boundingRect())
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(DARK.muted), 1.5))
        painter.drawPath(glass)
        painter.restore()

    def _paint_title(self, painter: QPainter) -> None:
        if self._title:
            place = QRectF(self.rect()).adjusted(12, 8, -12, -8)
            painter.setPen(QColor(DARK.text))
            words = painter.fontMetrics().elidedText(
                self._title, Qt.TextElideMode.ElideMiddle, math.floor(place.width())
            )
            painter.drawText(place, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter), words)

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(QColor(DARK.muted))
        width = min(420, self.width() - 48)
        place = QRectF((self.width() - width) / 2, 24, width, self.height() - 48)
        option = QTextOption(Qt.AlignmentFlag.AlignCenter)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)  # a path has no words
        painter.drawText(place, self._message, option)

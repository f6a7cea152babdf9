"""The film itself: fit, zoom to the cursor, drag, turn, invert, and heat laid over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import DARK
from desktop.viewer.picture import FilmPicture, grey_image, heat_image
from desktop.viewer.placement import Placement
from engine.model.heatmap import Heat

_ZOOM_STEP = 1.2


class FilmView(QWidget):
    """Paints one film on black."""

    scale_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmView")
        self.setAccessibleName(self.tr("Film"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(240, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._picture: FilmPicture | None = None
        self._heat: QImage | None = None
        self._heat_shown = False
        self._heat_opacity = 0.45
        self._bare = False
        self._inverted = False
        self._message = ""
        self._placement = Placement(film=QSizeF(1, 1), view=QSizeF(1, 1))
        self._painted: tuple[int, bool, QImage] | None = None
        self._grip: QPointF | None = None

    @property
    def placement(self) -> Placement:
        """Where the film lies now."""
        return self._placement

    @property
    def has_film(self) -> bool:
        """Whether a film is shown."""
        return self._picture is not None

    def show_film(self, picture: FilmPicture, heat: Heat | None) -> None:
        """Show a film at fit and upright, with its heat where it has one."""
        self._picture = picture
        self._heat = heat_image(heat, rows=picture.rows, columns=picture.columns) if heat is not None else None
        self._message = ""
        self._inverted = False
        self._painted = None
        film = QSizeF(picture.columns, picture.rows)
        self._place(Placement(film=film, view=QSizeF(self.size())).fit())

    def show_message(self, message: str) -> None:
        """Show words in place of a film."""
        self._picture = self._heat = self._painted = None
        self._message = message
        self.update()

    def set_heat(self, *, shown: bool, opacity: float) -> None:
        """Lay the heat over the film, as dense as `opacity` (0..1), or take it away."""
        self._heat_shown, self._heat_opacity = shown, opacity
        self.update()

    def set_bare(self, bare: bool) -> None:
        """Show the film without its heat for as long as this is on."""
        self._bare = bare
        self.update()

    def invert(self) -> None:
        """Swap black and white."""
        self._inverted = not self._inverted
        self.update()

    def turn(self) -> None:
        """Turn the film by a quarter, clockwise."""
        self._place(self._placement.turned())

    def fit(self) -> None:
        """Show the whole film."""
        self._place(self._placement.fit())

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Black, the film, the heat."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.film_edge))
        if self._picture is None:
            self._paint_message(painter)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._placement.scale < 4.0)
            place = QRectF(QPointF(0, 0), self._placement.film)
            painter.setTransform(self._placement.transform())
            painter.drawImage(place, self._image(self._picture))
            if self._heat is not None and self._heat_shown and not self._bare:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.setOpacity(self._heat_opacity)
                painter.drawImage(place, self._heat)
            painter.setTransform(QTransform())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted film fitted."""
        super().resizeEvent(event)
        self._place(self._placement.resized(QSizeF(event.size())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the cursor."""
        steps = event.angleDelta().y() / 120.0
        if self.has_film and steps:
            self._zoom(_ZOOM_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the film."""
        if self.has_film and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the film."""
        if self._grip is not None:
            self._place(self._placement.panned(event.position() - self._grip))
            self._grip = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the film."""
        self._grip = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the whole film."""
        self.fit()

    def _middle(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _zoom(self, factor: float, at: QPointF) -> None:
        if self.has_film:
            self._place(self._placement.zoomed(factor, at))

    def _place(self, placement: Placement) -> None:
        self._placement = placement
        self.scale_changed.emit(placement.scale * self.devicePixelRatioF() if self.has_film else 0.0)
        self.update()

    def _image(self, picture: FilmPicture) -> QImage:
        """The level that suits the size on screen, made once and kept while it is wanted."""
        number = picture.level_for(self._placement.scale * self.devicePixelRatioF())
        if self._painted is None or self._painted[:2] != (number, self._inverted):
            image = grey_image(picture.levels[number], inverted=self._inverted)
            self._painted = (number, self._inverted, image)
        return self._painted[2]

    def _paint_message(self, painter: QPainter) -> None:
        painter.setPen(QColor(DARK.muted))
        width = min(420, self.width() - 48)
        place = QRectF((self.width() - width) / 2, 24, width, self.height() - 48)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, int(flags), self._message)

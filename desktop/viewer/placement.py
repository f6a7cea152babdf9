"""Where a film lies in the view: its size, turn and place, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

_MOST_ENLARGED = 16.0
_LEAST_OF_FIT = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A film in a view. Changing it gives a new one.

    Attributes:
        film: Size of the film, in its own pixels.
        view: Size of the view, in logical screen pixels.
        scale: Logical screen pixels per film pixel.
        turns: Quarter turns clockwise, 0 to 3.
        mirrored: Whether left and right were swapped before it was turned.
        centre: Where the film's middle lies, from the middle of the view.
        fitted: Whether the film follows the size of the view.
    """

    film: QSizeF
    view: QSizeF
    scale: float = 1.0
    turns: int = 0
    mirrored: bool = False
    centre: QPointF = field(default_factory=QPointF)
    fitted: bool = True

    def fit(self) -> Placement:
        """The whole film, as large as it can be seen."""
        return replace(self, scale=self._fitting_scale(), centre=QPointF(), fitted=True)

    def resized(self, view: QSizeF) -> Placement:
        """The same film in a view of another size."""
        moved = replace(self, view=view)
        return moved.fit() if self.fitted else moved._held_in_view()

    def turned(self) -> Placement:
        """Turned by a quarter, clockwise."""
        turned = replace(self, turns=(self.turns + 1) % 4, centre=QPointF(-self.centre.y(), self.centre.x()))
        return turned.fit() if self.fitted else turned._held_in_view()

    def flipped(self) -> Placement:
        """With left and right of the screen swapped, however it is turned."""
        centre = QPointF(-self.centre.x(), self.centre.y())
        return replace(self, turns=-self.turns % 4, mirrored=not self.mirrored, centre=centre)

    def upright(self) -> Placement:
        """As it came: neither turned nor mirrored, at fit."""
        return replace(self, turns=0, mirrored=False).fit()

    def like(self, other: Placement) -> Placement:
        """As large and as far off as another film in its view, each measured by its own fit; not turned with it."""
        if other.fitted:
            return self.fit()
        scale = min(_MOST_ENLARGED, other.scale / other._fitting_scale() * self._fitting_scale())
        across, down = self.view.width() / other.view.width(), self.view.height() / other.view.height()
        centre = QPointF(other.centre.x() * across, other.centre.y() * down)
        return replace(self, scale=scale, centre=centre, fitted=False)._held_in_view()

    def zoomed(self, factor: float, at: QPointF) -> Placement:
        """Enlarged by `factor` around a point of the view, which keeps showing the same spot of the film."""
        least = min(self._fitting_scale() * _LEAST_OF_FIT, 1.0)
        scale = min(_MOST_ENLARGED, max(least, self.scale * factor))
        return self.enlarged(scale / self.scale, at)._held_in_view()

    def enlarged(self, factor: float, at: QPointF) -> Placement:
        """As `zoomed`, without its limits."""
        grip = at - QPointF(self.view.width() / 2, self.view.height() / 2)
        return replace(self, scale=self.scale * factor, centre=grip + (self.centre - grip) * factor, fitted=False)

    def panned(self, by: QPointF) -> Placement:
        """Moved by so many screen pixels."""
        return replace(self, centre=self.centre + by, fitted=False)._held_in_view()

    def transform(self) -> QTransform:
        """From film pixels to the view."""
        transform = QTransform()
        transform.translate(self.view.width() / 2 + self.centre.x(), self.view.height() / 2 + self.centre.y())
        transform.rotate(90.0 * self.turns)
        transform.scale(-self.scale if self.mirrored else self.scale, self.scale)
        transform.translate(-self.film.width() / 2, -self.film.height() / 2)
        return transform

    def film_point(self, at: QPointF) -> QPointF:
        """Which spot of the film, in its own pixels, lies at a point of the view."""
        return self.transform().inverted()[0].map(at)

    def in_sight(self, part: QRectF) -> QRectF:
        """What of the film, in its own pixels, lies in a part of the view."""
        seen = self.transform().inverted()[0].mapRect(part)
        return seen.intersected(QRectF(QPointF(0, 0), self.film))

    def _extent(self) -> QSizeF:
        return self.film.transposed() if self.turns % 2 else self.film

    def _fitting_scale(self) -> float:
        extent = self._extent()
        return max(1e-4, min(self.view.width() / extent.width(), self.view.height() / extent.height()))

    def _held_in_view(self) -> Placement:
        """Not moved so far that nothing of the film could be seen."""
        extent = self._extent() * self.scale
        reach_x = max(0.0, (extent.width() + self.view.width()) / 2 - 48)
        reach_y = max(0.0, (extent.height() + self.view.height()) / 2 - 48)
        x = min(reach_x, max(-reach_x, self.centre.x()))
        y = min(reach_y, max(-reach_y, self.centre.y()))
        return replace(self, centre=QPointF(x, y))

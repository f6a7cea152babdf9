"""Where a film lies in the view: its size, turn and place, without any widget."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QSizeF
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
        centre: Where the film's middle lies, from the middle of the view.
        fitted: Whether the film follows the size of the view.
    """

    film: QSizeF
    view: QSizeF
    scale: float = 1.0
    turns: int = 0
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

    def zoomed(self, factor: float, at: QPointF) -> Placement:
        """Enlarged by `factor` around a point of the view, which keeps showing the same spot of the film."""
        least = min(self._fitting_scale() * _LEAST_OF_FIT, 1.0)
        scale = min(_MOST_ENLARGED, max(least, self.scale * factor))
        grip = at - QPointF(self.view.width() / 2, self.view.height() / 2)
        centre = grip + (self.centre - grip) * (scale / self.scale)
        return replace(self, scale=scale, centre=centre, fitted=False)._held_in_view()

    def panned(self, by: QPointF) -> Placement:
        """Moved by so many screen pixels."""
        return replace(self, centre=self.centre + by, fitted=False)._held_in_view()

    def transform(self) -> QTransform:
        """From film pixels to the view."""
        transform = QTransform()
        transform.translate(self.view.width() / 2 + self.centre.x(), self.view.height() / 2 + self.centre.y())
        transform.rotate(90.0 * self.turns)
        transform.scale(self.scale, self.scale)
        transform.translate(-self.film.width() / 2, -self.film.height() / 2)
        return transform

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

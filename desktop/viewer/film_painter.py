"""Paints the part of a film that is in sight: its values become grey at the size of the screen, and no larger."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform

from desktop.viewer.look import Look
from desktop.viewer.picture import FilmPicture
from desktop.viewer.placement import Placement

_PIXELS_SHOWN_FROM = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    picture: FilmPicture
    look: Look
    colours: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class _Grey:
    """A part of one level as a grey picture; made once and kept while nothing changes but what lies over it."""

    curve: _Curve
    number: int
    part: QRect
    image: QImage


class FilmPainter:
    """Remembers what it painted last, as one film is painted many times."""

    def __init__(self) -> None:
        self._curve: _Curve | None = None
        self._grey: _Grey | None = None

    def paint(
        self, painter: QPainter, picture: FilmPicture, look: Look, placement: Placement, *, part: QRectF, density: float
    ) -> None:
        """Paint what of the film lies in a part of the view.

        Args:
            painter: On the view, in its logical pixels.
            picture, look, placement: The film, how it is shown, and where.
            part: Of the view.
            density: Screen pixels per logical pixel.
        """
        number = picture.level_for(placement.scale * density)
        level = picture.levels[number]
        rows, columns = level.shape
        # A film with an odd side loses its last line when it is halved, so levels are not powers of two apart.
        across, down = picture.columns / columns, picture.rows / rows
        seen = placement.in_sight(part)
        left, top = max(0, math.floor(seen.left() / across) - 1), max(0, math.floor(seen.top() / down) - 1)
        right, bottom = (
            min(columns, math.ceil(seen.right() / across) + 1),
            min(rows, math.ceil(seen.bottom() / down) + 1),
        )
        if right <= left or bottom <= top:
            return
        image = self._image(picture, look, number, QRect(left, top, right - left, bottom - top))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, placement.scale * density < _PIXELS_SHOWN_FROM)
        painter.setTransform(placement.transform(), combine=True)
        painter.setTransform(QTransform.fromScale(across, down), combine=True)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image)
        painter.restore()

    def _image(self, picture: FilmPicture, look: Look, number: int, part: QRect) -> QImage:
        curve = self._curve
        if curve is None or curve.picture is not picture or curve.look != look:
            curve = self._curve = _Curve(picture, look, grey_colours(look.curve(picture.scale)))
        grey = self._grey
        if grey is None or grey.curve is not curve or grey.number != number or grey.part != part:
            codes = picture.levels[number][part.top() : part.bottom() + 1, part.left() : part.right() + 1]
            grey = self._grey = _Grey(curve, number, part, grey_image(codes, curve.colours))
        return grey.image


def grey_colours(brightness: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Greys as `0xFFRRGGBB`. Qt scales and turns pictures of that kind several times as fast as those of 8 bits."""
    return brightness.astype(np.uint32) * np.uint32(0x010101) | np.uint32(0xFF000000)


def grey_image(codes: NDArray[np.uint16], colours: NDArray[np.uint32]) -> QImage:
    """A grey picture that owns its pixels. `codes` is (rows, columns), `colours` (65536,) as `0xFFRRGGBB`."""
    rows, columns = codes.shape
    image = QImage(columns, rows, QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.bits(), dtype=np.uint32).reshape(rows, columns)
    # Every code has a colour, so clipping changes nothing; it lets NumPy write where it is told to.
    np.take(colours, codes, out=pixels, mode="clip")
    return image

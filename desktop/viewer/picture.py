"""From pixels and heat to pictures that Qt can paint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from engine.model.heatmap import Heat, colour_heat, spread_heat

_SMALLEST_SIDE = 128
_HEAT_SIDE = 512


@dataclass(frozen=True, slots=True, eq=False)
class FilmPicture:
    """A film in grey, at full size and halved again and again, so that a shrunken film is not jagged.

    Attributes:
        levels: (rows, columns) uint8 each; the first is the film itself, 0 black.
    """

    levels: tuple[NDArray[np.uint8], ...]

    @property
    def rows(self) -> int:
        """Height of the film in pixels."""
        return int(self.levels[0].shape[0])

    @property
    def columns(self) -> int:
        """Width of the film in pixels."""
        return int(self.levels[0].shape[1])

    def level_for(self, scale: float) -> int:
        """The number of the smallest level that need not be enlarged at `scale` screen pixels per film pixel."""
        number = 0
        while number + 1 < len(self.levels) and scale <= 0.5 ** (number + 1):
            number += 1
        return number


def prepare_picture(pixels: NDArray[np.uint16]) -> FilmPicture:
    """Grey levels for the screen. `pixels` is (rows, columns) uint16, 0 black to 65535 white."""
    levels = [np.ascontiguousarray((pixels >> 8).astype(np.uint8))]
    while min(levels[-1].shape) >= 2 * _SMALLEST_SIDE:
        levels.append(_halved(levels[-1]))
    return FilmPicture(tuple(levels))


def _halved(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = level.shape[0] // 2 * 2, level.shape[1] // 2 * 2
    even = level[:rows, :columns].astype(np.uint16)
    total = even[0::2, 0::2] + even[0::2, 1::2] + even[1::2, 0::2] + even[1::2, 1::2]
    return ((total + 2) >> 2).astype(np.uint8)


def grey_image(level: NDArray[np.uint8], *, inverted: bool = False) -> QImage:
    """A grey picture that owns its pixels."""
    shown = np.ascontiguousarray(255 - level if inverted else level)
    rows, columns = shown.shape
    return QImage(shown.data, columns, rows, columns, QImage.Format.Format_Grayscale8).copy()


def heat_image(heat: Heat, *, rows: int, columns: int) -> QImage:
    """The heat as a see-through picture in the film's proportions, at most 512 pixels a side."""
    shrink = min(1.0, _HEAT_SIDE / max(rows, columns))
    height, width = max(1, round(rows * shrink)), max(1, round(columns * shrink))
    colours = colour_heat(spread_heat(heat, height=height, width=width))
    return QImage(colours.data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()

"""The sample that is a picture but no film: the sun over hills and a lake."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.phantoms.phantom import Array

_ROWS, _COLUMNS = 480, 640
_Colour = tuple[int, int, int]


def draw_landscape() -> NDArray[np.uint8]:
    """Draw the landscape: (480, 640, 3), red, green and blue in 0..255."""
    down, across = np.mgrid[0:_ROWS, 0:_COLUMNS].astype(np.float64)
    picture = np.zeros((_ROWS, _COLUMNS, 3))
    _paint(picture, np.ones_like(down), (74, 140, 214), (252, 196, 150))  # the sky
    _paint(picture, 42 - np.hypot(across - 470, down - 120), (255, 244, 190), (255, 226, 140))  # the sun
    for x, y, wide in ((120, 80, 70), (175, 92, 55), (310, 60, 60), (360, 68, 48)):
        cloud = 1.6 - 1.6 * np.hypot((across - x) / wide, (down - y) / (0.26 * wide))
        _paint(picture, cloud, (255, 255, 255), (236, 232, 238))
    _paint(picture, _hills(240, 34, 90), (120, 138, 170), (150, 160, 176))
    _paint(picture, _hills(275, 22, 60), (70, 118, 84), (110, 150, 84))
    _paint(picture, down - 308, (96, 164, 196), (28, 84, 128))  # the lake
    ripples = np.sin(down**1.35 / 9 + 1.5 * np.sin(across / 37)) * np.sin(across / 23 + down / 5)
    _paint(picture, (ripples - 0.4) * (down > 312), (236, 244, 236), (120, 180, 210))
    _paint(picture, _hills(446, 10, 48), (86, 132, 60), (48, 92, 40))  # the near shore
    return np.round(picture).astype(np.uint8)


def _paint(picture: Array, cover: Array, top: _Colour, bottom: _Colour) -> None:
    """Paint a shape into the picture, in a colour that changes from its top to its bottom.

    Args:
        picture: (480, 640, 3); changed in place.
        cover: How opaque the shape is, (480, 640); values beyond 0..1 are clipped.
        top: Its colour at its first row.
        bottom: Its colour at its last row.
    """
    down = np.mgrid[0:_ROWS, 0:_COLUMNS][0].astype(np.float64)
    rows = down[cover > 0.5]
    share = np.clip((down - rows.min()) / (rows.max() - rows.min()), 0, 1)[..., None]
    opaque = np.clip(cover, 0, 1)[..., None]
    picture += opaque * (np.array(top) * (1 - share) + np.array(bottom) * share - picture)


def _hills(base: float, height: float, length: float) -> Array:
    """Pixels below the line of a range of hills, (480, 640), above 0 inside; heights and lengths in pixels."""
    down, across = np.mgrid[0:_ROWS, 0:_COLUMNS].astype(np.float64)
    waves = np.sin(across / length + base) + 0.4 * np.sin(2.7 * across / length + base)
    below: Array = down - base + height * waves
    return below

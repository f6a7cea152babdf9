"""The grid of a film, and the plain shapes that bodies are made of."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from training.phantoms.phantom import Array, Phantom
from training.phantoms.smoothing import noise

Place = tuple[float, float]
"""A place in the body: x and y, in half widths of the rib cage."""


class Canvas:
    """Where each pixel of a film lies in the body, and how shapes are laid onto the pixels.

    Lengths, thicknesses and distances are in half widths of the rib cage, as everywhere in the body.

    Attributes:
        phantom: The film to draw.
        shape: Rows and columns.
        unit: Pixels per half width of the rib cage.
        x: Position of each pixel across the body, (rows, columns).
        y: Position of each pixel down the body, (rows, columns).
    """

    def __init__(self, phantom: Phantom) -> None:
        self.phantom = phantom
        self.shape = phantom.size
        self.unit = phantom.unit
        self.x, self.y = phantom.grid()

    def empty(self) -> Array:
        """Nothing anywhere, (rows, columns)."""
        return np.zeros(self.shape)

    def clouds(self, chance: np.random.Generator, scale: float) -> Array:
        """Noise (rows, columns) of mean 0 and standard deviation 1 whose patches are about `scale` across."""
        return noise(self.shape, chance, scale * self.unit / 2)

    def ball(self, x: float, y: float, wide: float, high: float, *, lean: float = 0.0) -> Array:
        """Thickness of an ellipsoid seen from the front.

        Args:
            x: Centre across the body.
            y: Centre down the body.
            wide: Half its width.
            high: Half its height.
            lean: Rotation in the picture plane, in degrees.

        Returns:
            Half the thickness in its middle made 1, (rows, columns) in 0..1.
        """
        cos, sin = np.cos(np.deg2rad(lean)), np.sin(np.deg2rad(lean))
        across, down = self.x - x, self.y - y
        reach = ((cos * across + sin * down) / wide) ** 2 + ((cos * down - sin * across) / high) ** 2
        thickness: Array = np.sqrt(np.maximum(1 - reach, 0))
        return thickness

    def distance(self, corners: list[Place]) -> Array:
        """Distance of each pixel from a chain of straight lines, (rows, columns)."""
        nearest = np.full(self.shape, np.inf)
        for (x1, y1), (x2, y2) in pairwise(corners):
            run, rise = x2 - x1, y2 - y1
            share = np.clip(((self.x - x1) * run + (self.y - y1) * rise) / (run**2 + rise**2), 0, 1)
            nearest = np.minimum(nearest, np.hypot(self.x - x1 - share * run, self.y - y1 - share * rise))
        return nearest

    def depth_within(self, corners: tuple[Place, Place, Place]) -> Array:
        """Distance of each pixel from the nearest side of a triangle, positive inside, (rows, columns)."""
        (x1, y1), (x2, y2), (x3, y3) = corners
        facing = np.sign((x2 - x1) * (y3 - y1) - (y2 - y1) * (x3 - x1))
        nearest = np.full(self.shape, np.inf)
        for (xa, ya), (xb, yb) in zip(corners, corners[1:] + corners[:1], strict=True):
            run, rise = xb - xa, yb - ya
            away = facing * (run * (self.y - ya) - rise * (self.x - xa)) / np.hypot(run, rise)
            nearest = np.minimum(nearest, away)
        return nearest

    def lay(self, points: Array, volume: Array) -> Array:
        """Lay crumbs of matter onto the pixels.

        Args:
            points: Where they lie: x, y and z, (count, 3). Those outside the film are lost.
            volume: How much each holds, (count,).

        Returns:
            The thickness that a ray meets at each pixel, (rows, columns).
        """
        rows, columns = self.shape
        down, across = self.phantom.pixel(points[:, 0] + self.phantom.turn * points[:, 2], points[:, 1])
        inside = (across > 0) & (across < columns - 1.001) & (down > 0) & (down < rows - 1.001)
        across, down = across[inside], down[inside]
        weight = volume[inside] * self.unit**2
        column, row = np.floor(across).astype(np.int64), np.floor(down).astype(np.int64)
        right, low = across - column, down - row
        sheet = np.zeros(rows * columns)
        for step_down, share_down in ((0, 1 - low), (1, low)):
            for step_right, share_right in ((0, 1 - right), (1, right)):
                index = (row + step_down) * columns + column + step_right
                sheet += np.bincount(index, weight * share_down * share_right, rows * columns)
        return sheet.reshape(self.shape)

    def tube(self, path: Array, upright: Array, flat: Array, *, wall: Array | float) -> Array:
        """Thickness of a hollow tube with a little marrow inside.

        Args:
            path: Its middle line: x, y and z, (places, 3).
            upright: One half axis of its cross-section at each place, (places, 3).
            flat: The other half axis, (places, 3).
            wall: Thickness of its wall, the same everywhere or (places,).

        Returns:
            The thickness that a ray meets at each pixel, (rows, columns).
        """
        around = np.linspace(0, 2 * np.pi, 36, endpoint=False)[:, None, None]
        around = around + 2.4 * np.arange(len(path))[:, None]  # a twist, so that the points form no stripes
        step = np.linalg.norm(np.gradient(path, axis=0), axis=1)
        girth = np.sqrt((upright**2).sum(axis=1)) + np.sqrt((flat**2).sum(axis=1))
        sheet = self.empty()
        for reach, thickness in ((1.0, wall), (0.62, 0.2 * wall)):
            ring = np.cos(around) * upright + np.sin(around) * flat
            points = (path + reach * ring).reshape(-1, 3)
            volume = np.broadcast_to(step * girth * np.pi * thickness / len(around), (len(around), len(path)))
            sheet += self.lay(points, volume.reshape(-1))
        return sheet


def melt(*sheets: Array) -> Array:
    """The thickest of several overlapping parts at each pixel, without a crease between them."""
    total = sum((sheet**4 for sheet in sheets), np.zeros(sheets[0].shape))
    return np.sqrt(np.sqrt(total))

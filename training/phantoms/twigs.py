"""Trees of round twigs: vessels, airways and the streaks along them."""

from __future__ import annotations

import numpy as np

from training.phantoms.canvas import Canvas, Place
from training.phantoms.phantom import Array

_STEP = 0.008  # length that a twig grows at a time
_THINNEST = 0.004  # radius at which a twig ends

_Spot = tuple[float, float, float]  # x, y and radius
_Twig = tuple[float, float, float, float]  # x, y, angle and radius


def branches(
    canvas: Canvas, chance: np.random.Generator, root: Place, side: int, *, thickest: float, stems: int
) -> Array:
    """Thickness of a tree of round twigs that fans out to one side.

    Args:
        canvas: The film.
        chance: What bends, splits and thins the twigs.
        root: Where the tree begins.
        side: -1 to grow towards smaller x, 1 towards larger.
        thickest: Radius of the thickest stem.
        stems: Number of twigs that leave the root.

    Returns:
        The thickness that a ray meets at each pixel, (rows, columns).
    """
    x, y, radius = np.array(_grow(_stems(canvas, chance, root, side, thickest, stems), canvas, chance, side)).T
    around, reach = np.meshgrid(np.linspace(0, 2 * np.pi, 7)[:-1], (0.35, 0.85))
    offsets = np.stack([reach * np.cos(around), reach * np.sin(around), 0 * reach], axis=-1).reshape(-1, 3)
    middle = np.column_stack([x, y, np.zeros(len(x))])
    points = middle[:, None] + radius[:, None, None] * offsets
    volume = np.repeat(np.pi * radius**2 * _STEP / len(offsets), len(offsets))
    return canvas.lay(points.reshape(-1, 3), volume)


def _stems(
    canvas: Canvas, chance: np.random.Generator, root: Place, side: int, thickest: float, count: int
) -> list[_Twig]:
    """The twigs as they leave the root."""
    stems = []
    for angle in np.linspace(-1.4, 1.4, count):
        x = root[0] + side * chance.uniform(-0.06, 0.08)
        y = root[1] + (0.09 * angle + chance.normal(0, 0.03)) * canvas.phantom.tall
        stems.append((x, y, angle + chance.normal(0, 0.15), thickest * chance.uniform(0.5, 1)))
    return stems


def _grow(twigs: list[_Twig], canvas: Canvas, chance: np.random.Generator, side: int) -> list[_Spot]:
    """Let twigs grow and split until they are thin or have left the chest; the places they pass."""
    tall = canvas.phantom.tall
    spots: list[_Spot] = []
    while twigs:
        x, y, angle, radius = twigs.pop()
        while radius > _THINNEST and abs(x) < 1.0 and -0.05 < y < 1.45 * tall:
            x, y = x + side * _STEP * np.cos(angle), y + _STEP * np.sin(angle) * tall**0.5
            spots.append((x, y, radius))
            angle += chance.normal(0, 0.07)
            radius *= 0.989
            if chance.random() < 0.045:
                twigs.append((x, y, angle + chance.choice((-1, 1)) * chance.uniform(0.4, 0.9), radius * 0.7))
    return spots

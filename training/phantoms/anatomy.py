"""The soft parts of the chest: body, lungs, mediastinum, gas and vessels.

Everything is the thickness that a ray meets at each pixel, (rows, columns), in half widths of the rib cage.
"""

from __future__ import annotations

import numpy as np

from training.phantoms.canvas import Canvas, melt
from training.phantoms.phantom import Array
from training.phantoms.smoothing import blur, smooth_step
from training.phantoms.twigs import branches

CHEST_DEPTH = 0.62
"""Half the depth of the lungs where they are deepest."""


def body_thickness(canvas: Canvas) -> Array:
    """The whole body as if it were soft throughout: trunk, neck, shoulders, arms and perhaps the chin."""
    phantom, x, y, tall = canvas.phantom, canvas.x, canvas.y, canvas.phantom.tall
    half = 0.34 + 0.82 * smooth_step(y, -0.55, 0.28) ** 0.8 - 0.07 * smooth_step(y, 0.6 * tall, 1.6 * tall)
    depth = 0.52 + 0.20 * smooth_step(y, -0.3, 0.6) + 0.12 * smooth_step(y, 0.9 * tall, 1.3 * tall)
    trunk = 2 * depth * np.maximum(1 - np.abs(x / half) ** 2.3, 0) ** 0.55
    parts = [trunk]
    for side in (-1, 1):
        elbow = (side * 1.5, -0.95) if phantom.arms_up else (side * 1.62, 1.15 * tall)
        root = (side * 0.98, 0.12) if phantom.arms_up else (side * 1.12, 0.06)
        for corners, radius in (([root, elbow], 0.3), ([(side * 0.3, -0.16), root], 0.26)):
            away = canvas.distance(corners) / radius
            parts.append(2 * radius * np.sqrt(np.maximum(1 - away**2, 0)))
    if phantom.chin:
        parts.append(1.15 * canvas.ball(0.02, -0.78, 0.62, 0.5))
    return melt(*parts)


def lung_thickness(canvas: Canvas) -> Array:
    """Both lungs, less the diaphragm, the heart and the mediastinum."""
    y, tall, whole = canvas.y, canvas.phantom.tall, canvas.empty()
    down = np.clip(y / (0.98 * tall), 0, 1)
    for side, dome in ((-1, tall), (1, 1.05 * tall)):
        x = side * canvas.x
        outer = 0.36 + 0.6 * (1 - (1 - down) ** 2.3) ** (1 / 2.1)
        inner = 0.36 - 0.28 * np.sqrt(1 - (1 - np.clip(3 * down, 0, 1)) ** 2)
        place = (2 * x - outer - inner) / np.maximum(outer - inner, 1e-6)
        half = CHEST_DEPTH * (0.5 + 0.5 * smooth_step(down, 0.0, 0.6)) * (y > 0)
        half = half * np.sqrt(np.maximum(1 - np.abs(place) ** 3.2, 0))
        slope = np.where(x > 0.4, 1.15, 0.35)
        below = np.sqrt(np.maximum(y - dome - slope * (x - 0.4) ** 2, 0) / 0.3)
        whole = np.maximum(whole, 2 * np.maximum(half - below, 0))
    return np.maximum(whole - _mediastinum(canvas), 0)


def gas_thickness(canvas: Canvas, body: Array, chance: np.random.Generator) -> Array:
    """Gas in the windpipe, the main bronchi, the stomach and the bowel, weighted by how much it darkens.

    Args:
        canvas: The film.
        body: What `body_thickness` gave; no bowel reaches beyond it.
        chance: Where the gas in the bowel lies.
    """
    tall, airway = canvas.phantom.tall, canvas.empty()
    fork = (-0.015, 0.46 * tall)
    for corners, radius in (
        ([(0.0, -0.8), (-0.025, 0.1), fork], 0.062),
        ([fork, (-0.2, 0.57 * tall)], 0.042),
        ([fork, (0.27, 0.6 * tall)], 0.036),
    ):
        reach = canvas.distance(corners) / radius
        airway = np.maximum(airway, 3.6 * radius * np.sqrt(np.maximum(1 - reach**2, 0)))
    bubbles = canvas.ball(0.5, 1.27 * tall, 0.26, 0.12, lean=-12)
    for _ in range(5):
        x, y = chance.uniform(-0.4, 0.8), chance.uniform(1.5, 1.8) * tall
        bubbles = np.maximum(bubbles, 0.7 * canvas.ball(x, y, *chance.uniform(0.07, 0.16, 2)))
    return airway + 0.26 * blur(bubbles, 0.03 * canvas.unit) * (body > 0)


def vessel_thickness(canvas: Canvas, lungs: Array, chance: np.random.Generator) -> Array:
    """The hila, the vessels that branch from them, and a faint texture of the lung.

    Args:
        canvas: The film.
        lungs: What `lung_thickness` gave; the vessels fade where it ends.
        chance: How the vessels branch.
    """
    tall, tree = canvas.phantom.tall, canvas.empty()
    for side in (-1, 1):
        root = (side * 0.24, (0.56 if side < 0 else 0.52) * tall)
        tree += branches(canvas, chance, root, side, thickest=0.042, stems=12)
    hila = 0.13 * canvas.ball(-0.25, 0.56 * tall, 0.11, 0.22) + 0.1 * canvas.ball(0.27, 0.51 * tall, 0.1, 0.16)
    texture = 0.014 * canvas.clouds(chance, 0.035) + 0.022 * canvas.clouds(chance, 0.14)
    inside = smooth_step(lungs, 0.02, 0.35)
    return inside * (1.5 * blur(tree, 0.7) + blur(hila, 0.03 * canvas.unit) + texture)


def _mediastinum(canvas: Canvas) -> Array:
    """The heart, the great vessels and what lies around the spine."""
    tall, size = canvas.phantom.tall, canvas.phantom.heart
    below_neck, above_heart = smooth_step(canvas.y, 0, 0.3 * tall), smooth_step(canvas.y, 0.75 * tall, 0.4 * tall)
    half = 0.155 + canvas.phantom.thymus * below_neck * above_heart
    column = 1.3 * np.sqrt(np.maximum(1 - np.abs(canvas.x / half) ** 3, 0))
    return melt(
        column,
        1.0 * canvas.ball(0.19 * size, 0.82 * tall, 0.47 * size, 0.33 * size, lean=42),
        1.0 * canvas.ball(0.2 * size, 0.98 * tall, 0.44 * size, 0.2 * tall, lean=10),
        0.75 * canvas.ball(0.12, 0.66 * tall, 0.27 * size, 0.36 * tall, lean=-14),
        0.8 * canvas.ball(-0.09, 0.82 * tall, 0.23 * size, 0.26 * tall),
        0.7 * canvas.ball(0.11, 0.36 * tall, 0.13, 0.14),
        0.6 * canvas.ball(-0.07, 0.4 * tall, 0.15, 0.4 * tall),
    )

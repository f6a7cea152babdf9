"""From what the rays have met to a developed film."""

from __future__ import annotations

import numpy as np

from training.phantoms.canvas import Canvas, Place
from training.phantoms.phantom import Array
from training.phantoms.smoothing import blur, noise, smooth_step

_GRAIN = 0.008  # standard deviation at half brightness, as a share of the range from black to white

_LETTERS: dict[str, list[list[Place]]] = {
    "L": [[(0.0, 0.0), (0.0, 1.0), (0.55, 1.0)]],
    "R": [
        [(0.0, 1.0), (0.0, 0.0), (0.4, 0.0), (0.56, 0.12), (0.56, 0.4), (0.4, 0.52), (0.0, 0.52)],
        [(0.3, 0.52), (0.6, 1.0)],
    ],
}  # strokes in heights of the letter, from its upper left corner


def expose(seen: Array, canvas: Canvas, chance: np.random.Generator) -> Array:
    """Expose and develop a film.

    Scatter, an uneven beam and the lift of edges come first, then the tone curve, the grain, the edges of the beam
    and the marker.

    Args:
        seen: What the rays have met, (rows, columns), 0 or more.
        canvas: The film.
        chance: Where the grain comes from.

    Returns:
        The film (rows, columns) in 0..1, bones bright.
    """
    phantom = canvas.phantom
    tone = _tone(_unsharp(seen, canvas) / (2.25 * phantom.exposure))
    tone = tone + _GRAIN * _grain(canvas.shape, chance) * (0.75 + 0.5 * tone)
    if phantom.collimated:
        tone = 0.012 + (tone - 0.012) * _beam(canvas.shape)
    if phantom.marker:
        tone = np.maximum(tone, 0.97 * _letter(canvas, phantom.marker))
    return np.clip(tone, 0, 1)


def _unsharp(seen: Array, canvas: Canvas) -> Array:
    """What the detector sees: scattered light on top, brighter at one corner, edges lifted."""
    rows, columns = canvas.shape
    through = np.exp(-seen)
    through = 0.93 * through + 0.07 * blur(through, 0.3 * canvas.unit)
    seen = -np.log(through)
    seen += 0.28 * (seen - blur(seen, 0.12 * canvas.unit))
    seen += 0.08 * (np.arange(rows) / rows - 0.5)[:, None] + 0.04 * (np.arange(columns) / columns - 0.5)
    return seen


def _tone(density: Array) -> Array:
    """The tone curve: steeper in the middle, flat towards white."""
    tone = np.clip(density, 0, 1.2)
    tone = 0.02 + 0.95 * (tone - 0.12 * np.sin(2 * np.pi * np.clip(tone, 0, 1)) / np.pi)
    return np.where(tone > 0.85, 0.85 + 0.13 * np.tanh((tone - 0.85) / 0.13), tone)


def _grain(shape: tuple[int, int], chance: np.random.Generator) -> Array:
    """Grain of mean 0 and a standard deviation of about 1: fine specks on a coarser mottle."""
    return 0.8 * noise(shape, chance, 0.65) + 0.6 * noise(shape, chance, 1.4)


def _beam(shape: tuple[int, int]) -> Array:
    """1 inside the beam and 0 outside, for a beam that ends shortly before the film does."""
    rows, columns = shape
    margin = 0.022 * min(rows, columns)
    down, across = np.mgrid[0:rows, 0:columns].astype(np.float64)
    edge = np.minimum(np.minimum(down, rows - 1 - down), np.minimum(across, columns - 1 - across))
    return smooth_step(edge, margin - 1.5, margin + 1.5)


def _letter(canvas: Canvas, letter: str) -> Array:
    """The side marker, drawn in strokes above the shoulder that it names."""
    x, y = (-1.24 if letter == "R" else 1.17), -0.41
    height = 0.13
    lines = [[(x + height * right, y + height * down) for right, down in stroke] for stroke in _LETTERS[letter]]
    away = np.minimum.reduce([canvas.distance(line) for line in lines])
    return smooth_step(away * canvas.unit, 0.011 * canvas.unit + 1.0, 0.011 * canvas.unit - 0.5)

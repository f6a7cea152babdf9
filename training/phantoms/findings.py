"""The findings: what has replaced air in the lungs."""

from __future__ import annotations

import numpy as np

from training.phantoms.canvas import Canvas, Place
from training.phantoms.phantom import Array
from training.phantoms.smoothing import blur, smooth_step
from training.phantoms.twigs import branches


def opacity(canvas: Canvas, chance: np.random.Generator) -> Array:
    """The share of the air that the finding of a film has replaced, (rows, columns) in 0..1.

    Args:
        canvas: The film; its phantom names the finding.
        chance: What makes the finding uneven.
    """
    ragged = 0.05 * canvas.clouds(chance, 0.16) + 0.02 * canvas.clouds(chance, 0.05)
    match canvas.phantom.finding:
        case "clear":
            return canvas.empty()
        case "patchy":
            return _patches(canvas, chance)
        case "streaks":
            return _streaks(canvas, chance)
        case "right upper lobe":
            return _right_upper_lobe(canvas, ragged, chance)
        case "right lower lobe":
            return _lower_lobe(canvas, ragged, chance, side=-1, wide=0.5, high=0.36, low=0.92, root=(-0.24, 0.66))
        case "left lower lobe":
            return _lower_lobe(canvas, ragged, chance, side=1, wide=0.48, high=0.42, low=0.95, root=(0.24, 0.62))


def _patches(canvas: Canvas, chance: np.random.Generator) -> Array:
    """Patches in both lungs, more of them lower down."""
    y, tall = canvas.y, canvas.phantom.tall
    spots = 0.6 * canvas.clouds(chance, 0.13) + 0.3 * canvas.clouds(chance, 0.05)
    spots += canvas.clouds(chance, 0.3)
    return 0.58 * smooth_step(spots + 0.9 * smooth_step(y, 0.15 * tall, 0.75 * tall), -0.1, 2.4)


def _streaks(canvas: Canvas, chance: np.random.Generator) -> Array:
    """A net of threads, streaks along the vessels, and haze around both hila."""
    x, y, tall = canvas.x, canvas.y, canvas.phantom.tall
    threads = [np.exp(-((canvas.clouds(chance, scale) / 0.22) ** 2)) for scale in (0.06, 0.09, 0.13)]
    net = blur(sum(threads, canvas.empty()), 0.006 * canvas.unit)
    haze = np.exp(-(((np.abs(x) - 0.25) / 0.42) ** 2) - ((y - 0.6 * tall) / (0.45 * tall)) ** 2)
    for side in (-1, 1):
        net += 5 * branches(canvas, chance, (side * 0.24, 0.55 * tall), side, thickest=0.03, stems=15)
    return np.clip((0.14 + 0.32 * net) * haze, 0, 0.7)


def _right_upper_lobe(canvas: Canvas, ragged: Array, chance: np.random.Generator) -> Array:
    """A dense right upper lobe, which the horizontal fissure bounds sharply below."""
    x, y, tall = canvas.x, canvas.y, canvas.phantom.tall
    patch = smooth_step(y + 0.12 * (x + 0.5) + 0.3 * ragged, 0.57 * tall, 0.53 * tall)
    patch *= smooth_step(x, -0.05, -0.15) * smooth_step(y + ragged, -0.05, 0.25)
    return _with_airways(canvas, patch, chance, root=(-0.2, 0.5 * tall), side=-1)


def _lower_lobe(
    canvas: Canvas,
    ragged: Array,
    chance: np.random.Generator,
    *,
    side: int,
    wide: float,
    high: float,
    low: float,
    root: Place,
) -> Array:
    """A ragged oval opacity in a lower lobe; `high`, `low` and the `root` of its airways in heights of the lung."""
    x, y, tall = canvas.x, canvas.y, canvas.phantom.tall
    reach = np.hypot((x - side * 0.5) / wide, (y - low * tall) / (high * tall)) + 2.2 * ragged
    patch = smooth_step(reach, 1.25, 0.35) * (side * x > 0)
    return _with_airways(canvas, patch, chance, root=(root[0], root[1] * tall), side=side)


def _with_airways(canvas: Canvas, patch: Array, chance: np.random.Generator, *, root: Place, side: int) -> Array:
    """Uneven filling of a patch, in which some airways have stayed open."""
    bronchi = branches(canvas, chance, root, side, thickest=0.03, stems=4)
    open_airways = np.clip(7 * blur(bronchi, 0.008 * canvas.unit), 0, 0.4)
    return patch * (0.66 + 0.05 * canvas.clouds(chance, 0.1)) * (1 - open_airways)

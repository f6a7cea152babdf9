"""From a phantom to its film: adds up what the rays meet."""

from __future__ import annotations

import numpy as np

from training.phantoms.anatomy import body_thickness, gas_thickness, lung_thickness, vessel_thickness
from training.phantoms.canvas import Canvas
from training.phantoms.exposure import expose
from training.phantoms.findings import opacity
from training.phantoms.phantom import Array, Phantom
from training.phantoms.skeleton import bone_thickness
from training.phantoms.smoothing import blur

_TISSUE, _LUNG, _BONE = 1.0, 0.2, 3.4  # attenuation per half width of the rib cage


def draw(phantom: Phantom) -> Array:
    """Draw a phantom: (rows, columns) in 0..1, bones bright. The same phantom gives the same film always."""
    canvas, chance = Canvas(phantom), np.random.default_rng(phantom.number)
    lungs = lung_thickness(canvas)
    air = lungs * (1 - opacity(canvas, chance))
    body = body_thickness(canvas)
    seen = body * _TISSUE - air * (_TISSUE - _LUNG) - gas_thickness(canvas, body, chance)
    seen += (body > 0) * (0.03 * canvas.clouds(chance, 0.5) + 0.012 * canvas.clouds(chance, 0.13))
    seen += vessel_thickness(canvas, lungs, chance)
    seen = blur(np.maximum(seen, 0), canvas.unit * 0.006)
    seen += _BONE * blur(bone_thickness(canvas, chance), 0.8)
    return expose(seen, canvas, chance)

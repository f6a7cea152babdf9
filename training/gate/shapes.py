"""Plain shapes on a square, for drawings of what is no chest film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float64]
Place = tuple[float, float]


def places(side: int) -> tuple[Array, Array]:
    """Position of each pixel across and down, both (side, side), from -1 to 1."""
    down, across = np.meshgrid(*[np.linspace(-1.0, 1.0, side)] * 2, indexing="ij")
    return across, down


def ball(side: int, middle: Place, wide: float, high: float, *, lean: float = 0.0) -> Array:
    """Thickness of an ellipsoid as rays meet it, (side, side), 1 in its middle; `lean` is in radians."""
    across, down = places(side)
    across, down = across - middle[0], down - middle[1]
    x, y = np.cos(lean) * across + np.sin(lean) * down, np.cos(lean) * down - np.sin(lean) * across
    thickness: Array = np.sqrt(np.maximum(1.0 - (x / wide) ** 2 - (y / high) ** 2, 0.0))
    return thickness


def rod(side: int, start: Place, end: Place, thick: float) -> Array:
    """Thickness of a round rod between two places, (side, side), 1 along its middle."""
    return np.sqrt(np.maximum(1.0 - (distance(side, start, end) / thick) ** 2, 0.0))


def bone(side: int, start: Place, end: Place, thick: float) -> Array:
    """A rod with a dense wall and knobs at its ends."""
    shaft = rod(side, start, end, thick) - 0.55 * rod(side, start, end, 0.6 * thick)
    knobs = ball(side, start, 1.5 * thick, 1.4 * thick) + ball(side, end, 1.5 * thick, 1.4 * thick)
    return np.maximum(shaft, 0.6 * knobs)


def distance(side: int, start: Place, end: Place) -> Array:
    """Distance of each pixel from the line between two places, (side, side)."""
    across, down = places(side)
    run, rise = end[0] - start[0], end[1] - start[1]
    share = np.clip(((across - start[0]) * run + (down - start[1]) * rise) / max(run**2 + rise**2, 1e-9), 0.0, 1.0)
    return np.hypot(across - start[0] - share * run, down - start[1] - share * rise)


def bulk(inside: NDArray[np.bool_], depth: float) -> Array:
    """Thickness of a body seen from its flat side, (side, side) in 0..1: it rounds off within `depth` of its edge."""
    reach = ndimage.distance_transform_edt(inside) / (inside.shape[0] / 2)
    thickness: Array = np.sqrt(1.0 - (1.0 - np.clip(reach / depth, 0.0, 1.0)) ** 2)
    return thickness


def clouds(side: int, fall: float, chance: np.random.Generator) -> Array:
    """Noise (side, side) in 0..1 whose amplitude falls with the frequency to the power of `fall`."""
    across, down = np.meshgrid(np.fft.rfftfreq(side), np.fft.fftfreq(side))
    frequency = np.hypot(across, down)
    frequency[0, 0] = 1.0
    waves = chance.standard_normal(frequency.shape) + 1j * chance.standard_normal(frequency.shape)
    waves /= frequency**fall
    waves[0, 0] = 0.0
    return stretched(np.fft.irfft2(waves, s=(side, side)))


def stretched(picture: Array) -> Array:
    """The same picture over the whole range 0..1."""
    low, high = float(picture.min()), float(picture.max())
    return (picture - low) / max(high - low, 1e-9)

"""Smooth steps, blurs and noise on pictures."""

from __future__ import annotations

import numpy as np

from training.phantoms.phantom import Array

_WIDEST = 6  # pixels; wider blurs run on a coarser grid


def smooth_step(value: Array, start: float, end: float) -> Array:
    """A smooth step from 0 to 1.

    Args:
        value: Values of any shape.
        start: Where the step begins.
        end: Where the step is complete; below `start` the step falls as the values rise.

    Returns:
        0 up to `start`, 1 from `end`, smooth between; the shape of `value`.
    """
    share = np.clip((value - start) / (end - start), 0, 1)
    return share * share * (3 - 2 * share)


def blur(sheet: Array, sigma: float) -> Array:
    """Gaussian blur with the borders repeated.

    Args:
        sheet: A picture (rows, columns).
        sigma: Standard deviation in pixels, above 0.

    Returns:
        The blurred picture (rows, columns).
    """
    if sigma > _WIDEST:
        rows, columns = sheet.shape
        step = int(sigma // 3)
        padded = np.pad(sheet, ((0, -rows % step), (0, -columns % step)), mode="edge")
        coarse = padded.reshape(padded.shape[0] // step, step, -1, step).mean(axis=(1, 3))
        return _enlarge(blur(coarse, sigma / step), padded.shape)[:rows, :columns]
    reach = max(1, int(np.ceil(3 * sigma)))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    taps /= taps.sum()
    for axis in (0, 1):
        spread = [(reach, reach) if axis == side else (0, 0) for side in (0, 1)]
        padded, length = np.pad(sheet, spread, mode="edge"), sheet.shape[axis]
        moved = (padded[k : k + length] if axis == 0 else padded[:, k : k + length] for k in range(len(taps)))
        sheet = sum((tap * part for tap, part in zip(taps, moved, strict=True)), np.zeros(sheet.shape))
    return sheet


def noise(shape: tuple[int, int], chance: np.random.Generator, sigma: float) -> Array:
    """Smooth noise of mean 0 and standard deviation 1.

    Args:
        shape: Rows and columns.
        chance: Where the noise comes from; one normal number for each pixel is drawn.
        sigma: Standard deviation of the blur that makes it smooth, in pixels.
    """
    sheet = blur(chance.standard_normal(shape), sigma)
    sheet -= sheet.mean()
    even: Array = sheet / sheet.std()
    return even


def _enlarge(coarse: Array, shape: tuple[int, ...]) -> Array:
    """Bilinear enlargement of a coarse grid whose cells tile `shape`."""
    for axis in (0, 1):
        place = (np.arange(shape[axis]) + 0.5) * coarse.shape[axis] / shape[axis] - 0.5
        place = np.clip(place, 0, coarse.shape[axis] - 1)
        low = np.minimum(place.astype(np.int64), coarse.shape[axis] - 2)
        share = (place - low)[:, None] if axis == 0 else place - low
        coarse = np.take(coarse, low, axis) * (1 - share) + np.take(coarse, low + 1, axis) * share
    return coarse

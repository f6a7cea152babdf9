"""Is a film so dark, so pale or so flat that its score cannot be relied on?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# All of it over the middle of the film, where the lungs lie. Each limit is passed by fewer than 1 of 200 real films.
_MARGIN = 0.15
_BLACK, _WHITE = 0.02, 0.98
_MOST_BLACK, _MOST_WHITE = 0.35, 0.45
_DARKEST, _PALEST = 0.10, 0.90
_LEAST_CONTRAST = 0.15
_STEP = 4


def is_badly_exposed(pixels: NDArray[np.float32]) -> bool:
    """Whether much of a film's middle is black or white, or nearly all of it lies close together.

    `pixels` is (rows, columns) in 0..1, bones bright.
    """
    rows, columns = pixels.shape
    top, left = int(rows * _MARGIN), int(columns * _MARGIN)
    step = max(1, min(_STEP, rows // 64))
    middle = pixels[top : rows - top : step, left : columns - left : step]
    low, median, high = np.percentile(middle, [5.0, 50.0, 95.0])
    return bool(
        (middle <= _BLACK).mean() > _MOST_BLACK
        or (middle >= _WHITE).mean() > _MOST_WHITE
        or not _DARKEST <= median <= _PALEST
        or high - low < _LEAST_CONTRAST
    )

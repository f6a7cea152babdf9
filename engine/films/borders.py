"""Where a film lies inside flat borders: letterboxes, collimated edges, padding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FLAT = 0.03
_MAX_CROP = 0.45


def content_span(pixels: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """First and past-last row and column of the film inside flat borders: top, bottom, left, right.

    Args:
        pixels: (rows, columns) in 0..1; borders of any brightness are flat.
    """
    top, bottom = _span_of_content(pixels)
    left, right = _span_of_content(pixels[top:bottom].T)
    return top, bottom, left, right


def _span_of_content(lines: NDArray[np.float32]) -> tuple[int, int]:
    low, high = np.percentile(lines, [2.0, 98.0], axis=1)
    busy = np.flatnonzero(high - low > _FLAT)
    count = len(lines)
    if busy.size == 0:
        return 0, count
    limit = int(count * _MAX_CROP)
    return min(int(busy[0]), limit), max(int(busy[-1]) + 1, count - limit)

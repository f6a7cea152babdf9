"""Where a film lies inside what is around it: letterboxes, collimated edges, padding, the bars of a viewer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FLAT = 0.03
_MAX_CROP = 0.45
# Bars of a viewer: how high they are together, how alike and how many the pixels of a row are, and what an edge is.
_MIN_BARS, _MAX_BARS = 0.015, 0.25
_SAME_GREY = 0.02
_MOST = 0.6
_STEP = 0.1
_BLUR = 2


def content_span(pixels: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """First and past-last row and column of the film: top, bottom, left, right.

    Flat borders do not belong to it, nor the bars of a viewer above it in a screenshot.

    Args:
        pixels: (rows, columns) in 0..1; borders of any brightness are flat.
    """
    top, bottom = _span_of_content(pixels)
    bars = _height_of_bars(pixels)
    if bars > top + len(pixels) * _MIN_BARS:  # what is less is the soft edge of a border
        top, bottom = (bars + end for end in _span_of_content(pixels[bars:]))
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


def _height_of_bars(pixels: NDArray[np.float32]) -> int:
    """How many rows at the top are bars with a title, a menu or buttons; 0 where there are none.

    Most of such a row has one grey, and the last one ends in an edge from side to side; a film has neither.
    """
    height = 0
    for row in pixels[: int(len(pixels) * _MAX_BARS)]:
        if np.mean(np.abs(row - np.median(row)) < _SAME_GREY) < _MOST:
            break
        height += 1
    if not _BLUR < height < len(pixels) - _BLUR:
        return 0
    step = np.abs(pixels[height + _BLUR] - pixels[height - 1 - _BLUR])
    return height if np.mean(step > _STEP) >= _MOST else 0

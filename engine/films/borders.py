"""Where a film lies inside what is around it: letterboxes, bright shutters, padding, the bars of a viewer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FLAT = 0.03
# A shutter that is shown bright, with a faint glow: such lines are no part of a film, however exposed.
_BRIGHT, _GLOW = 0.85, 0.12
_MAX_CROP = 0.45
# Bars of a viewer: how high they are together, how alike and how many the pixels of a row are, and what an edge is.
_MIN_BARS, _MAX_BARS = 0.015, 0.25
_SAME_GREY = 0.02
_MOST = 0.6
_STEP = 0.1
_BLUR = 2


def content_span(pixels: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """First and past-last row and column of the film: top, bottom, left, right.

    Flat borders do not belong to it, nor bright shutters, nor the bars of a viewer around it in a screenshot.

    Args:
        pixels: (rows, columns) in 0..1; borders of any brightness are flat.
    """
    top, bottom = _span_of_content(pixels)
    rows, columns = pixels.shape
    above = _height_of_bars(pixels)
    if above <= top + rows * _MIN_BARS:  # what is less is the soft edge of a border
        above = 0
    # The dark rim of a film may look like a bar too: one at the side is one only where there is another.
    left, below, right = (_height_of_bars(np.rot90(pixels[above:], turns)) for turns in (3, 2, 1))
    if above or sum((left > columns * _MIN_BARS, below > rows * _MIN_BARS, right > columns * _MIN_BARS)) > 1:
        window = pixels[above : rows - below, left : columns - right]
        top, bottom = (above + end for end in _span_of_content(window))
        begin, end = (left + end for end in _span_of_content(window[top - above : bottom - above].T))
        return top, bottom, begin, end
    begin, end = _span_of_content(pixels[top:bottom].T)
    return top, bottom, begin, end


def _span_of_content(lines: NDArray[np.float32]) -> tuple[int, int]:
    low, high = np.percentile(lines, [2.0, 98.0], axis=1)
    spread = high - low
    busy = np.flatnonzero((spread > _FLAT) & ~((low > _BRIGHT) & (spread < _GLOW)))
    count = len(lines)
    if busy.size == 0:
        return 0, count
    limit = int(count * _MAX_CROP)
    return min(int(busy[0]), limit), max(int(busy[-1]) + 1, count - limit)


def _height_of_bars(pixels: NDArray[np.float32]) -> int:
    """How many rows at the top are bars with a title, a menu or buttons; 0 where there are none.

    Most of such a row has one grey, and below the last one lies an edge from side to side; a film seldom has either.
    """
    run = 0
    for row in pixels[: int(len(pixels) * _MAX_BARS)]:
        if np.mean(np.abs(row - np.median(row)) < _SAME_GREY) < _MOST:
            break
        run += 1
    if run <= _BLUR:
        return 0
    above, below = pixels[: run - _BLUR], pixels[2 * _BLUR + 1 : run + _BLUR + 1]
    edges = np.flatnonzero(np.mean(np.abs(below - above) > _STEP, axis=1) >= _MOST)
    return int(edges[-1]) + _BLUR + 1 if edges.size else 0

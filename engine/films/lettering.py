"""Is there writing in a picture? A letter that marks a side is none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LONGEST_SIDE = 1024
_STROKE = 0.35  # grey between a letter and what is beside it
_EDGES = 14  # strokes have two edges: one or two letters have fewer
_WITHIN = 0.35  # of the width, that so many edges lie together
_LINES = 5  # rows of pixels that a line of writing is high


def has_lettering(pixels: NDArray[np.float32]) -> bool:
    """Whether a line of several letters stands in a film, upright or along its side.

    Writing is many sharp edges close together in a row of pixels, for several rows; what is in a body is softer.
    `pixels` is (rows, columns) in 0..1.
    """
    small = _within(pixels, _LONGEST_SIDE)
    return _has_line(small) or _has_line(small.T)


def _has_line(pixels: NDArray[np.float32]) -> bool:
    edges = np.abs(np.diff(pixels, axis=1)) > _STROKE
    wide = max(1, round(edges.shape[1] * _WITHIN))
    so_far = np.pad(np.cumsum(edges, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    most = (so_far[:, wide:] - so_far[:, :-wide]).max(axis=1)
    lines = np.pad((most >= _EDGES).astype(np.int32), (_LINES, 0)).cumsum()
    return bool((lines[_LINES:] - lines[:-_LINES] == _LINES).any())


def _within(pixels: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    longest = max(pixels.shape)
    if longest <= side:
        return pixels
    rows, columns = (max(1, round(length * side / longest)) for length in pixels.shape)
    small = Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32)

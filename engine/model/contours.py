"""Lines of equal height on a grid: outlines of heat and of lungs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.model.preprocess import Box, resample

_FINER = 4
# Marching squares (Lorensen and Cline 1987, in the plane). The corners of a square are numbered clockwise from its
# top left as bits of a case, and so are its edges, from the top. Every cut has what is higher on its left; a saddle is
# drawn as two corners cut off.
_TOP, _RIGHT, _BOTTOM, _LEFT = range(4)
_CUTS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_LEFT, _TOP),),
    2: ((_TOP, _RIGHT),),
    3: ((_LEFT, _RIGHT),),
    4: ((_RIGHT, _BOTTOM),),
    5: ((_LEFT, _TOP), (_RIGHT, _BOTTOM)),
    6: ((_TOP, _BOTTOM),),
    7: ((_LEFT, _BOTTOM),),
    8: ((_BOTTOM, _LEFT),),
    9: ((_BOTTOM, _TOP),),
    10: ((_TOP, _RIGHT), (_BOTTOM, _LEFT)),
    11: ((_BOTTOM, _RIGHT),),
    12: ((_RIGHT, _LEFT),),
    13: ((_RIGHT, _TOP),),
    14: ((_TOP, _LEFT),),
}


def outline(grid: NDArray[np.float32], box: Box, *, level: float) -> list[NDArray[np.float64]]:
    """Where a smoothed grid crosses a level: closed rings (N, 2) of points (x, y) in 0..1 of the film.

    What reaches the edge of the grid is closed there.

    Args:
        grid: (rows, columns), over the box.
        level: Over 0.
    """
    rows, columns = grid.shape
    fine = resample(grid, height=rows * _FINER, width=columns * _FINER)
    size = np.array([columns * _FINER, rows * _FINER], dtype=np.float64)
    extent, corner = np.array([box.right - box.left, box.bottom - box.top]), np.array([box.left, box.top])
    rings = _rings(_segments(np.pad(fine, 1), level))
    return [np.asarray(np.clip((ring - 0.5) / size, 0.0, 1.0) * extent + corner) for ring in rings]


def _rings(segments: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Segments (N, 2, 2) joined end to start; each has one that goes on from it."""
    following = {tuple(start): tuple(end) for start, end in segments.tolist()}
    rings = []
    while following:
        point, after = following.popitem()
        ring = [point]
        while after in following:
            ring.append(after)
            after = following.pop(after)
        rings.append(np.array(ring))
    return rings


def _segments(grid: NDArray[np.float32], level: float) -> NDArray[np.float64]:
    """Segments (N, 2, 2) in cells, (x, y); the centre of the first cell lies at (0, 0)."""
    corners = (grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1])
    kind = np.zeros(corners[0].shape, dtype=np.int64)
    for bit, corner in enumerate(corners):
        kind |= (corner >= level).astype(np.int64) << bit
    found = []
    for case, cuts in _CUTS.items():
        down, across = np.nonzero(kind == case)
        if down.size:
            values = [corner[down, across].astype(np.float64) for corner in corners]
            found += [np.stack([_crossing(edge, values, level) for edge in cut], axis=1) for cut in cuts]
            for segment in found[-len(cuts) :]:
                segment += np.stack([across, down], axis=1)[:, np.newaxis]
    return np.concatenate(found) if found else np.zeros((0, 2, 2))


def _crossing(edge: int, corners: list[NDArray[np.float64]], level: float) -> NDArray[np.float64]:
    """Where an edge of each square is crossed, (N, 2) within the square."""
    first, second = {_TOP: (0, 1), _RIGHT: (1, 2), _BOTTOM: (3, 2), _LEFT: (0, 3)}[edge]
    share = (level - corners[first]) / (corners[second] - corners[first])
    fixed = np.full_like(share, 1.0 if edge in (_RIGHT, _BOTTOM) else 0.0)
    return np.stack([share, fixed] if edge in (_TOP, _BOTTOM) else [fixed, share], axis=1)

"""Do the lungs that the model finds look like those of a frontal chest film?

A third look, after tags and the gate's own network: it rests on what the model itself learned of lungs. It is lenient,
since a lung that is white all over is found less well, and such a film must not be turned away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import FilmRejectedError
from engine.model.preprocess import resample
from engine.reasons import Reason

_GRID = 28
_LUNG = 0.5
_LEAST_LUNG = 0.06  # of the film; the least that people drew on 817 films of children is 0.17
_SPECK = 0.1  # of the largest part; what is smaller is air beside the body, or in the stomach
_LEAST_PART = 0.02  # of the film, on each side of where the lungs part
_LEAST_BALANCE = 0.15  # smaller lung to larger one; there it is at least 0.59
# How much of the lungs' greatest width, or height, may lie along an edge of the film: docs/training.md says how these
# were chosen, docs/gate.md what they do.
MOST_AT_TOP, MOST_AT_BOTTOM, MOST_AT_SIDE = 0.7, 0.38, 0.5


def reason_of_lungs(lungs: NDArray[np.float32]) -> Reason | None:
    """Why lungs like these are not to be scored, or None.

    Args:
        lungs: (H, W) probability of lung, 0..1, of an upright film; looked at on a grid of 28 x 28.
    """
    cells = _without_specks(resample(lungs, height=_GRID, width=_GRID) >= _LUNG)
    if cells.mean() < _LEAST_LUNG:
        return Reason.NOT_A_CHEST_FILM
    if _are_cut_off(cells):
        return Reason.LUNGS_CUT_OFF
    smaller, larger = sorted(_halves(cells))
    if smaller < _LEAST_PART or smaller < _LEAST_BALANCE * larger:
        return Reason.NOT_FRONTAL
    return None


def check_lungs(lungs: NDArray[np.float32]) -> None:
    """Refuse a film whose lungs are not two. Raises FilmRejectedError."""
    reason = reason_of_lungs(lungs)
    if reason is not None:
        raise FilmRejectedError(reason)


def _without_specks(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The lungs without parts that hang together with nothing and are small."""
    names = np.where(cells, np.arange(1, cells.size + 1).reshape(cells.shape), 0)
    while True:
        around = np.pad(names, 1)
        spread = np.max([names, around[2:, 1:-1], around[:-2, 1:-1], around[1:-1, 2:], around[1:-1, :-2]], axis=0)
        spread[~cells] = 0
        if np.array_equal(spread, names):
            break
        names = spread
    sizes = np.bincount(names.ravel())
    sizes[0] = 0
    kept: NDArray[np.bool_] = (sizes >= _SPECK * sizes.max())[names] & cells
    return kept


def _are_cut_off(cells: NDArray[np.bool_]) -> bool:
    across, down = cells.sum(axis=1), cells.sum(axis=0)
    return bool(
        across[0] > MOST_AT_TOP * across.max()
        or across[-1] > MOST_AT_BOTTOM * across.max()
        or max(down[0], down[-1]) > MOST_AT_SIDE * down.max()
    )


def _halves(cells: NDArray[np.bool_]) -> tuple[float, float]:
    """Shares of the film that are lung on both sides of where the lungs part.

    They part at the column that has the least lung beside the fuller columns on both sides of it; or in the middle of
    the film, where no column has less than those.
    """
    columns = cells.sum(axis=0)
    fullest_so_far = np.maximum.accumulate(columns), np.maximum.accumulate(columns[::-1])[::-1]
    depth = columns / np.maximum(np.minimum(*fullest_so_far), 1)
    depth[np.minimum(*fullest_so_far) == 0] = 1.0
    parting = int(np.argmin(depth)) if depth.min() < 1.0 else _GRID // 2
    return float(columns[:parting].sum() / cells.size), float(columns[parting:].sum() / cells.size)

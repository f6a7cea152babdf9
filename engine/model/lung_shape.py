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
_LEAST_PART = 0.02  # of the film, in each half of it
_LEAST_BALANCE = 0.15  # smaller lung to larger one; there it is at least 0.59
_MOST_ALONG_EDGE = 0.6  # of one edge of the film; there it is at most 0.5


def reason_of_lungs(lungs: NDArray[np.float32]) -> Reason | None:
    """Why lungs like these are not to be scored, or None.

    Args:
        lungs: (H, W) probability of lung, 0..1, of an upright film; looked at on a grid of 28 x 28.
    """
    cells = resample(lungs, height=_GRID, width=_GRID) >= _LUNG
    if cells.mean() < _LEAST_LUNG:
        return Reason.NOT_A_CHEST_FILM
    edges = (cells[0], cells[-1], cells[:, 0], cells[:, -1])
    if max(edge.mean() for edge in edges) > _MOST_ALONG_EDGE:
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


def _halves(cells: NDArray[np.bool_]) -> tuple[float, float]:
    """Shares of the film that are lung on both sides of where the lungs part: the emptiest column of the middle."""
    columns = cells.sum(axis=0)
    middle = slice(_GRID * 3 // 10, _GRID * 7 // 10 + 1)
    parting = middle.start + int(np.argmin(columns[middle]))
    return float(columns[:parting].sum() / cells.size), float(columns[parting:].sum() / cells.size)

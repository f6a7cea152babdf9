"""Where heat is hottest, in the words of a report: side and zone of the lungs."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.model.heatmap import Heat
from engine.model.lungs import LUNG, Lungs

_LEVELS = 3
_LEAST_ROWS = 6


class Zone(StrEnum):
    """A third of a lung, by height. Right and left are the patient's: the right lung is on the left of the film."""

    RIGHT_UPPER = "right_upper"
    RIGHT_MIDDLE = "right_middle"
    RIGHT_LOWER = "right_lower"
    LEFT_UPPER = "left_upper"
    LEFT_MIDDLE = "left_middle"
    LEFT_LOWER = "left_lower"


_ZONES = (
    (Zone.RIGHT_UPPER, Zone.RIGHT_MIDDLE, Zone.RIGHT_LOWER),
    (Zone.LEFT_UPPER, Zone.LEFT_MIDDLE, Zone.LEFT_LOWER),
)


def zone_of_heat(heat: Heat, lungs: Lungs, *, threshold: float) -> Zone | None:
    """The zone in which the hottest cell of the heat lies, on a film that stands upright and is not mirrored.

    None where no cell reaches the threshold, where the hottest one lies more than its own width beside the lungs, or
    where no two lungs are told apart.

    Args:
        heat: In the same box as the lungs.
        threshold: From which heat counts, 0..1.
    """
    row, column = np.unravel_index(int(heat.grid.argmax()), heat.grid.shape)
    if heat.grid[row, column] < threshold:
        return None
    probability = lungs.probability()
    middle = _midline(probability)
    if middle is None:
        return None
    rows, columns = probability.shape
    y = (row + 0.5) / heat.grid.shape[0] * rows
    x = (column + 0.5) / heat.grid.shape[1] * columns
    is_left = x > middle
    cells = probability >= LUNG
    side = cells & ((np.arange(columns) + 0.5 > middle) == is_left)
    across, down = (np.abs(np.arange(count) + 0.5 - place) for count, place in ((columns, x), (rows, y)))
    near_x, near_y = 1.5 * columns / heat.grid.shape[1], 1.5 * rows / heat.grid.shape[0]
    if not side[np.ix_(down <= near_y, across <= near_x)].any():
        return None
    filled = np.flatnonzero(side.any(axis=1))
    top, height = filled[0], filled[-1] + 1 - filled[0]
    level = min(_LEVELS - 1, max(0, int((y - top) / height * _LEVELS)))
    return _ZONES[int(is_left)][level]


def _midline(probability: NDArray[np.float32]) -> float | None:
    """The column between the lungs, where there is least of them; None unless there is lung on both sides of it."""
    mass = probability.sum(axis=0)
    columns = len(mass)
    middle = mass[columns // 4 : columns - columns // 4]
    lowest = np.flatnonzero(middle <= middle.min() + 1e-6)
    line = float(columns // 4 + lowest.mean() + 0.5)
    cells = probability >= LUNG
    split = round(line)
    both = all(side.any(axis=1).sum() >= _LEAST_ROWS for side in (cells[:, :split], cells[:, split:]))
    return line if both else None

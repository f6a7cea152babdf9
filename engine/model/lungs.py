"""The lungs that a network finds, and how heat lies on them. Figures are of the cells of the heat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.model.preprocess import Box, resample

LUNG = 0.5
_SIDE = 28


@dataclass(frozen=True, slots=True, eq=False)
class Lungs:
    """The lungs on a coarse grid, small enough to travel with each result.

    Attributes:
        grid: (28, 28) uint8, probability of lung: 0 none, 255 certain.
        box: The part of the film that the grid covers.
    """

    grid: NDArray[np.uint8]
    box: Box

    @classmethod
    def of(cls, lungs: NDArray[np.float32], box: Box) -> Lungs:
        """Shrink what a network says, (H, W) in 0..1, each side at least 28."""
        return cls(np.rint(resample(lungs, height=_SIDE, width=_SIDE) * 255.0).astype(np.uint8), box)

    def turned(self, turns: int) -> Lungs:
        """The same lungs on a film that is turned to the left by so many quarters, as `numpy.rot90` turns."""
        return Lungs(np.ascontiguousarray(np.rot90(self.grid, turns)), self.box.turned(turns))

    def probability(self) -> NDArray[np.float32]:
        """(28, 28) probability of lung, 0..1."""
        return self.grid.astype(np.float32) / np.float32(255.0)


def lung_cells(lungs: NDArray[np.float32], *, rows: int, columns: int) -> NDArray[np.bool_]:
    """Which cells of a (rows, columns) grid are lung: those whose mean lung probability is at least 0.5.

    Args:
        lungs: (H, W) probability of lung, 0..1, over the same part of the film as the grid.
        rows, columns: Shape of the grid of the heat.
    """
    return resample(lungs, height=rows, width=columns) >= LUNG


def extent_of_heat(heat: NDArray[np.float32], cells: NDArray[np.bool_], *, threshold: float) -> float | None:
    """Share, 0..1, of the lung cells whose heat reaches the threshold; None without any lung cell.

    `heat` is (rows, columns) in 0..1, `cells` what `lung_cells` says of the same grid.
    """
    return float((heat[cells] >= threshold).mean()) if cells.any() else None


def share_of_heat_in_lungs(heat: NDArray[np.float32], cells: NDArray[np.bool_], *, threshold: float) -> float | None:
    """Share, 0..1, of the heat of all cells that reach the threshold which lies on the lungs or beside them.

    The lungs reach one cell further, corners included: the heat's cells are coarse, and a finding at the edge of a
    lung warms the cell beside it. None where no cell reaches the threshold, or without any lung cell.
    """
    hot = np.where(heat >= threshold, heat, 0.0).astype(np.float64)
    if not cells.any() or not hot.any():
        return None
    return float(hot[_one_cell_wider(cells)].sum() / hot.sum())


def _one_cell_wider(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows, columns = cells.shape
    padded = np.pad(cells, 1)
    wider = np.zeros_like(cells)
    for down, right in np.ndindex(3, 3):
        wider |= padded[down : down + rows, right : right + columns]
    return wider

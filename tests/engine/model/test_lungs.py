from __future__ import annotations

import numpy as np
import pytest

from engine.model.lungs import extent_of_heat, lung_cells, share_of_heat_in_lungs

HEAT = np.array(
    [
        [0.9, 0.5, 0.1, 0.0],
        [0.4, 0.6, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ],
    dtype=np.float32,
)


def cells(*places: tuple[int, int]) -> np.ndarray:
    grid = np.zeros((4, 4), dtype=np.bool_)
    for place in places:
        grid[place] = True
    return grid


def test_a_cell_is_lung_where_its_mean_is_a_half() -> None:
    lungs = np.zeros((4, 4), dtype=np.float32)
    lungs[0, :2] = 1.0  # half of the first cell's four
    lungs[2:, 2:] = [[1.0, 0.5], [0.25, 0.24]]  # a little less than half
    assert lung_cells(lungs, rows=2, columns=2).tolist() == [[True, False], [False, False]]


def test_lungs_coarser_than_the_heat_are_spread() -> None:
    lungs = np.array([[1.0, 0.0], [1.0, 0.0]], dtype=np.float32)
    assert lung_cells(lungs, rows=4, columns=4).tolist() == [[True, True, False, False]] * 4


def test_extent_is_the_share_of_lung_cells_that_are_warm() -> None:
    found = extent_of_heat(HEAT, cells((0, 0), (0, 1), (1, 0), (2, 2)), threshold=0.5)
    assert found == 0.5  # 0.9 and 0.5 of four


def test_extent_of_no_lungs_is_not_known() -> None:
    assert extent_of_heat(HEAT, cells(), threshold=0.5) is None


def test_warm_cells_outside_the_lungs_do_not_count_towards_extent() -> None:
    assert extent_of_heat(HEAT, cells((2, 2), (2, 1)), threshold=0.5) == 0.0


@pytest.mark.parametrize(
    ("lungs", "threshold", "share"),
    [
        (cells((0, 0)), 0.5, (0.9 + 0.5 + 0.6) / 3.0),  # the corner at (1, 1) is a neighbour
        (cells((0, 0)), 0.7, 0.9 / 1.9),
        (cells((2, 2)), 0.5, (0.6 + 1.0) / 3.0),
        (cells((3, 0)), 0.5, 0.0),
        (cells(*((row, column) for row in range(4) for column in range(4))), 0.5, 1.0),
    ],
)
def test_heat_on_the_lungs_and_one_cell_beside_them(lungs: np.ndarray, threshold: float, share: float) -> None:
    assert share_of_heat_in_lungs(HEAT, lungs, threshold=threshold) == pytest.approx(share, abs=1e-6)


def test_the_share_of_no_heat_and_of_no_lungs_is_not_known() -> None:
    assert share_of_heat_in_lungs(HEAT * 0.4, cells((0, 0)), threshold=0.5) is None
    assert share_of_heat_in_lungs(HEAT, cells(), threshold=0.5) is None

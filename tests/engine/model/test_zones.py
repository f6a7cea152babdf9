from __future__ import annotations

import numpy as np
import pytest

from engine.model.heatmap import Heat
from engine.model.lungs import Lungs
from engine.model.preprocess import Box
from engine.model.zones import Zone, zone_of_heat

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def two_lungs(*, rows: tuple[int, int] = (4, 24)) -> Lungs:
    """On the 28 by 28 grid: the patient's right lung in columns 4 to 11, the left one in 17 to 24."""
    grid = np.zeros((28, 28), dtype=np.float32)
    grid[slice(*rows), 4:12] = grid[slice(*rows), 17:25] = 1.0
    return Lungs.of(grid, WHOLE)


def hot(row: int, column: int, value: float = 0.9) -> Heat:
    grid = np.zeros((14, 14), dtype=np.float32)
    grid[row, column] = value
    return Heat(grid, WHOLE)


@pytest.mark.parametrize(
    ("row", "column", "zone"),
    [
        (2, 3, Zone.RIGHT_UPPER),
        (6, 3, Zone.RIGHT_MIDDLE),
        (11, 3, Zone.RIGHT_LOWER),
        (3, 10, Zone.LEFT_UPPER),
        (7, 10, Zone.LEFT_MIDDLE),
        (10, 10, Zone.LEFT_LOWER),
        (1, 3, Zone.RIGHT_UPPER),  # the cell above the lung belongs to it
        (12, 10, Zone.LEFT_LOWER),
    ],
)
def test_the_patients_right_is_on_the_left_of_the_film(row: int, column: int, zone: Zone) -> None:
    assert zone_of_heat(hot(row, column), two_lungs(), threshold=0.5) is zone


@pytest.mark.parametrize(("row", "column"), [(0, 3), (13, 10), (6, 0)])
def test_heat_away_from_the_lungs_has_no_zone(row: int, column: int) -> None:
    lungs = two_lungs(rows=(6, 20))
    assert zone_of_heat(hot(row, column), lungs, threshold=0.5) is None


def test_heat_below_the_threshold_has_no_zone() -> None:
    assert zone_of_heat(hot(6, 3, 0.49), two_lungs(), threshold=0.5) is None
    assert zone_of_heat(hot(6, 3, 0.5), two_lungs(), threshold=0.5) is Zone.RIGHT_MIDDLE


def test_each_lung_has_its_own_height() -> None:
    grid = np.zeros((28, 28), dtype=np.float32)
    grid[2:26, 4:12] = 1.0
    grid[2:14, 17:25] = 1.0  # the lower half of the left lung was not found
    assert zone_of_heat(hot(6, 3), Lungs.of(grid, WHOLE), threshold=0.5) is Zone.RIGHT_MIDDLE
    assert zone_of_heat(hot(6, 10), Lungs.of(grid, WHOLE), threshold=0.5) is Zone.LEFT_LOWER


@pytest.mark.parametrize("columns", [slice(0, 0), slice(4, 12)])
def test_without_two_lungs_there_are_no_zones(columns: slice) -> None:
    grid = np.zeros((28, 28), dtype=np.float32)
    grid[4:24, columns] = 1.0
    assert zone_of_heat(hot(6, 3), Lungs.of(grid, WHOLE), threshold=0.5) is None


def test_lungs_travel_small() -> None:
    lungs = Lungs.of(np.full((224, 224), 0.5, dtype=np.float32), WHOLE)
    assert lungs.grid.nbytes == 784
    assert lungs.probability() == pytest.approx(np.full((28, 28), 0.5), abs=0.003)

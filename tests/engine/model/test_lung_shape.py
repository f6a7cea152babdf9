from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import FilmRejectedError
from engine.model.lung_shape import check_lungs, reason_of_lungs
from engine.reasons import Reason

Grid = NDArray[np.float32]


def grid(*boxes: tuple[int, int, int, int]) -> Grid:
    """A grid of 28 x 28 that is lung in these boxes: top, left, bottom, right."""
    lungs = np.zeros((28, 28), dtype=np.float32)
    for top, left, bottom, right in boxes:
        lungs[top:bottom, left:right] = 0.9
    return lungs


LEFT, RIGHT = (4, 3, 22, 12), (4, 16, 22, 25)


@pytest.mark.parametrize(
    ("lungs", "reason"),
    [
        (grid(LEFT, RIGHT), None),
        (grid(LEFT, (4, 16, 8, 25)), None),
        (grid((4, 3, 22, 14), (4, 13, 22, 25)), None),
        (grid((0, 3, 22, 12), (0, 16, 22, 24)), Reason.LUNGS_CUT_OFF),
        (grid((4, 0, 22, 9), RIGHT), Reason.LUNGS_CUT_OFF),
        (grid((10, 3, 28, 12), (10, 16, 28, 25)), Reason.LUNGS_CUT_OFF),
        (grid((0, 5, 4, 8), (4, 3, 22, 12), (0, 18, 4, 20), RIGHT), None),
        (grid((0, 4, 4, 11), (4, 3, 22, 12), (0, 17, 4, 24), RIGHT), Reason.LUNGS_CUT_OFF),
        (grid(LEFT, (22, 9, 28, 12), RIGHT), None),
        (grid(LEFT, RIGHT, (22, 3, 28, 8), (22, 20, 28, 25)), Reason.LUNGS_CUT_OFF),
        (grid((4, 10, 22, 17), (4, 20, 22, 27)), None),
        (grid(LEFT, RIGHT, (24, 1, 27, 2), (25, 26, 28, 28), (10, 0, 14, 1)), None),
        (grid(LEFT), Reason.NOT_FRONTAL),
        (grid(RIGHT, (8, 5, 10, 8)), Reason.NOT_FRONTAL),
        (grid((4, 3, 24, 14), (10, 17, 14, 19)), Reason.NOT_FRONTAL),
        (grid((4, 3, 8, 6)), Reason.NOT_A_CHEST_FILM),
        (grid(), Reason.NOT_A_CHEST_FILM),
        (np.full((28, 28), 0.9, dtype=np.float32), Reason.LUNGS_CUT_OFF),
        (np.full((28, 28), 0.49, dtype=np.float32), Reason.NOT_A_CHEST_FILM),
    ],
    ids=[
        "two lungs", "one of them mostly white", "lungs that touch", "cut at the top", "cut at the side",
        "cut at the bottom",
        "tips at the top", "tips cut away", "a corner at the bottom", "bases cut away", "off the middle", "specks",
        "one lung", "one lung and a speck", "one lung and a patch", "a patch", "none", "all of it", "nowhere sure",
    ],
)  # fmt: skip
def test_lungs_and_what_they_say_of_a_film(lungs: Grid, reason: Reason | None) -> None:
    assert reason_of_lungs(lungs) is reason
    finer = lungs.repeat(2, axis=0).repeat(2, axis=1)
    assert reason_of_lungs(finer) is reason


def test_a_film_without_two_lungs_is_refused() -> None:
    check_lungs(grid(LEFT, RIGHT))
    with pytest.raises(FilmRejectedError) as refusal:
        check_lungs(grid(LEFT))
    assert refusal.value.reason is Reason.NOT_FRONTAL

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.films.exposure import is_badly_exposed
from engine.films.radiograph import load_radiograph
from tests.real_films import frontal_films

Pixels = NDArray[np.float32]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda film: film**6,
        lambda film: film**0.05,
        lambda film: np.clip(film * 3.0, 0.0, 1.0),
        lambda film: np.clip(film * 3.0 - 2.0, 0.0, 1.0),
        lambda film: film * np.float32(0.15) + np.float32(0.4),
    ],
    ids=["dark", "pale", "burnt out", "underexposed", "flat"],
)
def test_a_spoilt_film_is_badly_exposed(samples: Path, spoil: Callable[[Pixels], Pixels]) -> None:
    film = load_radiograph(samples / "phantom-01.jpg").pixels
    assert is_badly_exposed(spoil(film))


@pytest.mark.parametrize("name", [f"phantom-{number:02}" for number in range(1, 13)])
def test_the_samples_are_well_exposed(samples: Path, name: str) -> None:
    (path,) = samples.glob(f"{name}.*")
    assert not is_badly_exposed(load_radiograph(path).pixels)


@pytest.mark.real_films
def test_real_films_are_seldom_noted(films_folder: Path) -> None:
    films = frontal_films(films_folder, 60)
    assert sum(is_badly_exposed(load_radiograph(path).pixels) for path in films) <= 1
